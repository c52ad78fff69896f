import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { afterEach, expect, it } from "vitest";
import { startGateway, type GatewayUnderTest } from "../main/gateway-under-test.ts";
import { readSpool } from "../main/read-spool.ts";
import { RawClient } from "../main/raw-client.ts";
import { startUpstream } from "../main/upstream-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** An upstream that switches to whatever is asked, and a gateway before it. */
async function start(onSwitched: (socket: Duplex, head: Buffer) => void): Promise<{ gateway: GatewayUnderTest; requests: Record<string, unknown>[] }> {
  const requests: Record<string, unknown>[] = [];
  const server = createServer((_request, response) => response.writeHead(426, { "x-own": "1" }).end("upgrade yourself")).listen(0);
  server.on("upgrade", (request, socket, head) => {
    requests.push({ url: request.url, ...request.headers });
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on("error", () => {});
    onSwitched(socket, head);
  });
  await once(server, "listening");
  stops.push(async () => void server.close());
  const targets = [{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base` }];
  const gateway = await startGateway({ consumers: { acme: { key: "acme-secret" } }, services: { chat: { path: "/chat", upstream: { targets }, limits: [{ requests: 100, per: "1m" }] } } });
  return { gateway, requests };
}

const upgradeFields = "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

it("carries an upgraded connection both ways, after access, and records it as one call", async () => {
  const { gateway, requests } = await start((socket) => socket.pipe(socket));
  const client = await RawClient.connect(gateway.port);
  client.send(`GET /chat/room?x=1 HTTP/1.1\r\n${upgradeFields}Authorization: Bearer acme-secret\r\n\r\nearly`);
  const switched = await client.until("early");
  expect(switched).toMatch(/\r\nRateLimit: "service-60s";r=99;t=1\r\n/);
  expect(switched).toMatch(/^HTTP\/1\.1 101 [^]*Upgrade: websocket\r\n[^]*Parley-Call-Id: [0-9a-f]{32}\r\n\r\nearly$/);
  client.send("later");
  await client.until("later");
  client.socket.end();
  await client.end();
  expect(requests).toMatchObject([{ url: "/base/room?x=1", upgrade: "websocket", connection: "Upgrade", "parley-consumer": "acme", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" }]);
  expect(requests[0]).not.toHaveProperty("authorization");
  expect(await gateway.stop()).toMatchObject([{ kind: "websocket", status: 101, service: "chat", consumer: "acme", requestBytes: 10, responseBytes: 10 }]);
});

it("is what a WebSocket client can use, and refuses one without a key", async () => {
  // An unmasked text frame for the first frame that comes, and an end for the second, which is the closing one.
  const { gateway } = await start((socket) => {
    socket.once("data", () => {
      socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
      socket.once("data", () => socket.end());
    });
  });
  const url = `${gateway.url.replace("http", "ws")}/chat`;
  const anonymous = new WebSocket(url);
  await new Promise((resolve) => anonymous.addEventListener("error", resolve, { once: true }));
  const known = new WebSocket(url, { headers: { "x-api-key": "acme-secret" } } as never);
  await new Promise((resolve) => known.addEventListener("open", resolve, { once: true }));
  known.send("hello");
  const { data } = await new Promise<MessageEvent>((resolve) => known.addEventListener("message", resolve as never, { once: true }));
  expect(data).toBe("hi");
  known.close();
  const records = await gateway.stop();
  // The platform's client asks a second time after a 401.
  expect(new Set(records.map((record) => record.status))).toEqual(new Set([101, 401]));
});

it("passes an end of one side on and keeps the other open", async () => {
  const { gateway } = await start((socket) => {
    let received = "";
    socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
    socket.on("end", () => socket.end(`got ${received}`));
  });
  const client = await RawClient.connect(gateway.port, { allowHalfOpen: true });
  client.send(`GET /chat HTTP/1.1\r\n${upgradeFields}X-Api-Key: acme-secret\r\n\r\n`);
  await client.until("101 Switching");
  client.socket.end("last words");
  expect(await client.end()).toMatch(/got last words$/);
  await gateway.stop();
});

it("moves large amounts at the pace of the slower side", async () => {
  const { gateway } = await start((socket) => socket.pipe(socket));
  const client = await RawClient.connect(gateway.port);
  client.send(`GET /chat HTTP/1.1\r\n${upgradeFields}X-Api-Key: acme-secret\r\n\r\n`);
  await client.until("101 Switching");
  await client.until("\r\n\r\n");
  const before = client.received.length;
  client.send("x".repeat(8_000_000));
  while (client.received.length < before + 8_000_000) await once(client.socket, "data");
  client.destroy();
  expect(await gateway.stop()).toMatchObject([{ requestBytes: 8_000_000, responseBytes: 8_000_000 }]);
});

it("ends with the upstream, and frees the upstream when the client goes away", async () => {
  let upstreamSocket: Duplex | null = null;
  const { gateway } = await start((socket) => {
    upstreamSocket = socket.resume();
    socket.on("end", () => socket.end());
  });
  async function open(): Promise<RawClient> {
    const client = await RawClient.connect(gateway.port);
    client.send(`GET /chat HTTP/1.1\r\n${upgradeFields}X-Api-Key: acme-secret\r\n\r\n`);
    await client.until("101 Switching");
    return client;
  }
  const first = await open();
  (upstreamSocket as unknown as Duplex).destroy();
  await first.end();
  const second = await open();
  const freed = once(upstreamSocket as unknown as Duplex, "end");
  second.destroy();
  await freed;
  expect(await gateway.stop()).toHaveLength(2);
});

it("is cut when draining takes too long", async () => {
  const { gateway } = await start((socket) => socket.resume());
  const client = await RawClient.connect(gateway.port);
  client.send(`GET /chat HTTP/1.1\r\n${upgradeFields}X-Api-Key: acme-secret\r\n\r\n`);
  await client.until("101 Switching");
  await gateway.gateway.drain(50);
  await client.end();
  expect(readSpool(join(gateway.dataDirectory, "spool"))).toMatchObject([{ status: 101, kind: "websocket" }]);
});

it("relays an upstream's refusal as an ordinary answer", async () => {
  const upstream = await startUpstream((_request, response) => response.writeHead(403, { "x-own": "1" }).end("no"));
  stops.push(() => upstream.close());
  const gateway = await startGateway({ services: { chat: { path: "/chat", access: "open", upstream: { targets: [{ url: upstream.url }] } } } });
  const client = await RawClient.connect(gateway.port);
  expect(await client.send(`GET /chat HTTP/1.1\r\n${upgradeFields}\r\n`).end()).toMatch(/^HTTP\/1\.1 403 [^]*x-own: 1[^]*no/i);
  expect(await gateway.stop()).toMatchObject([{ status: 403, upstreamStatus: 403 }]);
});

it("relays a refusal whose reason nobody else could send on", async () => {
  const server = createTcpServer((socket) => void socket.on("data", () => socket.end("HTTP/1.1 403 No\x01thing\r\nContent-Length: 2\r\n\r\nno"))).listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(async () => void server.close());
  const targets = [{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }];
  const gateway = await startGateway({ services: { chat: { path: "/chat", access: "open", upstream: { targets } } } });
  const client = await RawClient.connect(gateway.port);
  client.send(`GET /chat HTTP/1.1\r\n${upgradeFields}\r\n`);
  expect(await client.until("no")).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
});

it("answers 502 where the upstream is not there", async () => {
  const upstream = await startUpstream(() => {});
  await upstream.close();
  const gateway = await startGateway({ services: { chat: { path: "/chat", access: "open", upstream: { targets: [{ url: upstream.url }] } } } });
  const client = await RawClient.connect(gateway.port);
  expect(await client.send(`GET /chat HTTP/1.1\r\n${upgradeFields}\r\n`).end()).toMatch(/^HTTP\/1\.1 502 [^]*upstream-unreachable/);
  await gateway.stop();
});

it("takes an upgrade to h2c as an ordinary request, so that nothing passes the policies by", async () => {
  const upstream = await startUpstream((request, response) => response.end(`upgrade: ${request.headers.upgrade ?? "none"}`));
  stops.push(() => upstream.close());
  const gateway = await startGateway({ services: { chat: { path: "/chat", access: "open", upstream: { targets: [{ url: upstream.url }] } } } });
  const client = await RawClient.connect(gateway.port);
  client.send("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");
  expect(await client.until("upgrade: none")).toMatch(/^HTTP\/1\.1 200 /);
  expect(upstream.requests[0]?.headers).not.toHaveProperty("http2-settings");
  client.destroy();
  await gateway.stop();
});
