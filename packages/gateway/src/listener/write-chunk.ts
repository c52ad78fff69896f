/**
 * Hot path (benchmarks: streaming). One chunk of a body of unknown length, framed here (RFC 9112 §7.1) and handed over in one
 * piece: node:http frames it as four writes, which it then has to gather, at a third more per chunk of a stream.
 */
import type { ServerResponse } from "node:http";

/** A larger chunk is not copied. */
const copiedBytes = 16 * 1024;

/** After the head has been sent; never an empty one, which would be the end. False asks to pause, as `write` does. */
export function writeChunk(response: ServerResponse, chunk: Buffer): boolean {
  if (!response.chunkedEncoding || chunk.length > copiedBytes) return response.write(chunk);
  // What is framed already passes as it is; the end, with its trailers, is written by node:http again.
  response.chunkedEncoding = false;
  const flows = response.write(framed(chunk));
  response.chunkedEncoding = true;
  return flows;
}

function framed(chunk: Buffer): Buffer {
  const size = chunk.length.toString(16);
  const bytes = Buffer.allocUnsafe(size.length + chunk.length + 4);
  const start = bytes.write(`${size}\r\n`, 0, "latin1");
  chunk.copy(bytes, start);
  bytes[start + chunk.length] = 13;
  bytes[start + chunk.length + 1] = 10;
  return bytes;
}
