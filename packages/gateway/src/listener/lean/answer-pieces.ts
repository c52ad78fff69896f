/** Hot path (benchmarks: http, streaming). Puts the parts of an answer that go out at one moment into as few writes as possible. */
import type { Socket } from "node:net";

/**
 * Up to here what goes out is joined as latin1, which maps bytes one to one: such a string is handed to the kernel without
 * being copied first.
 */
const joinedBytes = 15 * 1024;

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
export function writePieces(socket: Socket, { before, body, bodyBytes, isChunked, trailers }: Pieces): boolean {
  let start = before;
  if (isChunked && bodyBytes > 0) start += `${bodyBytes.toString(16)}\r\n`;
  let end = isChunked && bodyBytes > 0 ? "\r\n" : "";
  if (isChunked && trailers !== null) end += `0\r\n${trailers}\r\n`;
  if (bodyBytes <= joinedBytes) {
    let text = start;
    for (let index = 0; index < body.length; index++) text += (body[index] as Buffer).toString("latin1");
    text += end;
    return text === "" || socket.write(text, "latin1");
  }
  socket.cork();
  if (start !== "") socket.write(start, "latin1");
  let flows = true;
  for (let index = 0; index < body.length; index++) flows = socket.write(body[index] as Buffer);
  if (end !== "") flows = socket.write(end, "latin1");
  socket.uncork();
  return flows;
}
