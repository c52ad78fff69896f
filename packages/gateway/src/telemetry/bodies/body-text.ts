/** A body's bytes as text: content codings undone as far as the bytes go, never to more than is kept. */
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { Transform } from "node:stream";

export interface BodyText {
  text: string;
  /** Its end is missing. */
  isCut: boolean;
}

/** Null where it is no text. */
export async function bodyText(bytes: Uint8Array, about: { contentType: string; contentEncoding: string; isCut: boolean; mostBytes: number }): Promise<BodyText | null> {
  let plain = bytes;
  let { isCut } = about;
  for (const coding of codingsOf(about.contentEncoding)) {
    const decoder = decoderOf(coding);
    if (decoder === null) return null;
    const decoded = await decode(plain, decoder, about.mostBytes);
    if (decoded === null) return null;
    plain = decoded.bytes;
    isCut ||= decoded.isCut;
  }
  const text = textOf(plain, /\bcharset\s*=\s*"?([\w-]{1,40})/i.exec(about.contentType)?.[1] ?? "utf-8", isCut);
  return text === null ? null : { text, isCut };
}

/** The last one applied comes off first (RFC 9110 §8.4). */
function codingsOf(field: string): string[] {
  return field.toLowerCase().split(",").map((coding) => coding.trim()).filter((coding) => coding !== "" && coding !== "identity").toReversed().slice(0, 3);
}

/** Flushing at the end makes do with a body of which only the beginning is there. */
function decoderOf(coding: string): Transform | null {
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
    case "deflate":
      return createInflate({ finishFlush: constants.Z_SYNC_FLUSH });
    case "br":
      return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
    case "zstd":
      return createZstdDecompress({ finishFlush: constants.ZSTD_e_flush });
    default:
      return null;
  }
}

async function decode(bytes: Uint8Array, decoder: Transform, mostBytes: number): Promise<{ bytes: Buffer; isCut: boolean } | null> {
  const parts: Buffer[] = [];
  let size = 0;
  decoder.end(bytes);
  try {
    for await (const part of decoder as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (size > mostBytes) break;
    }
  } catch {
    if (size === 0) return null;
  }
  return { bytes: Buffer.concat(parts).subarray(0, mostBytes), isCut: size > mostBytes };
}

/** A cut may go through a character; control characters are for whoever shows it. */
function textOf(bytes: Uint8Array, charset: string, isCut: boolean): string | null {
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: isCut });
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}
