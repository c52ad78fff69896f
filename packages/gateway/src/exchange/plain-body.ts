/** A held body without its content codings (RFC 9110 §8.4), never to more than a bound: a small body can hold a huge one. */
import { promisify } from "node:util";
import { brotliDecompress, constants, gunzip, inflate, zstdDecompress } from "node:zlib";

export type PlainBody = { kind: "plain"; bytes: Buffer } | { kind: "too-long" } | { kind: "unreadable"; coding: string };

type Decode = (body: Buffer, options: { maxOutputLength: number; info: true }) => Promise<Buffer>;

const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
  // RFC 9659 §3: no frame needs a window of more than 8 MiB, whatever it asks for.
  ["zstd", (body, options) => promisify(zstdDecompress)(body, { ...options, params: { [constants.ZSTD_d_windowLogMax]: 23 } })],
]);

/** Nobody means more of them, and each costs a pass. */
const maxCodings = 2;

export async function plainBody(bytes: Buffer, contentEncoding: string | undefined, maxBytes: number): Promise<PlainBody> {
  const codings = codingsOf(contentEncoding);
  if (codings.length === 0) return { kind: "plain", bytes };
  const unreadable: PlainBody = { kind: "unreadable", coding: codings.toReversed().join(", ").slice(0, 40) };
  if (codings.length > maxCodings) return unreadable;
  let plain = bytes;
  for (const coding of codings) {
    const decode = decoders.get(coding);
    if (decode === undefined) return unreadable;
    try {
      const decoded = await wholly(decode, plain, maxBytes);
      if (decoded === null) return unreadable;
      plain = decoded;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? { kind: "too-long" } : unreadable;
    }
  }
  return { kind: "plain", bytes: plain };
}

/** Null where something stands behind the end, such as a second frame of zstd: others read on, and would find more than was judged. */
async function wholly(decode: Decode, body: Buffer, maxBytes: number): Promise<Buffer | null> {
  const { buffer, engine } = (await decode(body, { maxOutputLength: maxBytes, info: true })) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
  return engine.bytesWritten === body.length ? buffer : null;
}

/** The last one applied comes off first. */
function codingsOf(field: string | undefined): string[] {
  if (field === undefined) return [];
  return field.toLowerCase().split(",").map((coding) => coding.trim()).filter((coding) => coding !== "" && coding !== "identity").toReversed();
}
