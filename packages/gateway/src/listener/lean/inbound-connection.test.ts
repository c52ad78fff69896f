import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { type GatewayUnderTest, startGateway, type TestConfiguration } from "../../main/gateway-under-test.ts";
import { RawClient } from "../../main/raw-client.ts";
import { startStreamingUpstream } from "../../main/upstream-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A service under /open whose upstream answers like this. */
async function start(answer: (request: IncomingMessage, response: ServerResponse) => void, gateway: TestConfiguration["gateway"] = {}): Promise<GatewayUnderTest> {
  const upstream = await startStreamingUpstream(answer);
  const started = await startGateway({ gateway, services: { open: { path: "/open", access: "open", upstream: { targets: [{ url: upstream.url }] } } } });
  stops.push(() => upstream.close());
  return started;
}

const get = "GET /open HTTP/1.1\r\nHost: a\r\n";

/** Until a number has stayed the same for a while. */
async function settled(value: () => number): Promise<number> {
  for (let still = 0, before = value(); ; before = value()) {
    await delay(20);
    still = value() === before ? still + 1 : 0;
    if (still === 15) return before;
  }
}

describe("pipelining", () => {
  it("answers in order, and asks the upstream for one at a time", async () => {
    let atOnce = 0;
    let most = 0;
    const gateway = await start((request, response) => {
      most = Math.max(most, ++atOnce);
      setImmediate(() => {
        atOnce--;
        response.end(`<${request.url}>`);
      });
    });
    const client = await RawClient.connect(gateway.port);
    const numbers = Array.from({ length: 300 }, (_, index) => index);
    client.send(numbers.map((index) => `GET /open/${index} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""));
    await client.until("</299>");
    expect(client.received.match(/<\/\d+>/g)).toEqual(numbers.map((index) => `</${index}>`));
    expect(most).toBe(1);
    client.destroy();
    await gateway.stop();
  });

  it("reads no more than a bound while the answer before is awaited", async () => {
    let asked = 0;
    const gateway = await start(() => asked++);
    const client = await RawClient.connect(gateway.port);
    const memory = process.memoryUsage().rss;
    client.send(`${get}\r\n`.repeat(1_000_000));
    const unsent = await settled(() => client.socket.writableLength);
    expect(unsent).toBeGreaterThan(10_000_000);
    expect(asked).toBe(1);
    expect(process.memoryUsage().rss - memory).toBeLessThan(150 << 20);
    client.destroy();
    await gateway.gateway.drain(50);
  });

  it("reads nothing behind a request that it refuses to read", async () => {
    const asked: (string | undefined)[] = [];
    const gateway = await start((request, response) => {
      asked.push(request.url);
      response.end("ok");
    });
    const client = await RawClient.connect(gateway.port);
    const answer = await client.send(`GET /open/1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /open/2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nGET /open/3 HTTP/1.1\r\nHost: a\r\n\r\n`).end();
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 400"]);
    expect(asked).toEqual(["/1"]);
    await gateway.stop();
  });
});

describe("large bodies", () => {
  const bytes = 100 << 20;
  const piece = Buffer.alloc(1 << 16, "0123456789abcdef");

  it("are not read faster than the upstream takes them, in bounded memory, and arrive whole", async () => {
    const hash = createHash("sha256");
    const gate = Promise.withResolvers<void>();
    const gateway = await start((request, response) => {
      void gate.promise.then(() => request.on("data", (chunk: Buffer) => hash.update(chunk)).on("end", () => response.end(hash.digest("hex"))));
    }, { limits: { bodyBytes: "200MiB" } });
    const client = await RawClient.connect(gateway.port);
    client.send(`POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`);
    const expected = createHash("sha256");
    for (let sent = 0; sent < bytes; sent += piece.length) {
      client.socket.write(piece);
      expected.update(piece);
    }
    const unsent = await settled(() => client.socket.writableLength);
    expect(unsent).toBeGreaterThan(bytes / 2);
    const memory = process.memoryUsage().rss;
    gate.resolve();
    await client.until(expected.digest("hex"));
    expect(process.memoryUsage().rss - memory).toBeLessThan(100 << 20);
    client.destroy();
    await gateway.stop();
  });

  it("are not read from the upstream faster than the client takes them, and arrive whole", async () => {
    let written = 0;
    const gateway = await start((_request, response) => {
      response.writeHead(200, { "Content-Length": bytes });
      const more = (): void => {
        while (written < bytes) {
          written += piece.length;
          if (!response.write(piece)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    });
    const client = await RawClient.connect(gateway.port);
    client.socket.pause().removeAllListeners("data");
    client.send(`${get}Connection: close\r\n\r\n`);
    expect(await settled(() => written)).toBeLessThan(bytes / 2);
    let received = 0;
    client.socket.on("data", (chunk: string) => (received += chunk.length)).resume();
    await client.end();
    expect(received).toBeGreaterThanOrEqual(bytes);
    expect(received).toBeLessThan(bytes + 1000);
    await gateway.stop();
  });
});

describe("answers", () => {
  it("to HEAD, 204 and 304 end with their head, and the connection goes on", async () => {
    const gateway = await start((request, response) => {
      if (request.method === "HEAD") return response.writeHead(200, { "Content-Length": 5 }).end();
      const status = Number(request.url?.slice(1));
      response.writeHead(status, { ETag: '"1"' }).end(status === 200 ? "last" : undefined);
    });
    const client = await RawClient.connect(gateway.port);
    client.send("HEAD /open HTTP/1.1\r\nHost: a\r\n\r\n").send(["204", "304", "200"].map((status) => `GET /open/${status} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""));
    await client.until("last");
    expect(client.received.split(/(?=HTTP\/1\.1 )/).map((answer) => [answer.slice(9, 12), answer.slice(answer.indexOf("\r\n\r\n") + 4)])).toEqual([["200", ""], ["204", ""], ["304", ""], ["200", "last"]]);
    expect(client.received).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*?Content-Length: 5\r\n/);
    client.destroy();
    await gateway.stop();
  });

  it("to HTTP/1.0 are framed as it knows: by a length, or by the connection's end", async () => {
    const gateway = await start((request, response) => {
      if (request.url === "/sized") return response.writeHead(200, { "Content-Length": 5 }).end("sized");
      response.write("one");
      setTimeout(() => response.end("two"), 20);
    });
    const client = await RawClient.connect(gateway.port);
    client.send("GET /open/sized HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    expect(await client.until("\r\n\r\nsized")).toMatch(/\r\nConnection: keep-alive\r\n/);
    client.send("GET /open/streamed HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    expect((await client.end()).split("sized")[1]).toMatch(/^HTTP\/1\.1 200 (?:(?!Transfer-Encoding)[\s\S])*\r\nConnection: close\r\n\r\nonetwo$/);
    await gateway.stop();
  });

  it("pass on hints before them and trailers behind them, but no hints to HTTP/1.0", async () => {
    const gateway = await start((_request, response) => {
      response.writeEarlyHints({ link: "</a.css>; rel=preload" });
      response.writeHead(200, { Trailer: "X-Sum" });
      response.write("body");
      response.addTrailers({ "X-Sum": "7" });
      response.end();
    });
    const client = await RawClient.connect(gateway.port);
    client.send(`${get}\r\n`);
    expect(await client.until("X-Sum: 7\r\n\r\n")).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nlink: [^\r]+\r\nVia: [^\r]+\r\n\r\nHTTP\/1\.1 200 [\s\S]*\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 7\r\n\r\n$/i);
    client.destroy();
    const old = await RawClient.connect(gateway.port);
    expect(await old.send("GET /open HTTP/1.0\r\n\r\n").end()).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\nbody$/);
    await gateway.stop();
  });

  it("stream chunk by chunk as they come", async () => {
    const writes: ServerResponse[] = [];
    const gateway = await start((_request, response) => {
      writes.push(response.writeHead(200, { "Content-Type": "text/event-stream" }));
      response.flushHeaders();
    });
    const client = await RawClient.connect(gateway.port);
    client.send(`${get}\r\n`);
    expect(await client.until("\r\n\r\n")).toMatch(/\r\nTransfer-Encoding: chunked\r\n/);
    for (const text of ["one", "two", "three"]) {
      writes[0]?.write(text);
      await client.until(`${text.length}\r\n${text}\r\n`);
    }
    writes[0]?.end();
    await client.until("\r\n0\r\n\r\n");
    client.destroy();
    await gateway.stop();
  });
});

describe("clients that go away", () => {
  it("end the call at once, also when they only say that they have no more to say", async () => {
    const closed = Promise.withResolvers<void>();
    const gateway = await start((request) => void request.once("close", closed.resolve));
    const client = await RawClient.connect(gateway.port, { allowHalfOpen: true });
    client.send(`${get}\r\n`);
    const since = performance.now();
    client.socket.end();
    await closed.promise;
    expect(performance.now() - since).toBeLessThan(1000);
    await client.end();
    expect(await gateway.stop()).toMatchObject([{ status: 499, cutBy: "client" }]);
  });

  it("have as long for their first request after a quiet time as at any other", async () => {
    const gateway = await start((_request, response) => response.end("ok"), { limits: { headersTimeout: "1s" } });
    await delay(1100);
    const since = performance.now();
    const client = await RawClient.connect(gateway.port);
    await client.end();
    expect(performance.now() - since).toBeGreaterThan(900);
    await gateway.stop();
  });

  it("leave others alone who send their header section slowly", async () => {
    const gateway = await start((_request, response) => response.end("ok"), { limits: { headersTimeout: "1s" } });
    const slow = await Promise.all(Array.from({ length: 200 }, () => RawClient.connect(gateway.port)));
    for (const client of slow) client.send("GET /open HT");
    const quick = await RawClient.connect(gateway.port);
    await quick.send(`${get}\r\n`).until("ok");
    const answers = await Promise.all(slow.map((client) => client.end()));
    expect(answers.every((answer) => answer.startsWith("HTTP/1.1 408 "))).toBe(true);
    quick.destroy();
    await gateway.stop();
  });
});

describe("draining", () => {
  it("ends connections on which nothing is under way, and answers what had begun to arrive", async () => {
    const asked = Promise.withResolvers<void>();
    const gateway = await start((request, response) => {
      if (request.method === "POST") asked.resolve();
      request.resume().on("end", () => response.end("ok"));
    });
    const idle = await RawClient.connect(gateway.port);
    await idle.send(`${get}\r\n`).until("ok");
    const calling = await RawClient.connect(gateway.port);
    calling.send("POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n");
    await asked.promise;
    const stopped = gateway.stop();
    await idle.end();
    calling.send("x".repeat(2_000_000));
    expect(await calling.end()).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n[\s\S]*ok$/);
    expect(await stopped).toHaveLength(2);
  });
});

it("serves curl: several requests on one connection, a body that it holds back until asked, and one of unknown length", async () => {
  const gateway = await start((request, response) => {
    const hash = createHash("sha256");
    request.on("data", (chunk: Buffer) => hash.update(chunk)).on("end", () => response.end(hash.digest("hex")));
  });
  const bytes = Buffer.alloc(3 << 20, "curl");
  const url = `${gateway.url}/open`;
  const running = promisify(execFile)("curl", ["-sv", "--http1.1", "-H", "Expect: 100-continue", "--data-binary", "@-", url, "--next", "-sv", "--http1.1", "-X", "POST", "-H", "Transfer-Encoding: chunked", "--data-binary", "some", url, "--next", "-sv", "--http1.1", url]);
  running.child.stdin?.end(bytes);
  const { stdout, stderr } = await running;
  const sha256 = (text: Buffer | string): string => createHash("sha256").update(text).digest("hex");
  expect(stdout).toBe(sha256(bytes) + sha256("some") + sha256(""));
  expect(stderr).toContain("100 Continue");
  expect(stderr).toMatch(/Re-using existing connection/);
  await gateway.stop();
});
