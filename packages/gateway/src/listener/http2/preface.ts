/** A connection in the clear whose first bytes are those of HTTP/2 (RFC 9113 §3.3): node:http has stopped at them, and gives it away. */
import type { Socket } from "node:net";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

interface ParseError extends Error {
  code?: string | undefined;
  bytesParsed?: number;
  rawPacket?: Buffer;
}

interface HttpParser {
  unconsume(): void;
  remove(): void;
}

export function isPreface(error: ParseError): boolean {
  return error.code === "HPE_PAUSED_H2_UPGRADE" && error.rawPacket !== undefined;
}

/** The socket as it was before node:http had it, with what was read put back. Nothing else may have been read from it. */
export function takeOver(error: ParseError, socket: Socket): Socket {
  const { parser } = socket as Socket & { parser?: HttpParser };
  parser?.unconsume();
  // Else the time limit for its header section would hit the connection later.
  parser?.remove();
  for (const event of ["data", "end", "close", "drain", "timeout", "error", "resume", "pause"]) socket.removeAllListeners(event);
  // node:http has put its own in the place of the class's, which watch for readers.
  for (const own of ["on", "addListener", "prependListener"]) Reflect.deleteProperty(socket, own);
  socket.setTimeout(0);
  // node:http lets its clients half-close; here nothing more is to be said.
  socket.once("end", () => socket.destroy());
  socket.pause();
  const packet = error.rawPacket ?? Buffer.alloc(0);
  // The preface may have come in several pieces, of which this is the last.
  socket.unshift(Buffer.concat([preface, packet.subarray(error.bytesParsed ?? packet.length)]));
  return socket;
}
