/** A held body without its content codings (RFC 9110 §8.4), never to more than a bound: a small body can hold a huge one. */
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";

export type PlainBody = { kind: "plain"; bytes: Buffer } | { kind: "too-long" } | { kind: "unreadable"; coding: string };

type Decode = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
  ["zstd", promisify(zstdDecompress)],
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
      plain = await decode(plain, { maxOutputLength: maxBytes });
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? { kind: "too-long" } : unreadable;
    }
  }
  return { kind: "plain", bytes: plain };
}

/** The last one applied comes off first. */
function codingsOf(field: string | undefined): string[] {
  if (field === undefined) return [];
  return field.toLowerCase().split(",").map((coding) => coding.trim()).filter((coding) => coding !== "" && coding !== "identity").toReversed();
}
