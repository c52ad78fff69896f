/** How a batch and its answer are written: as one JSON document, or as lines of them (NDJSON), whose list is the lines. */
import type { Batch } from "@parley/contract/config/batches";
import type { Json } from "@parley/merge";
import { fieldValue } from "../../../exchange/raw-fields.ts";
import type { Answer } from "../../../exchange/whole-answer.ts";
import { parseJson } from "../requests/json-body.ts";
import { repeatedMember } from "../requests/repeated-member.ts";
import { parseAsWritten } from "../requests/json-as-written.ts";

export interface BatchFormat {
  name: string;
  contentType: string;
  /** To be read. Undefined where it is written otherwise. */
  read(bytes: Buffer): Json | undefined;
  /** To be changed and written again. */
  readAsWritten(bytes: Buffer): Json | undefined;
  write(document: Json): Buffer;
  /** A member that is there twice, as `repeatedMember` has it. */
  repeated(bytes: Buffer): string | null;
}

const document: BatchFormat = {
  name: "JSON", contentType: "application/json",
  read: parseJson,
  readAsWritten: parseAsWritten,
  write: (value) => Buffer.from(JSON.stringify(value)),
  repeated: repeatedMember,
};

const lines: BatchFormat = {
  name: "NDJSON", contentType: "application/x-ndjson",
  read: (bytes) => eachLine(bytes, parseJson),
  readAsWritten: (bytes) => eachLine(bytes, parseAsWritten),
  write: (value) => Buffer.from((value as Json[]).map((line) => `${JSON.stringify(line)}\n`).join("")),
  repeated: (bytes) => linesOf(bytes).reduce<string | null>((found, line, index) => found ?? inLine(repeatedMember(line), index), null),
};

/** Of a batch in JSON; one in parts has a form of its own (`multipart/`). */
export function formatOf({ format }: Pick<Batch, "format">): BatchFormat {
  return format === "ndjson" ? lines : document;
}

/** An answer says itself how it is written. */
export function formatOfAnswer({ rawHeaders }: Pick<Answer, "rawHeaders">): BatchFormat {
  return /^\s*application\/(?:x-)?(?:ndjson|jsonl|json-lines|jsonlines)\b/i.test(fieldValue(rawHeaders, "content-type") ?? "") ? lines : document;
}

function eachLine(bytes: Buffer, parse: (line: Buffer) => Json | undefined): Json | undefined {
  const parsed: Json[] = [];
  for (const line of linesOf(bytes)) {
    const value = parse(line);
    if (value === undefined) return undefined;
    parsed.push(value);
  }
  return parsed;
}

/** Empty lines are none, the one after the last newline included. */
function linesOf(bytes: Buffer): Buffer[] {
  return bytes.toString("utf8").split("\n").filter((line) => line.trim() !== "").map((line) => Buffer.from(line));
}

function inLine(pointer: string | null, index: number): string | null {
  return pointer === null ? null : `/${index}${pointer}`;
}
