/** A provider's realtime endpoint on loopback: takes the upgrade or refuses it, and says what a test says. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface RealtimeProvider extends AsyncDisposable {
  url: string;
  requests: IncomingMessage[];
  /** The connections that were switched. */
  sockets: Socket[];
  /** Another status than 101 is an answer. */
  status: number | ((request: IncomingMessage) => number);
  /** Resolves when the next connection is switched. */
  switched(): Promise<Socket>;
}

/** A server's frame, which is not masked (RFC 6455 §5.1). */
export function frame(payload: string | Buffer, { opcode = 1, isFinal = true } = {}): Buffer {
  const bytes = Buffer.from(payload as string);
  const head = bytes.length < 126 ? Buffer.alloc(2) : bytes.length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = (isFinal ? 0x80 : 0) | opcode;
  head[1] = bytes.length < 126 ? bytes.length : bytes.length < 65_536 ? 126 : 127;
  if (head[1] === 126) head.writeUInt16BE(bytes.length, 2);
  if (head[1] === 127) head.writeBigUInt64BE(BigInt(bytes.length), 2);
  return Buffer.concat([head, bytes]);
}

export async function startRealtimeProvider(): Promise<RealtimeProvider> {
  let waiting: ((socket: Socket) => void) | null = null;
  const server = createServer((_request, response) => void response.writeHead(404).end());
  const provider: Pick<RealtimeProvider, "requests" | "sockets" | "status" | "switched"> = { requests: [], sockets: [], status: 101, switched: () => new Promise((resolve) => (waiting = resolve)) };
  server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
    provider.requests.push(request);
    const status = typeof provider.status === "number" ? provider.status : provider.status(request);
    if (status !== 101) {
      const body = '{"error":{"message":"No way"}}';
      socket.end(`HTTP/1.1 ${status} No\r\nRetry-After: 7\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    const protocol = request.headers["sec-websocket-protocol"]?.split(",")[0];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ""}\r\n`);
    provider.sockets.push(socket);
    socket.on("error", () => {});
    waiting?.(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(provider, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        for (const socket of provider.sockets) socket.destroy();
        server.close(() => resolve());
      }),
  });
}
