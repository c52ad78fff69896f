import { once } from "node:events";
import { connect, constants, createServer, type ClientHttp2Session, type ClientHttp2Stream, type ClientSessionOptions, type IncomingHttpHeaders, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { repeatedIn } from "../listener/repeated-field.ts";
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts";
import { RawClient } from "./raw-client.ts";
import { startRawUpstream, startStreamingUpstream, startUpstream } from "./upstream-under-test.ts";

const stops: (() => unknown)[] = [];
const longEnough = { timeout: 20_000 };

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function gatewayTo(url: string, limits: Record<string, string> = {}): Promise<{ gateway: GatewayUnderTest; client: ClientHttp2Session }> {
  const gateway = await startGateway({ services: { open: { path: "/open", access: "open", upstream: { targets: [{ url }] } } }, gateway: { limits } });
  stops.push(() => gateway.stop());
  return { gateway, client: session(gateway) };
}

function session(gateway: GatewayUnderTest, options: ClientSessionOptions = {}): ClientHttp2Session {
  const client = connect(gateway.url, options);
  client.on("error", () => {});
  stops.push(() => client.destroy());
  return client;
}

async function answerOf(stream: ClientHttp2Stream): Promise<{ headers: IncomingHttpHeaders; text: string; trailers: IncomingHttpHeaders | null }> {
  let trailers: IncomingHttpHeaders | null = null;
  stream.on("trailers", (fields) => (trailers = fields));
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => (text += chunk));
  await once(stream, "end");
  if (stream.rstCode !== 0 && stream.rstCode !== undefined) throw new Error(`reset with ${stream.rstCode}`);
  return { headers, text, trailers };
}

test("serves HTTP/2 in the clear to clients that begin with it, for longer than a header section may take", longEnough, async () => {
  const upstream = await startUpstream((request, response) => response.end(`${request.method} ${request.url}`));
  stops.push(() => upstream.close());
  const { client } = await gatewayTo(upstream.url, { headersTimeout: "1s" });
  expect((await answerOf(client.request({ ":path": "/open/1" }))).text).toBe("GET /1");
  const later = new Promise((resolve) => setTimeout(resolve, 2_500));
  await later;
  expect((await answerOf(client.request({ ":path": "/open/2" }))).text).toBe("GET /2");
});

test("serves it when its first bytes come one by one, and HTTP/1.1 on the same port", longEnough, async () => {
  const upstream = await startUpstream((_request, response) => response.end("well"));
  stops.push(() => upstream.close());
  const { gateway } = await gatewayTo(upstream.url);
  const slow = await RawClient.connect(gateway.port);
  stops.push(() => slow.destroy());
  for (const byte of "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") {
    slow.send(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  slow.send("\0\0\0\x04\0\0\0\0\0");
  // A frame of type 4, SETTINGS, is what a server says first (RFC 9113 §3.4).
  await slow.until("\0\0");
  expect(slow.received.charCodeAt(3)).toBe(4);
  expect(await (await fetch(`${gateway.url}/open`)).text()).toBe("well");
});

test("answers a body that comes a byte at a time with 408", longEnough, async () => {
  const upstream = await startStreamingUpstream((request, response) => void request.resume().on("error", () => {}).on("end", () => response.end("whole")));
  stops.push(() => upstream.close());
  const { client } = await gatewayTo(upstream.url, { idleTimeout: "1s" });
  const stream = client.request({ ":path": "/open", ":method": "POST" });
  stream.on("error", () => {});
  const drip = setInterval(() => !stream.closed && stream.write("x"), 60);
  stops.push(() => clearInterval(drip));
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
  expect(headers[":status"]).toBe(408);
});

test("refuses what an HTTP/1.1 service could read otherwise: a fragment behind dots, two Authorization fields, a TRACE", longEnough, async () => {
  const upstream = await startUpstream((request, response) => response.end(request.url));
  stops.push(() => upstream.close());
  const { client } = await gatewayTo(upstream.url);
  expect((await answerOf(client.request({ ":path": "/open/..#" }))).headers[":status"]).toBe(400);
  // Node's client sends no field twice that may be there once.
  expect(repeatedIn(["authorization", "Bearer one", "x", "y", "authorization", "Bearer two"])).toMatchObject({ code: "malformed-request" });
  expect(repeatedIn(["authorization", "Bearer one", "content-type", "a/b", "cookie", "a", "cookie", "b"])).toBeNull();
  expect((await answerOf(client.request({ ":method": "TRACE", ":path": "/open" }, { endStream: true }))).headers[":status"]).toBe(501);
  expect(upstream.requests).toEqual([]);
});

test("carries bodies of megabytes both ways, and trailers", longEnough, async () => {
  const upstream = await startStreamingUpstream((request, response) => {
    response.writeHead(200, { Trailer: "x-sum" });
    request.on("end", () => response.addTrailers({ "x-sum": "all" }));
    request.pipe(response);
  });
  stops.push(() => upstream.close());
  const { client } = await gatewayTo(upstream.url);
  const sent = "0123456789".repeat(300_000);
  const stream = client.request({ ":path": "/open/echo", ":method": "POST" });
  stream.end(sent);
  const { text, trailers } = await answerOf(stream);
  expect(text === sent).toBe(true);
  expect(trailers).toMatchObject({ "x-sum": "all" });
});

test("half a megabyte of a body may be on its way before any of it was read, from a client and from an upstream", longEnough, async () => {
  const upstream = createServer((_request, response) => response.end("well"));
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  stops.push(() => upstream.close());
  const opened = once(upstream, "session");
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const gateway = await startGateway({ services: { open: { path: "/open", access: "open", upstream: { protocol: "http2", targets: [{ url }] } } } });
  stops.push(() => gateway.stop());
  const client = session(gateway);
  expect((await answerOf(client.request({ ":path": "/open/1" }))).text).toBe("well");
  for (const other of [client, (await opened)[0] as ServerHttp2Session]) {
    await vi.waitFor(() => expect(other.state.remoteWindowSize).toBeGreaterThan(1_000_000));
    expect(other.remoteSettings.initialWindowSize).toBe(512 * 1024);
  }
});

test("a body that the upstream does not read holds up no other of its connection", longEnough, async () => {
  const upstream = await startStreamingUpstream((request, response) => {
    if (request.url === "/echo") request.pipe(response);
  });
  stops.push(() => upstream.close());
  const { gateway } = await gatewayTo(upstream.url);
  // What waits to be written counts as memory of the session, and past 10 MB node:http2 refuses answers.
  const client = session(gateway, { maxSessionMemory: 100 });
  const held = client.request({ ":path": "/open/held", ":method": "POST" });
  held.on("error", () => {});
  const pieces = 512;
  let taken = 0;
  for (let piece = 0; piece < pieces; piece++) held.write(Buffer.alloc(64 * 1024), () => taken++);
  const sent = "0123456789".repeat(30_000);
  // Until there is room for no more of it anywhere.
  let before = -1;
  while (taken > before) {
    before = taken;
    const other = client.request({ ":path": "/open/echo", ":method": "POST" });
    other.end(sent);
    expect((await answerOf(other)).text === sent).toBe(true);
  }
  expect(taken).toBeLessThan(pieces);
  held.close();
});

test("a limit on calls at once bounds the bodies that wait, over all connections of a client: the others are refused before theirs was read", longEnough, async () => {
  const upstream = await startStreamingUpstream(() => undefined);
  stops.push(() => upstream.close());
  const gateway = await startGateway({ services: { open: { path: "/open", access: "open", limits: [{ concurrent: 3, by: "address" }], upstream: { targets: [{ url: upstream.url }] } } } });
  stops.push(() => gateway.stop());
  const statuses: unknown[] = [];
  for (const client of [session(gateway), session(gateway)]) {
    for (let call = 0; call < 10; call++) {
      const stream = client.request({ ":path": "/open/held", ":method": "POST" }).on("error", () => {});
      stream.on("response", (headers) => statuses.push(headers[":status"]));
      // It never ends, so that whoever is answered was answered before it was read.
      stream.write(Buffer.alloc(64 * 1024));
    }
  }
  await vi.waitFor(() => expect(statuses.length).toBeGreaterThanOrEqual(17), { timeout: 15_000 });
  expect(statuses).toEqual(Array(17).fill(429));
});

test("a client that reads many answers slowly is given others on the same connection", longEnough, async () => {
  const upstream = await startUpstream((_request, response) => response.end(Buffer.alloc(256 * 1024)));
  stops.push(() => upstream.close());
  const { gateway } = await gatewayTo(upstream.url);
  const client = session(gateway, { settings: { initialWindowSize: 0 } });
  await once(client, "remoteSettings");
  const heads = Array.from({ length: 240 }, () => once(client.request({ ":path": "/open/large" }).on("error", () => {}), "response"));
  await Promise.all(heads);
  for (let other = 0; other < 10; other++) {
    const [headers] = (await once(client.request({ ":path": "/open/other" }, { endStream: true }), "response")) as [IncomingHttpHeaders];
    expect(headers[":status"]).toBe(200);
  }
});

test("keeps fields that come several times apart, and gives no body where there is none", longEnough, async () => {
  const upstream = await startUpstream((request, response) => {
    response.writeHead(request.url === "/304" ? 304 : 200, [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"], ["Content-Length", "5"], ["Connection", "X-Hop"], ["X-Hop", "1"]].flat());
    response.end(request.method === "HEAD" || request.url === "/304" ? undefined : "hello");
  });
  stops.push(() => upstream.close());
  const { client } = await gatewayTo(upstream.url);
  const head = await answerOf(client.request({ ":path": "/open/1", ":method": "HEAD" }));
  expect([head.headers["set-cookie"], head.headers["x-hop"], head.text]).toEqual([["a=1", "b=2"], undefined, ""]);
  expect((await answerOf(client.request({ ":path": "/open/304" }))).headers[":status"]).toBe(304);
  expect((await answerOf(client.request({ ":path": "/open/1" }))).text).toBe("hello");
});

const frame = (type: number, flags: number, stream: number, payload: string): string => String.fromCharCode(0, payload.length >> 8, payload.length & 255, type, flags, 0, 0, 0, stream) + payload;
/** HEADERS of `POST /open/1` and a piece of its body. */
const halfRequest = `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${frame(4, 0, 0, "")}${frame(1, 4, 1, "\x83\x86\x04\x07/open/1\x01\x04open")}${frame(0, 0, 1, "the first half")}`;

test.each(["a reset", "a lost connection"] as const)("never passes a request on as whole that its client gave up by %s", longEnough, async (end) => {
  let whole = false;
  const begun = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const upstream = await startStreamingUpstream((request) => {
    request.on("data", () => begun.resolve());
    request.on("end", () => (whole = true));
    request.on("close", () => gone.resolve());
    request.on("error", () => {});
  });
  stops.push(() => upstream.close());
  const { gateway } = await gatewayTo(upstream.url);
  const raw = await RawClient.connect(gateway.port);
  stops.push(() => raw.destroy());
  raw.send(halfRequest);
  await begun.promise;
  if (end === "a reset") raw.send(frame(3, 0, 1, "\0\0\0\x08"));
  else raw.destroy();
  await gone.promise;
  const [record] = await gateway.stop();
  stops.splice(1, 1);
  expect([whole, record?.status, record?.cutBy]).toEqual([false, 499, "client"]);
});

test("resets the stream where the upstream breaks off, and the connection goes on", longEnough, async () => {
  const upstream = await startRawUpstream((socket) => {
    socket.once("data", (bytes) => {
      if (String(bytes).includes("/cut")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", () => socket.destroy());
      else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  stops.push(() => upstream.close());
  const { client } = await gatewayTo(upstream.url);
  const stream = client.request({ ":path": "/open/cut" });
  await expect(answerOf(stream)).rejects.toThrow();
  expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  expect((await answerOf(client.request({ ":path": "/open/fine" }))).text).toBe("ok");
});

test.each([
  ["no authority that is a host", { ":path": "/open", ":authority": "one.test:port" }, 400],
  ["two different hosts", { ":path": "/open", ":authority": "one.test", host: "other.test" }, 400],
  ["a path with dots", { ":path": "/open/../x" }, 400],
  ["a path that no service has", { ":path": "/nowhere" }, 404],
  ["a body past the limit", { ":path": "/open", ":method": "POST", "content-length": "2000000" }, 413],
])("answers a problem to %s", longEnough, async (_what, headers, status) => {
  const upstream = await startUpstream((_request, response) => response.end());
  stops.push(() => upstream.close());
  const { client } = await gatewayTo(upstream.url, { bodyBytes: "1MiB" });
  const stream = client.request(headers as Record<string, string>);
  stream.on("error", () => {});
  const answer = await answerOf(stream);
  expect([answer.headers[":status"], answer.headers["content-type"]]).toEqual([status, "application/problem+json"]);
  expect(upstream.requests).toEqual([]);
});

test("lets what is under way end when it drains, and takes nothing new", longEnough, async () => {
  const release = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const upstream = await startUpstream((_request, response) => {
    reached.resolve();
    void release.promise.then(() => response.end("done"));
  });
  stops.push(() => upstream.close());
  const { client, gateway } = await gatewayTo(upstream.url);
  const answer = answerOf(client.request({ ":path": "/open/1" }));
  await reached.promise;
  const goaway = once(client, "goaway");
  const stopped = gateway.stop();
  stops.splice(1, 1);
  await goaway;
  release.resolve();
  expect((await answer).text).toBe("done");
  expect((await stopped).map(({ status }) => status)).toEqual([200]);
});
