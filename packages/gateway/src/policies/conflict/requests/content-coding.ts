/** Content codings taken off a body (RFC 9110 §8.4), never beyond the cap: a small body can hold a huge one. */
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";

type Decode = (body: Buffer, options: { maxOutputLength: number; info: true }) => Buffer;

/** RFC 9659 §3: no frame needs a window of more than 8 MiB, whatever it asks for. */
const zstdParams = { [constants.ZSTD_d_windowLogMax]: 23 };

const decoders: Readonly<Record<string, Decode>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  deflate: (body, options) => (hasZlibHeader(body) ? inflateSync : inflateRawSync)(body, options),
  br: brotliDecompressSync,
  zstd: (body, options) => zstdDecompressSync(body, { ...options, params: zstdParams }),
};

/** RFC 9110 §8.4.1.2: some send deflate without the wrapper that the coding of that name has (RFC 1950 §2.2). */
function hasZlibHeader(body: Buffer): boolean {
  return body.length >= 2 && ((body[0] as number) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}

/** By their registered names. */
export const decodableCodings: readonly string[] = Object.keys(decoders).filter((name) => name !== "x-gzip");

export function canDecode(coding: string): boolean {
  return Object.hasOwn(decoders, coding);
}

/** Null where the coding is unknown, the body damaged or going on behind its end (a second frame of zstd, that others read), or what is in it too large. */
export function decoded(body: Buffer, coding: string, maxBytes: number): Buffer | null {
  if (coding === "" || coding === "identity") return body;
  const decode = canDecode(coding) ? decoders[coding] : undefined;
  if (decode === undefined) return null;
  try {
    const { buffer, engine } = decode(body, { maxOutputLength: maxBytes, info: true }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return engine.bytesWritten === body.length ? buffer : null;
  } catch {
    return null;
  }
}

/** "" where there is none. */
export function codingOf(contentEncoding: string | undefined): string {
  const coding = contentEncoding === undefined ? "" : contentEncoding.trim().toLowerCase();
  return coding === "identity" ? "" : coding;
}
