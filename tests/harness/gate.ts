/** A way to a server that can be shut: whoever is on it is cut off, and nobody gets through until it is opened again. */
import { createServer, connect, type Socket } from "node:net";
import { once } from "node:events";

export interface Gate extends AsyncDisposable {
  url: string;
  shut(): void;
  open(): void;
}

export async function startGate(serverUrl: string): Promise<Gate> {
  const { hostname, port } = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    // Either end may be cut off in the middle of something.
    return socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  };
  const server = createServer((from) => {
    keep(from);
    if (!isOpen) return void from.destroy();
    const to = keep(connect(Number(port), hostname));
    from.pipe(to).pipe(from);
    from.on("close", () => to.destroy());
    to.on("close", () => from.destroy());
  });
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gate has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    shut: () => {
      isOpen = false;
      cut();
    },
    open: () => {
      isOpen = true;
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
