/** A port that speaks TLS and answers whoever comes without it in a way that can be read, instead of cutting the connection. */
import { createServer, type Server, type Socket } from "node:net";
import type { Problem } from "@parley/contract/problems/problem";
import { problemPath } from "@parley/contract/problems/problem";
import { problemEntry } from "@parley/contract/problems/table";

/** The first byte of a TLS record that shakes hands (RFC 8446 §5.1). */
const handshake = 22;
const patienceMs = 10_000;

/** `secure` gets the connections that begin TLS. */
export function tlsOnly(secure: Pick<Server, "emit">): Server {
  return createServer({ pauseOnConnect: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    socket.on("close", () => clearTimeout(timer));
    socket.once("readable", () => {
      clearTimeout(timer);
      const first = socket.read(1) as Buffer | null;
      if (first === null) return void socket.destroy();
      if (first[0] !== handshake) return refuse(socket);
      socket.unshift(first);
      secure.emit("connection", socket);
    });
  });
}

function refuse(socket: Socket): void {
  const { title, status, fix } = problemEntry("https-only");
  const problem: Problem = { type: `${problemPath}https-only`, title, status, detail: "This port speaks HTTPS, and the request came without TLS.", code: "https-only", fix };
  const body = JSON.stringify(problem);
  socket.end(`HTTP/1.1 ${status} Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`);
  // What else it sends is not read; it has so long to read this.
  setTimeout(() => socket.destroy(), 1_000).unref();
  socket.resume();
}
