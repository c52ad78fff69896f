/**
 * For tests: an upstream of bare sockets that misbehaves in one way, and counts the requests that reached it whole, which it may
 * thus have acted on. Nothing it writes is more than a client could meet in the wild.
 */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

export type Fault =
  | "fine" | "refuse" | "hang" | "reset" | "half-close" | "reset-mid-head" | "reset-mid-body" | "garbage" | "endless-headers" | "too-little" | "too-much" | "drip" | "stalls-mid-body"
  | "endless-hints" | "bad-chunk" | "status-503" | "not-tls" | "tls-hang" | "tls-unknown" | "no-such-host";

export interface FaultyUpstream {
  url: string;
  /** The heads of requests that came whole, method and path first. */
  requests: string[];
  fault: Fault;
  close(): Promise<void>;
}

const whole = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell";

export async function startFaultyUpstream(fault: Fault, tls: { key: string; cert: string } | null = null): Promise<FaultyUpstream> {
  const sockets = new Set<Socket>();
  const upstream: FaultyUpstream = { url: "", requests: [], fault, close };
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    if (upstream.fault === "not-tls") socket.once("data", () => socket.end("220 mail.example ESMTP\r\n"));
    else if (upstream.fault !== "tls-hang") readRequests(socket, upstream);
  };
  const server = fault === "tls-unknown" && tls !== null ? createTlsServer(tls, serve) : createServer(serve);
  // The rejected handshakes of tls-unknown.
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const scheme = ["not-tls", "tls-hang", "tls-unknown"].includes(fault) ? "https" : "http";
  upstream.url = fault === "no-such-host" ? "http://parley-test.invalid" : `${scheme}://127.0.0.1:${port}`;
  if (fault === "refuse") await close();
  return upstream;

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}

/** Bodies have a Content-Length here. */
function readRequests(socket: Socket, upstream: FaultyUpstream): void {
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
      const head = text.slice(0, end);
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      text = text.slice(end + 4 + length);
      upstream.requests.push(head);
      answer(socket, upstream.fault);
    }
  });
}

function answer(socket: Socket, fault: Fault): void {
  switch (fault) {
    case "hang":
      return;
    case "reset":
      return void socket.resetAndDestroy();
    case "half-close":
      return void socket.end();
    case "reset-mid-head":
      return void socket.write("HTTP/1.1 200 OK\r\nContent-Le", () => socket.resetAndDestroy());
    case "reset-mid-body":
      return void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly a part", () => setTimeout(() => socket.resetAndDestroy(), 20));
    case "stalls-mid-body":
      return void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly a part");
    case "garbage":
      return void socket.write("SSH-2.0-OpenSSH_9.9\r\n\r\n");
    case "endless-headers":
      return keepWriting(socket, "HTTP/1.1 200 OK\r\n", `X-More: ${"x".repeat(1000)}\r\n`.repeat(10));
    case "endless-hints":
      return keepWriting(socket, "", "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n".repeat(5));
    case "too-little":
      return void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly a part");
    case "too-much":
      return void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell, and more than was said");
    case "bad-chunk":
      return void socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwell\r\nno size\r\n");
    case "drip":
      return drip(socket, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell");
    case "status-503":
      return void socket.write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    case "fine":
      return void socket.write(whole);
    case "refuse":
    case "no-such-host":
    case "not-tls":
    case "tls-hang":
    case "tls-unknown":
      // They fail before a request comes; one that comes all the same is answered, and the test sees it.
      return void socket.write(whole);
  }
}

/** Until the other side has enough of it. */
function keepWriting(socket: Socket, first: string, more: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(more), 5);
  socket.on("close", () => clearInterval(timer));
}

/** A byte at a time. */
function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => {
    socket.write(text[at++] as string);
    if (at === text.length) clearInterval(timer);
  }, 2);
  socket.on("close", () => clearInterval(timer));
}
