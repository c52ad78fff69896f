/** Serves a store of this process to others over a private Unix socket, a connection each, until it is closed with all of them. */
import { createServer, type Socket } from "node:net";
import { listenPrivately } from "@parley/contract/private-socket";

export interface SocketServer {
  /** Ends all connections and removes the socket. What was served stays open; it is the caller's. */
  close(): Promise<void>;
}

export async function serveSocket(path: string, serve: (connection: Socket) => void): Promise<SocketServer> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    serve(socket);
  });
  await listenPrivately(server, path);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of connections) socket.destroy();
      }),
  };
}
