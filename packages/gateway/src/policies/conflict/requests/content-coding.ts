/** Content codings taken off a body (RFC 9110 §8.4), never beyond the cap: a small body can hold a huge one. */
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";

const decoders: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

/** Null where the coding is unknown, the body damaged, or what is in it too large. */
export function decoded(body: Buffer, coding: string, maxBytes: number): Buffer | null {
  if (coding === "" || coding === "identity") return body;
  const decode = decoders[coding];
  if (!decode) return null;
  try {
    return decode(body, { maxOutputLength: maxBytes });
  } catch {
    return null;
  }
}

export function codingOf(contentEncoding: string | undefined): string {
  return contentEncoding === undefined ? "" : contentEncoding.trim().toLowerCase();
}
