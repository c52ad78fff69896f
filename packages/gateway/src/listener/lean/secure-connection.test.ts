import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type CertificatesUnderTest, makeCertificates } from "../../main/certificates-under-test.ts";
import { type GatewayUnderTest, startGateway } from "../../main/gateway-under-test.ts";
import { startStreamingUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

let certificates: CertificatesUnderTest;
let upstream: UpstreamUnderTest;
let gateway: GatewayUnderTest;

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/cut") return void response.write("half", () => response.destroy());
  const hash = createHash("sha256");
  request.on("data", (chunk: Buffer) => hash.update(chunk));
  request.on("end", () => {
    const large = request.url === "/large" ? Buffer.alloc(3 << 20, "l") : Buffer.alloc(0);
    response.end(Buffer.concat([Buffer.from(`<${hash.digest("hex")}>`), large]));
  });
}

beforeAll(async () => {
  certificates = makeCertificates();
  certificates.issue("root", { authority: true });
  certificates.issue("main", { by: "root", names: "DNS:localhost" });
  upstream = await startStreamingUpstream(answer);
  upstream.server.on("upgrade", (_request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    socket.pipe(socket);
  });
  gateway = await startGateway(
    { services: { open: { path: "/open", access: "open", upstream: { targets: [{ url: upstream.url }] } } } },
    { tls: { cert: certificates.cert("main"), key: certificates.key("main") } },
  );
}, 120_000);

afterAll(async () => {
  await gateway.stop();
  await upstream.close();
  certificates.remove();
});

/** A connection over TLS, with all that came on it. What is waited for is looked for in the latest pieces only: in megabytes of all that came it would take longer than what it waits for. */
async function open(): Promise<{ socket: TLSSocket; until: (done: (text: string) => boolean) => Promise<string> }> {
  const socket = connect({ port: gateway.port, servername: "localhost", ca: readFileSync(certificates.cert("root")), ALPNProtocols: ["http/1.1"] });
  await once(socket, "secureConnect");
  socket.setMaxListeners(0);
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece)).on("error", () => {});
  const textOf = (some: Buffer[]): string => Buffer.concat(some).toString("latin1");
  return {
    socket,
    async until(done) {
      while (!done(textOf(pieces.slice(-5))) && !socket.destroyed) await Promise.race([once(socket, "data"), once(socket, "close")]).catch(() => {});
      return textOf(pieces);
    },
  };
}

const head = (path: string, fields = ""): string => `POST /open${path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`;
const hashOf = (bytes: Buffer | string): string => `<${createHash("sha256").update(bytes).digest("hex")}>`;

it("carries large bodies both ways over TLS, one call after another", async () => {
  const { socket, until } = await open();
  const body = Buffer.alloc(3 << 20, "0123456789abcdef");
  socket.write(head("/large", `Content-Length: ${body.length}\r\n`));
  socket.write(body);
  socket.write(head("", "Content-Length: 4\r\n") + "next");
  const text = await until((received) => received.includes(hashOf("next")));
  expect(text).toContain(hashOf(body));
  expect(text.length).toBeGreaterThan(3 << 20);
  socket.destroy();
});

it("gives a connection over TLS away to a tunnel, with what the client said too early", async () => {
  const { socket, until } = await open();
  socket.write("GET /open HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly ");
  await until((received) => received.includes("early"));
  socket.write("and later");
  expect(await until((received) => received.endsWith("later"))).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\nearly and later$/);
  socket.destroy();
});

it("refuses over TLS what is no request, and ends the connection", async () => {
  const { socket, until } = await open();
  socket.write("GET /open HTTP/1.1\nHost: localhost\n\n");
  expect(await until(() => false)).toMatch(/^HTTP\/1\.1 400 [\s\S]*malformed-request/);
});

it("never ends an answer that breaks off as if it were whole, whatever its framing", async () => {
  const chunked = await open();
  chunked.socket.write(head("/cut"));
  expect(await chunked.until(() => false)).toMatch(/\r\n\r\n4\r\nhalf\r\n$/);
  const untilClose = await open();
  let ended = false;
  untilClose.socket.on("end", () => (ended = true));
  untilClose.socket.write("GET /open/cut HTTP/1.0\r\n\r\n");
  await untilClose.until(() => false);
  expect(ended).toBe(false);
});
