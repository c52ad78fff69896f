/**
 * Hot path (benchmarks: http, streaming). What goes out at one moment is put together in one buffer and handed to the kernel in
 * one write. The kernel copies it, so that the buffer serves the next write of any connection: a call leaves nothing behind
 * that was only made to be written, neither strings nor parts of Node's shared blocks of buffers.
 */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** More is written piece by piece: copying it would cost more than the writes. */
const gatheredBytes = 16 * 1024;

export interface Gathered {
  /** Latin1, as header sections are. */
  before: string;
  body: readonly Buffer[];
  bodyBytes: number;
  after: string;
}

export class GatheredWrite {
  #buffer = Buffer.allocUnsafeSlow(gatheredBytes);

  /** False asks to pause, as a socket's `write` does. */
  write(socket: Socket, gathered: Gathered): boolean {
    const bytes = gathered.before.length + gathered.bodyBytes + gathered.after.length;
    if (bytes === 0) return true;
    if (bytes > gatheredBytes) return inPieces(socket, gathered);
    if ((socket as TLSSocket).encrypted === true) return socket.write(textOf(gathered), "latin1");
    const buffer = this.#buffer;
    const flows = socket.write(buffer.subarray(0, filled(buffer, gathered)));
    // What the kernel has not taken is still to be read from it.
    if (socket.writableLength > 0) this.#buffer = Buffer.allocUnsafeSlow(gatheredBytes);
    return flows;
  }
}

/** How much of it. */
function filled(buffer: Buffer, { before, body, after }: Gathered): number {
  let length = before === "" ? 0 : buffer.write(before, 0, "latin1");
  for (let index = 0; index < body.length; index++) length += (body[index] as Buffer).copy(buffer, length);
  return after === "" ? length : length + buffer.write(after, length, "latin1");
}

/** TLS takes what it is given later, into a buffer of its own. Latin1 maps bytes one to one. */
function textOf({ before, body, after }: Gathered): string {
  let text = before;
  for (let index = 0; index < body.length; index++) text += (body[index] as Buffer).toString("latin1");
  return text + after;
}

function inPieces(socket: Socket, { before, body, after }: Gathered): boolean {
  socket.cork();
  let flows = before === "" || socket.write(before, "latin1");
  for (let index = 0; index < body.length; index++) flows = socket.write(body[index] as Buffer);
  if (after !== "") flows = socket.write(after, "latin1");
  socket.uncork();
  return flows;
}
