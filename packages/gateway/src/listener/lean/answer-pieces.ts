/** Hot path (benchmarks: http, streaming). Writes the parts of an answer that go out at one moment, in the coding that it has. */
import type { Socket } from "node:net";
import type { GatheredWrite } from "../../http1/gathered-write.ts";

export interface Pieces {
  /** What stands before the body: the head, or nothing. */
  before: string;
  body: readonly Buffer[];
  bodyBytes: number;
  isChunked: boolean;
  /** Of the last ones: trailers as text. Null where more follows. */
  trailers: string | null;
}

/** False asks to pause, as `write` does. */
export function writePieces(socket: Socket, out: GatheredWrite, { before, body, bodyBytes, isChunked, trailers }: Pieces): boolean {
  let start = before;
  if (isChunked && bodyBytes > 0) start += `${bodyBytes.toString(16)}\r\n`;
  let end = isChunked && bodyBytes > 0 ? "\r\n" : "";
  if (isChunked && trailers !== null) end += `0\r\n${trailers}\r\n`;
  return out.write(socket, { before: start, body, bodyBytes, after: end });
}
