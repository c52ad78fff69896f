import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { expect, it } from "vitest";
import { plainBody } from "./plain-body.ts";

const text = Buffer.from('{"a":1}');

it.each([
  [undefined, text],
  ["identity", text],
  ["gzip", gzipSync(text)],
  ["X-GZIP", gzipSync(text)],
  ["deflate", deflateSync(text)],
  ["br", brotliCompressSync(text)],
  ["zstd", zstdCompressSync(text)],
  ["gzip, br", brotliCompressSync(gzipSync(text))],
])("takes %s off", async (coding, body) => {
  expect(await plainBody(body, coding, 1000)).toEqual({ kind: "plain", bytes: text });
});

it.each([
  ["rot13", text],
  ["gzip", text],
  ["gzip", gzipSync(text).subarray(0, 12)],
  ["gzip, gzip, gzip", gzipSync(gzipSync(gzipSync(text)))],
])("says of %s that cannot be taken off which it was", async (coding, body) => {
  expect(await plainBody(body, coding, 1000)).toEqual({ kind: "unreadable", coding });
});

it.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
])("takes no %s body that goes on behind its end, where others would find more than was judged", async (coding, compress) => {
  expect(await plainBody(Buffer.concat([compress(text), Buffer.from("x")]), coding, 1000)).toEqual({ kind: "unreadable", coding });
  const two = await plainBody(Buffer.concat([compress("title=a"), compress("&admin=1")]), coding, 1000);
  // The members of gzip are one body (RFC 1952 §2.2), and are read as one.
  expect(two).toEqual(coding === "gzip" ? { kind: "plain", bytes: Buffer.from("title=a&admin=1") } : { kind: "unreadable", coding });
});

it.each([
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
])("makes no more than its bound of a %s body that holds a huge one", async (coding, compress) => {
  expect(await plainBody(compress(Buffer.alloc(8_000_000)), coding, 1_000_000)).toEqual({ kind: "too-long" });
});

it("makes no more than its bound of a huge one in two codings", async () => {
  expect(await plainBody(gzipSync(gzipSync(Buffer.alloc(8_000_000))), "gzip, gzip", 1_000_000)).toEqual({ kind: "too-long" });
});
