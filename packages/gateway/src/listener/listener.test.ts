import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { snapshotOf, startGateway, type GatewayUnderTest, type TestConfiguration } from "../main/gateway-under-test.ts";
import { RawClient } from "../main/raw-client.ts";
import { startStreamingUpstream, startUpstream, type UpstreamUnderTest } from "../main/upstream-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(gateway: TestConfiguration["gateway"] = {}): Promise<{ gateway: GatewayUnderTest; upstream: UpstreamUnderTest }> {
  const upstream = await startUpstream((_request, response, body) => response.end(`got ${body.length}`));
  const started = await startGateway({ gateway, services: { open: { path: "/open", access: "open", upstream: { targets: [{ url: upstream.url }] } } } });
  stops.push(() => upstream.close());
  return { gateway: started, upstream };
}

function bodyOf(answer: string): { code: string; fix: string; callId: string } {
  return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)) as { code: string; fix: string; callId: string };
}

describe("what the service could read otherwise than the gateway", () => {
  it.each([
    ["two Authorization fields", "GET /open HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer one\r\nauthorization: Bearer two\r\n\r\n", 400],
    ["two Content-Type fields", "POST /open HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nUser-Agent: a\r\nContent-Type: application/json\r\nUser-Agent: b\r\nContent-Length: 2\r\n\r\n{}", 400],
    ["a TRACE, which would show what the gateway adds", "TRACE /open HTTP/1.1\r\nHost: a\r\n\r\n", 501],
  ])("%s is refused", async (_what, request, status) => {
    const { gateway, upstream } = await start();
    const client = await RawClient.connect(gateway.port);
    expect(await client.send(request).until("malformed-request")).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    client.destroy();
    expect(upstream.requests).toEqual([]);
    await gateway.stop();
  });
});

describe("limits", () => {
  it("answers a header section above the limit with 431", async () => {
    const { gateway } = await start({ limits: { headerBytes: "2KiB" } });
    const client = await RawClient.connect(gateway.port);
    const answer = await client.send(`GET /open HTTP/1.1\r\nHost: a\r\nCookie: ${"x".repeat(4000)}\r\n\r\n`).end();
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(bodyOf(answer)).toMatchObject({ code: "headers-too-large" });
    expect(await gateway.stop()).toMatchObject([{ status: 431, error: "headers-too-large", service: "" }]);
  });

  it("holds new limits for the connections that are opened afterwards", async () => {
    const { gateway } = await start();
    const before = await RawClient.connect(gateway.port);
    await before.send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n").until("unknown-route");
    await gateway.gateway.replaceSnapshot(snapshotOf({ gateway: { limits: { headerBytes: "1KiB" } } }, 2));
    const long = `GET /longer HTTP/1.1\r\nHost: a\r\nCookie: ${"x".repeat(2000)}\r\n\r\n`;
    expect(await before.send(long).until("/longer")).toContain("unknown-route");
    const after = await RawClient.connect(gateway.port);
    expect(await after.send(long).end()).toMatch(/^HTTP\/1\.1 431 /);
    before.destroy();
    await gateway.stop();
  });

  it("answers a request line that is longer than a header section may be with 414", async () => {
    const { gateway } = await start({ limits: { headerBytes: "2KiB" } });
    const client = await RawClient.connect(gateway.port);
    const answer = await client.send(`GET /open?${"x".repeat(4000)} HTTP/1.1\r\nHost: a\r\n\r\n`).end();
    expect(answer).toMatch(/^HTTP\/1\.1 414 /);
    expect(bodyOf(answer)).toMatchObject({ code: "target-too-long", fix: expect.any(String) });
    expect(await gateway.stop()).toMatchObject([{ status: 414, error: "target-too-long", service: "" }]);
  });

  it("cuts slow header sections off with 408", async () => {
    const { gateway } = await start({ limits: { headersTimeout: "300ms" } });
    const client = await RawClient.connect(gateway.port);
    client.send("GET /open HTTP/1.1\r\nHost: a\r\n");
    const drip = setInterval(() => client.send("X-Slow: y\r\n"), 50);
    const answer = await client.end();
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(bodyOf(answer).code).toBe("request-timeout");
    await gateway.stop();
  });

  it("answers a body that stops coming with 408 and frees the upstream", async () => {
    let upstreamClosed: Promise<unknown> = Promise.resolve();
    const upstream = await startStreamingUpstream((request) => {
      upstreamClosed = new Promise<void>((resolve) => request.once("close", resolve));
      request.resume().on("error", () => {});
    });
    stops.push(() => upstream.close());
    const gateway = await startGateway({
      gateway: { limits: { idleTimeout: "300ms" } },
      services: { open: { path: "/open", access: "open", upstream: { targets: [{ url: upstream.url }] } } },
    });
    const client = await RawClient.connect(gateway.port);
    client.send("POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");
    expect(bodyOf(await client.end()).code).toBe("request-timeout");
    await upstreamClosed;
    expect(await gateway.stop()).toMatchObject([{ status: 408, error: "request-timeout", requestBytes: 3 }]);
  });

  it("answers a body that comes a byte at a time with 408, and takes one that is fast enough, or whose upstream is slow", async () => {
    const upstream = await startStreamingUpstream((request, response) => {
      if (request.url === "/reads-late") setTimeout(() => request.resume(), 2_500);
      else request.resume();
      request.on("end", () => response.end("whole")).on("error", () => {});
    });
    stops.push(() => upstream.close());
    const gateway = await startGateway({
      gateway: { limits: { idleTimeout: "1s" } },
      services: { open: { path: "/open", access: "open", upstream: { targets: [{ url: upstream.url }] } } },
    });
    const dripping = async (path: string, piece: string): Promise<string> => {
      const client = await RawClient.connect(gateway.port);
      client.send(`POST /open${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${piece.length * 60}\r\n\r\n`);
      let left = 60;
      const drip = setInterval(() => left-- > 0 && !client.socket.destroyed && client.send(piece), 60);
      return client.end().finally(() => clearInterval(drip));
    };
    const [slow, fast, late] = await Promise.all([dripping("", "x"), dripping("", "x".repeat(1_000)), dripping("/reads-late", "x".repeat(40_000))]);
    expect(slow).toMatch(/^HTTP\/1\.1 408 /);
    expect(bodyOf(slow)).toMatchObject({ code: "request-timeout", detail: "The body of the request came more slowly than 240 bytes a second." });
    for (const answer of [fast, late]) expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*whole/);
    await gateway.stop();
  });

  it("takes a body as slowly as it comes where no rate is asked for", async () => {
    const { gateway } = await start({ limits: { idleTimeout: "1s", bodyBytesPerSecond: 0 } });
    const client = await RawClient.connect(gateway.port);
    client.send("POST /open HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 30\r\n\r\n");
    let left = 30;
    const drip = setInterval(() => left-- > 0 && client.send("x"), 90);
    expect(await client.end()).toContain("got 30");
    clearInterval(drip);
    await gateway.stop();
  });

  it("refuses a body above the limit by its announced length, before reading it", async () => {
    const { gateway, upstream } = await start({ limits: { bodyBytes: "1KiB" } });
    const client = await RawClient.connect(gateway.port);
    client.send("POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 200000000\r\n\r\nabc");
    await client.until("body-too-large");
    expect(client.received).toMatch(/^HTTP\/1\.1 413 /);
    expect(client.received).toMatch(/\r\nConnection: close\r\n/);
    client.destroy();
    await gateway.stop();
    expect(upstream.requests).toHaveLength(0);
  });

  it("refuses a chunked body in passing, and the client that still sends can read the answer", async () => {
    const { gateway } = await start({ limits: { bodyBytes: "64KiB" } });
    const client = await RawClient.connect(gateway.port);
    client.send("POST /open HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    for (let sent = 0; sent < 64 && !client.socket.destroyed; sent++) {
      client.send(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.end()).toMatch(/^HTTP\/1\.1 413 [\s\S]*body-too-large/);
    expect(await gateway.stop()).toMatchObject([{ status: 413, error: "body-too-large" }]);
  });
});

describe("requests that are not valid HTTP", () => {
  it.each([
    ["both framings", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "ambiguous-length"],
    ["both framings, the other way round", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "ambiguous-length"],
    ["two different lengths", "Content-Length: 3\r\nContent-Length: 4\r\n", "malformed-request"],
    ["a length that is no number", "Content-Length: 3x\r\n", "malformed-request"],
    ["a coding after chunked", "Transfer-Encoding: chunked, gzip\r\n", "malformed-request"],
    ["a blank before the colon", "X-Bad : 1\r\n", "malformed-request"],
    ["a bare line feed", "X-Bad: 1\nX: 2\r\n", "malformed-request"],
    ["two hosts", "Host: b\r\n", "malformed-request"],
  ])("refuses %s", async (_name, fields, code) => {
    const { gateway, upstream } = await start();
    const client = await RawClient.connect(gateway.port);
    const answer = await client.send(`POST /open HTTP/1.1\r\nHost: a\r\n${fields}Connection: close\r\n\r\nabc`).end();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(bodyOf(answer)).toMatchObject({ code, fix: expect.any(String), callId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    await gateway.stop();
    expect(upstream.requests).toHaveLength(0);
  });

  it.each([
    ["no host", "GET /open HTTP/1.1\r\n\r\n"],
    ["a host that is none", "GET /open HTTP/1.1\r\nHost: a/b\r\n\r\n"],
    ["a dot segment", "GET /open/../x HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["an encoded dot segment", "GET /open/%2e%2e/x HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["an asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"],
  ])("refuses %s", async (_name, request) => {
    const { gateway, upstream } = await start();
    const client = await RawClient.connect(gateway.port);
    client.send(request);
    expect(await client.until("malformed-request")).toMatch(/^HTTP\/1\.1 400 /);
    client.destroy();
    await gateway.stop();
    expect(upstream.requests).toHaveLength(0);
  });

  it("names no address of ours under a forged host", async () => {
    const { gateway } = await start();
    const client = await RawClient.connect(gateway.port);
    client.send('GET /nothing HTTP/1.1\r\nHost: a"><script>\r\n\r\n');
    expect(await client.until('"type":')).toContain('"type":"/.well-known/parley/problems/malformed-request"');
    client.destroy();
    await gateway.stop();
  });
});

describe("connections", () => {
  it("answers pipelined requests in order", async () => {
    const { gateway } = await start();
    const client = await RawClient.connect(gateway.port);
    client.send("POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na" + "POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab" + "POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    await client.until("got 3");
    expect(client.received.match(/got \d/g)).toEqual(["got 1", "got 2", "got 3"]);
    client.destroy();
    await gateway.stop();
  });

  it("says 100 Continue only when the body is wanted", async () => {
    const { gateway } = await start();
    const wanted = await RawClient.connect(gateway.port);
    wanted.send("POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    await wanted.until("HTTP/1.1 100 Continue");
    wanted.send("abc");
    await wanted.until("got 3");
    const refused = await RawClient.connect(gateway.port);
    const answer = await refused.send("POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n").end();
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    wanted.destroy();
    await gateway.stop();
  });

  it("keeps a connection after a refusal whose small body it can skip", async () => {
    const { gateway } = await start();
    const client = await RawClient.connect(gateway.port);
    client.send("POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    await client.until("unknown-route");
    client.send("POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd");
    await client.until("got 4");
    client.destroy();
    await gateway.stop();
  });

  it("ends connections that idle", async () => {
    const { gateway } = await start({ limits: { idleTimeout: "200ms" } });
    const client = await RawClient.connect(gateway.port);
    client.send("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.until("got 0");
    await client.end();
    await gateway.stop();
  });

  it("takes absolute-form targets and HTTP/1.0", async () => {
    const { gateway, upstream } = await start();
    const client = await RawClient.connect(gateway.port);
    client.send("GET http://a/open/x?y HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.until("got 0");
    client.destroy();
    const old = await RawClient.connect(gateway.port);
    expect(await old.send("GET /open HTTP/1.0\r\n\r\n").end()).toMatch(/^HTTP\/1\.1 200 [\s\S]*got 0$/);
    expect(upstream.requests.map((request) => request.url)).toEqual(["/x?y", "/"]);
    await gateway.stop();
  });

  it("goes by the host of a target in absolute form, whatever the Host field says", async () => {
    const { gateway, upstream } = await start();
    const ask = async (line: string, host: string): Promise<string> => (await RawClient.connect(gateway.port)).send(`${line}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`).end();
    await ask("GET http://named.example:81/open HTTP/1.1", "field.example");
    await ask("GET HTTPS://named.example?x HTTP/1.1", "field.example");
    expect(upstream.requests[0]?.headers["x-forwarded-host"]).toBe("named.example:81");
    for (const target of ["http:///open", "http://ann@named.example/open", "http://named.example:/open", "http://named.example:65536/open"]) expect(await ask(`GET ${target} HTTP/1.1`, "field.example")).toMatch(/^HTTP\/1\.1 400 [\s\S]*The host of the request's target/);
    expect(await ask("GET http://named.example/open HTTP/1.1", "a b")).toMatch(/^HTTP\/1\.1 400 /);
    const records = await gateway.stop();
    expect(records.map(({ host }) => host).slice(0, 2)).toEqual(["named.example:81", "named.example"]);
  });

  it.each(["a:65536", "a:99999", "a:", "a:x", "a b", "a@b", ""])("refuses %j as a host, which would stand in the addresses that it writes", async (host) => {
    const { gateway } = await start();
    expect(await (await RawClient.connect(gateway.port)).send(`GET /open HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`).end()).toMatch(/^HTTP\/1\.1 400 /);
    await gateway.stop();
  });
});

describe("the gateway's own pages", () => {
  it("explain a problem to people, to programs and as Markdown", async () => {
    const { gateway } = await start();
    const address = `${gateway.url}/.well-known/parley/problems/unknown-key`;
    const page = await fetch(address, { headers: { accept: "text/html" } });
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(await page.text()).toContain("<h1>The key is unknown, expired or revoked</h1>");
    const json = (await (await fetch(address, { headers: { accept: "application/json" } })).json()) as { code: string };
    expect(json.code).toBe("unknown-key");
    expect(await (await fetch(address, { headers: { accept: "text/markdown" } })).text()).toMatch(/^# The key is/);
    expect((await fetch(`${gateway.url}/.well-known/parley/problems/nothing`)).status).toBe(404);
    const posted = await fetch(address, { method: "POST" });
    expect([posted.status, posted.headers.get("allow"), await posted.json()]).toMatchObject([405, "GET, HEAD", { code: "method-not-allowed" }]);
    const nothing = await fetch(`${gateway.url}/.well-known/parley/nothing`);
    expect([nothing.status, nothing.headers.get("content-type"), await nothing.json()]).toMatchObject([404, "application/problem+json", { code: "not-found", status: 404, fix: expect.any(String) }]);
    await gateway.stop();
  });

  it("are ready and alive, and leave no records", async () => {
    const { gateway } = await start();
    expect(await (await fetch(`${gateway.url}/.well-known/parley/readyz`)).json()).toEqual({ status: "ready" });
    expect((await fetch(`${gateway.url}/.well-known/parley/livez`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/.well-known/parley`)).status).toBe(404);
    expect(await gateway.stop()).toEqual([]);
  });
});

describe("draining", () => {
  it("ends the call in flight, says that the connection closes, and takes no new one", async () => {
    let finish: () => void = () => {};
    const upstream = await startUpstream((_request, response) => (finish = () => response.end("done")));
    stops.push(() => upstream.close());
    const gateway = await startGateway({ services: { open: { path: "/open", access: "open", upstream: { targets: [{ url: upstream.url }] } } } });
    const client = await RawClient.connect(gateway.port);
    client.send("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(upstream.server, "request");
    const stopped = gateway.stop();
    await expect(RawClient.connect(gateway.port)).rejects.toThrow(/ECONNREFUSED/);
    finish();
    const answer = await client.end();
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n[\s\S]*done$/);
    expect(await stopped).toMatchObject([{ status: 200 }]);
  });

  it("cuts what has not ended within the time", async () => {
    const upstream = await startUpstream(() => {});
    stops.push(() => upstream.close());
    const gateway = await startGateway({ services: { open: { path: "/open", access: "open", upstream: { targets: [{ url: upstream.url }] } } } });
    const client = await RawClient.connect(gateway.port);
    client.send("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(upstream.server, "request");
    await gateway.gateway.drain(50);
    expect(await client.end()).toBe("");
  });
});
