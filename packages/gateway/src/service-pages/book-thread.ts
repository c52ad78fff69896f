/** Makes books of documents in a thread of its own: reading 16 MiB takes a second, in which no call may wait. */
import { readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { brotliDecompressSync, deflateRawSync } from "node:zlib";
import { compareDocuments, type ApiDocument } from "@parley/openapi";
import { maxDocumentBytes, readDocument } from "@parley/openapi/reading";
import { publicDocument, referenceOf, yamlText } from "@parley/openapi/reference";
import type { Book, BookAnswer, BookOrder, BookSource } from "./book.ts";
import { changesBlocks } from "./changes-blocks.ts";

function answer(order: BookOrder): BookAnswer {
  try {
    return order.kind === "book" ? { book: bookOf(order.source) } : { changes: { blocks: packed(JSON.stringify(changesBlocks(compareDocuments(placed(order.from).document, placed(order.to).document)))) } };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

function bookOf(source: BookSource): Book {
  const { document, serverPath } = placed(source);
  const { openapi, ...rest } = document.root;
  const { index, pages } = referenceOf(document, serverPath);
  return {
    index, serverPath, openapi: typeof openapi === "string" ? openapi : "", pages: pages.map((blocks) => packed(JSON.stringify(blocks))),
    json: packed(JSON.stringify(rest).slice(1)), yaml: packed(yamlText(rest)),
  };
}

function placed({ file, placing }: BookSource): ReturnType<typeof publicDocument> {
  const text = brotliDecompressSync(readFileSync(file), { maxOutputLength: maxDocumentBytes }).toString("utf8");
  const { document } = readDocument(text);
  if (document === null) throw new Error("the document cannot be read");
  return publicDocument(document satisfies ApiDocument, placing);
}

function packed(text: string): Uint8Array {
  return new Uint8Array(deflateRawSync(text, { level: 4 }));
}

parentPort?.on("message", (order: BookOrder) => parentPort?.postMessage(answer(order)));
