/** For tests: a server on a real socket that answers each request with the bytes it is told to, in the pieces it is told to. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** Called with the bytes of each request's header section and body as they have come; answers on the socket as it likes. */
export type Script = (socket: Socket, received: string, requestNumber: number) => void;

export interface ScriptedServer {
  origin: string;
  port: number;
  /** How many connections were ever made. */
  connections(): number;
  sockets: Set<Socket>;
  close(): Promise<void>;
}

/** Runs the script whenever a header section is complete; `requestNumber` counts over all connections, from 1. */
export async function scriptedServer(script: Script, listen: (onSocket: (socket: Socket) => void) => Server = (onSocket) => createServer(onSocket)): Promise<ScriptedServer> {
  let connections = 0;
  let requests = 0;
  const sockets = new Set<Socket>();
  const server = listen((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    let received = "";
    socket.on("data", (bytes: Buffer) => {
      received += bytes.toString("latin1");
      if (!received.includes("\r\n\r\n") || !complete(received)) return;
      const request = received;
      received = "";
      script(socket, request, ++requests);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    connections: () => connections,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function complete(request: string): boolean {
  const body = request.slice(request.indexOf("\r\n\r\n") + 4);
  const length = /\r\ncontent-length: (\d+)/i.exec(request)?.[1];
  if (/\r\ntransfer-encoding: chunked/i.test(request)) return body.endsWith("0\r\n\r\n");
  return length === undefined || body.length >= Number(length);
}
