/** For tests: an upstream on a real port, answered by a handler, which remembers what it was asked. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";

export interface UpstreamUnderTest {
  url: string;
  port: number;
  server: Server;
  requests: { method: string; url: string; headers: IncomingMessage["headers"]; rawHeaders: string[]; body: string }[];
  close(): Promise<void>;
}

export async function startUpstream(handler: (request: IncomingMessage, response: ServerResponse, body: string) => void): Promise<UpstreamUnderTest> {
  const requests: UpstreamUnderTest["requests"] = [];
  return serve(requests, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("latin1");
      requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, rawHeaders: request.rawHeaders, body });
      handler(request, response, body);
    });
  });
}

/** Like `startUpstream`, without reading the body first. */
export function startStreamingUpstream(handler: RequestListener): Promise<UpstreamUnderTest> {
  return serve([], handler);
}

async function serve(requests: UpstreamUnderTest["requests"], listener: RequestListener): Promise<UpstreamUnderTest> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An upstream of bare sockets, for answers that no HTTP library would give. */
export async function startRawUpstream(onConnection: (socket: Socket, connection: number) => void): Promise<{ url: string; port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    onConnection(socket, ++connections);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
