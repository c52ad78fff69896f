import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RawClient } from "../main/raw-client.ts";
import { startRawUpstream, startStreamingUpstream, startUpstream, type UpstreamUnderTest } from "../main/upstream-under-test.ts";
import { deadUrl, gatewayTo } from "./testing/notes-gateway.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function upstreamOf(...handler: Parameters<typeof startUpstream>): Promise<UpstreamUnderTest> {
  const upstream = await startUpstream(...handler);
  stops.push(() => upstream.close());
  return upstream;
}

async function rawUpstreamOf(...handler: Parameters<typeof startRawUpstream>): ReturnType<typeof startRawUpstream> {
  const upstream = await startRawUpstream(...handler);
  stops.push(() => upstream.close());
  return upstream;
}

describe("what reaches the upstream", () => {
  it("has the service's path exchanged for the target's, everything below untouched", async () => {
    const upstream = await upstreamOf((_request, response) => response.end());
    const gateway = await gatewayTo(`${upstream.url}/api/notes/`);
    for (const path of ["/notes/7?x=1&y=%2F", "/notes", "/notes?x", "/notes/", "/notes//a%2fb", "/%6eotes/%7Ea?b=c%20d"]) {
      const client = await RawClient.connect(gateway.port);
      client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      await client.end();
    }
    expect(upstream.requests.map((request) => request.url)).toEqual([
      "/api/notes/7?x=1&y=%2F", "/api/notes", "/api/notes?x", "/api/notes/", "/api/notes//a%2fb", "/api/notes/%7Ea?b=c%20d",
    ]);
    await gateway.stop();
  });

  it("has no field of this connection, none that only the gateway may say, and the gateway's own", async () => {
    const upstream = await upstreamOf((_request, response) => response.end());
    const gateway = await gatewayTo(upstream.url);
    const client = await RawClient.connect(gateway.port);
    client.send(
      "GET /notes HTTP/1.1\r\nHost: public.example:81\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\nTE: gzip, trailers\r\n" +
        "Proxy-Authorization: Basic x\r\nParley-Consumer: forged\r\nparley_consumer: forged\r\nX-Forwarded-For: 1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\n" +
        "Via: 1.0 before\r\nX-Twice: 1\r\nX-Twice: 2\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=1\r\n\r\n",
    );
    const answer = await client.end();
    const { headers, rawHeaders } = upstream.requests[0] ?? expect.fail("nothing arrived");
    expect(headers).toMatchObject({
      host: upstream.url.slice(7), "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http", "x-forwarded-host": "public.example:81",
      via: "1.0 before, 1.1 parley", te: "trailers", tracestate: "a=1",
    });
    for (const name of ["x-hop", "keep-alive", "proxy-connection", "proxy-authorization", "parley-consumer", "parley_consumer", "x-real-ip", "forwarded"]) expect(headers).not.toHaveProperty(name);
    expect(headers["traceparent"]).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
    expect(answer).toContain(`Parley-Call-Id: ${headers["parley-call-id"] as string}`);
    expect(rawHeaders.filter((part) => part === "X-Twice")).toHaveLength(2);
    expect(await gateway.stop()).toMatchObject([{ traceId: "0af7651916cd43dd8448eb211c80319c" }]);
  });

  it("announces no trailers, since those of a request end at the gateway", async () => {
    const upstream = await upstreamOf((_request, response) => response.end("ok"));
    const gateway = await gatewayTo(upstream.url);
    const client = await RawClient.connect(gateway.port);
    client.send("POST /notes HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 7\r\n\r\n");
    expect(await client.end()).toMatch(/^HTTP\/1\.1 200 /);
    expect(upstream.requests[0]?.body).toBe("body");
    expect(upstream.requests[0]?.headers).not.toHaveProperty("trailer");
    await gateway.stop();
  });

  it("continues what a trusted proxy says of the client", async () => {
    const upstream = await upstreamOf((_request, response) => response.end());
    const gateway = await gatewayTo(upstream.url, {}, { gateway: { trustProxy: ["127.0.0.0/8", "10.0.0.0/8"] } });
    await fetch(`${gateway.url}/notes`, { headers: { "x-forwarded-for": "6.6.6.6, 192.0.2.7, 10.1.1.1", "x-forwarded-proto": "https", "x-forwarded-host": "public.example", forwarded: "for=192.0.2.7" } });
    expect(upstream.requests[0]?.headers).toMatchObject({
      "x-forwarded-for": "6.6.6.6, 192.0.2.7, 10.1.1.1, 127.0.0.1", "x-forwarded-proto": "https", "x-forwarded-host": "public.example", forwarded: "for=192.0.2.7",
    });
    expect(await gateway.stop()).toMatchObject([{ clientAddress: "192.0.2.7" }]);
  });

  it("carries the service's own credentials instead of the caller's, and nothing for an empty token", async () => {
    const upstream = await upstreamOf((_request, response) => response.end());
    const withToken = await gatewayTo(upstream.url, { credentials: { header: "Authorization", value: "Bearer own" } });
    await fetch(`${withToken.url}/notes`, { headers: { authorization: "Bearer caller" } });
    await withToken.stop();
    const without = await gatewayTo(upstream.url, { credentials: { header: "Authorization", value: "Bearer " } });
    await fetch(`${without.url}/notes`, { headers: { authorization: "Bearer caller" } });
    await without.stop();
    expect(upstream.requests.map((request) => request.headers.authorization)).toEqual(["Bearer own", "Bearer caller"]);
  });
});

describe("bodies", () => {
  it("pass both ways unchanged, small and large, sized and chunked", async () => {
    const upstream = await startStreamingUpstream((request, response) => void request.pipe(response));
    stops.push(() => upstream.close());
    const gateway = await gatewayTo(upstream.url);
    for (const size of [0, 1, 1000, 64 * 1024, 64 * 1024 + 1, 5_000_000]) {
      const sent = Buffer.alloc(size, "0123456789abcdef");
      const sized = await fetch(`${gateway.url}/notes`, { method: "POST", body: sent });
      expect(Buffer.from(await sized.arrayBuffer()).equals(sent)).toBe(true);
      const chunked = await fetch(`${gateway.url}/notes`, { method: "POST", body: new Blob([sent]).stream(), duplex: "half" } as RequestInit);
      expect(Buffer.from(await chunked.arrayBuffer()).equals(sent)).toBe(true);
    }
    const records = await gateway.stop();
    expect(records.at(-1)).toMatchObject({ requestBytes: 5_000_000, responseBytes: 5_000_000, status: 200 });
  });

  it("are not read faster than the client takes them", async () => {
    let written = 0;
    const upstream = await startStreamingUpstream((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      function write(): void {
        do written += chunk.length;
        while (written < 200_000_000 && response.write(chunk));
        if (written < 200_000_000) response.once("drain", write);
        else response.end();
      }
      write();
    });
    stops.push(() => upstream.close());
    const gateway = await gatewayTo(upstream.url);
    const client = await RawClient.connect(gateway.port);
    client.send("GET /notes HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.until("200 OK");
    client.socket.pause();
    let seen = -1;
    await vi.waitUntil(() => seen === written || ((seen = written), false), { interval: 200, timeout: 20_000 });
    expect(written).toBeLessThan(60_000_000);
    client.destroy();
    await gateway.stop();
  });

  it("stream events one by one, without waiting for the next", async () => {
    let send: (event: string) => void = () => {};
    const upstream = await startStreamingUpstream((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      send = (event) => (event === "" ? response.end() : response.write(`data: ${event}\n\n`));
    });
    stops.push(() => upstream.close());
    const gateway = await gatewayTo(upstream.url);
    const client = await RawClient.connect(gateway.port);
    client.send("GET /notes HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.until("text/event-stream");
    for (const event of ["one", "two", "three"]) {
      send(event);
      await client.until(`data: ${event}`);
    }
    send("");
    await client.until("0\r\n\r\n");
    client.destroy();
    await gateway.stop();
  });

  it("carry trailers, early hints and answers without a body", async () => {
    const upstream = await startStreamingUpstream((request, response) => {
      if (request.url === "/trailers") {
        response.writeHead(200, { trailer: "X-Sum" });
        response.write("a");
        response.addTrailers({ "X-Sum": "1" });
        response.end();
      } else if (request.url === "/hints") response.writeEarlyHints({ link: "</a.css>; rel=preload" }, () => response.end("late"));
      else if (request.url === "/304") response.writeHead(304, { etag: '"1"' }).end();
      else if (request.url === "/204") response.writeHead(204).end();
      else response.writeHead(200, { "content-length": "5" }).end(request.method === "HEAD" ? undefined : "hello");
    });
    stops.push(() => upstream.close());
    const gateway = await gatewayTo(upstream.url);
    async function ask(method: string, path: string): Promise<string> {
      const client = await RawClient.connect(gateway.port);
      return client.send(`${method} /notes${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTE: trailers\r\n\r\n`).end();
    }
    expect(await ask("GET", "/trailers")).toMatch(/a\r\n0\r\nX-Sum: 1\r\n\r\n$/);
    expect(await ask("GET", "/hints")).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>[^]*\r\n\r\nHTTP\/1\.1 200 OK[^]*late/i);
    expect(await ask("GET", "/304")).toMatch(/^HTTP\/1\.1 304 [^]*ETag: "1"[^]*\r\n\r\n$/i);
    expect(await ask("GET", "/204")).toMatch(/^HTTP\/1\.1 204 [^]*\r\n\r\n$/);
    expect(await ask("HEAD", "/x")).toMatch(/^HTTP\/1\.1 200 [^]*content-length: 5[^]*\r\n\r\n$/i);
    await gateway.stop();
  });
});

describe("an upstream that fails", () => {
  it("is 502 where nobody listens, and 504 where no answer comes", async () => {
    const silent = await rawUpstreamOf(() => {});
    const dead = await gatewayTo(await deadUrl());
    const refused = await fetch(`${dead.url}/notes`);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([502, "upstream-unreachable"]);
    expect(refused.headers.get("proxy-status")).toBe("parley; error=destination_unavailable");
    expect(await dead.stop()).toMatchObject([{ status: 502, error: "upstream-unreachable", attempts: 1, attemptLog: [{ failure: "connect-failure" }] }]);
    const slow = await gatewayTo(silent.url, { timeouts: { firstByte: "150ms" } });
    const timedOut = await fetch(`${slow.url}/notes`);
    expect([timedOut.status, ((await timedOut.json()) as { code: string }).code]).toEqual([504, "upstream-timeout"]);
    await slow.stop();
  });

  it("is 502 where it breaks off or speaks something else, and tells nothing of its inside", async () => {
    const broken = await rawUpstreamOf((socket) => socket.once("data", () => socket.destroy()));
    const strange = await rawUpstreamOf((socket) => socket.once("data", () => socket.end("SSH-2.0-OpenSSH_9\r\n\r\n")));
    for (const { url } of [broken, strange]) {
      const gateway = await gatewayTo(url);
      const answer = await fetch(`${gateway.url}/notes`, { method: "POST", body: "x" });
      const text = await answer.text();
      expect(answer.status).toBe(502);
      expect(text).toContain('"code":"upstream-broken"');
      expect(text).not.toContain(url.slice(7));
      await gateway.stop();
    }
  });

  it.each([
    ["chunked", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
    ["sized", "Content-Length: 10\r\n\r\nhello"],
  ])("in the middle of a %s answer is never a clean end", async (_name, answer) => {
    const upstream = await rawUpstreamOf((socket) => socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\n${answer}`)));
    const gateway = await gatewayTo(upstream.url);
    const client = httpRequest(`${gateway.url}/notes`).end();
    const [response] = (await once(client, "response")) as [IncomingMessage];
    let received = "";
    response.setEncoding("latin1").on("data", (chunk: string) => (received += chunk));
    await expect(once(response, "end")).rejects.toThrow(/aborted/);
    expect(received).toBe("hello");
    expect(await gateway.stop()).toMatchObject([{ status: 200, cutBy: "upstream", error: "upstream-broken", responseBytes: 5 }]);
  });

  it("in the middle of an answer to HTTP/1.0 resets the connection, for an end would mean completeness there", async () => {
    const upstream = await rawUpstreamOf((socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")));
    const gateway = await gatewayTo(upstream.url);
    const client = await RawClient.connect(gateway.port);
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => client.socket.once("error", resolve));
    client.send("GET /notes HTTP/1.0\r\n\r\n");
    expect((await failed).code).toBe("ECONNRESET");
    await gateway.stop();
  });

  it("pausing in its answer for longer than the idle limit is cut off", async () => {
    const upstream = await rawUpstreamOf((socket) => socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")));
    const gateway = await gatewayTo(upstream.url, { timeouts: { idle: "150ms" } });
    await expect(fetch(`${gateway.url}/notes`).then((response) => response.text())).rejects.toThrow();
    expect(await gateway.stop()).toMatchObject([{ cutBy: "upstream", error: "upstream-timeout" }]);
  });
});

describe("a client that goes away", () => {
  it("cancels the upstream before its answer and in the middle of it", async () => {
    const closed: Promise<unknown>[] = [];
    const upstream = await startStreamingUpstream((request, response) => {
      closed.push(new Promise((resolve) => response.once("close", resolve)));
      if (request.url === "/stream") response.write("data: 1\n\n");
    });
    stops.push(() => upstream.close());
    const gateway = await gatewayTo(upstream.url);
    for (const path of ["", "/stream"]) {
      const client = await RawClient.connect(gateway.port);
      client.send(`GET /notes${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await once(upstream.server, "request");
      if (path !== "") await client.until("data: 1");
      const since = performance.now();
      client.destroy();
      await closed.at(-1);
      expect(performance.now() - since).toBeLessThan(1000);
    }
    expect(await gateway.stop()).toMatchObject([{ status: 499, cutBy: "client" }, { status: 200, cutBy: "client" }]);
  });

  it("in the middle of its request ends the upstream's, too", async () => {
    const upstream = await startStreamingUpstream((request) => void request.resume().on("error", () => {}));
    stops.push(() => upstream.close());
    const gateway = await gatewayTo(upstream.url);
    const client = await RawClient.connect(gateway.port);
    client.send("POST /notes HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc");
    const [request] = (await once(upstream.server, "request")) as [IncomingMessage];
    const closed = new Promise<void>((resolve) => request.once("close", resolve));
    client.destroy();
    await closed;
    expect(request.complete).toBe(false);
    expect(await gateway.stop()).toMatchObject([{ status: 499, cutBy: "client", requestBytes: 3 }]);
  });
});
