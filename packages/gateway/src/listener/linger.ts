/**
 * Ends a connection whose client still sends a body that nobody wants. Closing at once would make the client's kernel
 * throw away the answer together with the connection (RFC 9112 §9.6), so the body is read and dropped for a moment.
 */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

const lingerMs = 2000;
const lingerBytes = 64 * 1024 * 1024;

/** Call before the head is written; takes effect when the answer has been sent. */
export function lingerAfter(response: ServerResponse): void {
  const { socket, req } = response;
  if (!socket) return;
  // What node:http calls when the last answer of a connection is finished.
  socket.destroySoon = () => linger(socket);
  response.once("finish", () => req.resume());
}

function linger(socket: Socket): void {
  const limitBytes = socket.bytesRead + lingerBytes;
  socket.end();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.on("data", () => {
    if (socket.bytesRead > limitBytes) socket.destroy();
  });
  socket.once("end", () => socket.destroy());
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
}
