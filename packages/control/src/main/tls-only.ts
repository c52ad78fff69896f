/** A port that speaks TLS and answers whoever comes without it in a way that can be read, instead of cutting the connection. */
import { createServer, type Server } from "node:net";
import { refuseConnection } from "./refuse-connection.ts";

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
      if (first[0] !== handshake) return refuseConnection(socket, { code: "https-only", detail: "This port speaks HTTPS, and the request came without TLS." });
      socket.unshift(first);
      secure.emit("connection", socket);
    });
  });
}
