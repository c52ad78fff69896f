import { afterEach, describe, expect, it } from "vitest";
import { startRawUpstream, startUpstream, type UpstreamUnderTest } from "../main/upstream-under-test.ts";
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

describe("sending again", () => {
  it("goes on to the next target when a connection cannot be made, whatever the method", async () => {
    const upstream = await upstreamOf((_request, response, body) => response.end(`got ${body}`));
    const gateway = await gatewayTo([await deadUrl(), upstream.url], { balance: "round-robin" });
    for (let call = 0; call < 4; call++) {
      const answer = await fetch(`${gateway.url}/notes`, { method: "POST", body: "x" });
      expect(await answer.text()).toBe("got x");
    }
    const large = Buffer.alloc(300_000, "y");
    expect((await (await fetch(`${gateway.url}/notes`, { method: "POST", body: large })).text()).length).toBe(300_004);
    const records = await gateway.stop();
    expect(records[0]).toMatchObject({ attempts: 2, attemptLog: [{ failure: "connect-failure" }, { status: 200 }] });
    // The target that refused rests.
    expect(records.filter((record) => record.attempts === 2).length).toBeLessThan(3);
  });

  it("repeats a POST that carries a key on an answer that asks for it, and none without one", async () => {
    let asked = 0;
    const upstream = await upstreamOf((_request, response) => response.writeHead(asked++ % 2 === 0 ? 503 : 200).end());
    const gateway = await gatewayTo(upstream.url, { retry: { attempts: 2, on: [503] } }, {});
    expect((await fetch(`${gateway.url}/notes`, { method: "POST", body: "x", headers: { "idempotency-key": '"k-1"' } })).status).toBe(200);
    expect((await fetch(`${gateway.url}/notes`, { method: "POST", body: "x" })).status).toBe(503);
    expect(upstream.requests.map(({ headers }) => headers["idempotency-key"])).toEqual(['"k-1"', '"k-1"', undefined]);
    await gateway.stop();
  });

  it("waits as long as Retry-After says before it asks the same target again, and passes on an answer that asks for too long", async () => {
    const answers = ["0", "1", undefined, "60"];
    const upstream = await upstreamOf((_request, response) => {
      const wait = answers.shift();
      response.writeHead(wait === undefined ? 200 : 503, wait === undefined ? {} : { "retry-after": wait }).end();
    });
    const gateway = await gatewayTo(upstream.url, { retry: { attempts: 3, on: [503] } });
    const since = performance.now();
    expect((await fetch(`${gateway.url}/notes`)).status).toBe(200);
    expect(performance.now() - since).toBeGreaterThanOrEqual(990);
    expect((await fetch(`${gateway.url}/notes`)).status).toBe(503);
    expect(upstream.requests).toHaveLength(4);
    await gateway.stop();
  });

  it("repeats no more than its share of the calls once a service is in trouble", async () => {
    const upstream = await upstreamOf((_request, response) => response.writeHead(503).end());
    const gateway = await gatewayTo(upstream.url, { retry: { attempts: 2, on: [503], budget: 10 } });
    for (let call = 0; call < 100; call++) await fetch(`${gateway.url}/notes`);
    // The burst of ten, and a tenth of the rest.
    expect(upstream.requests.length - 100).toBeGreaterThanOrEqual(10);
    expect(upstream.requests.length - 100).toBeLessThanOrEqual(20);
    await gateway.stop();
  });

  it("never repeats a POST on a kept connection that turned out to be stale, and does repeat a GET and a PUT", async () => {
    const bodies: string[] = [];
    // Answers one request a connection, and cuts the connection at the second without a word.
    const upstream = await rawUpstreamOf((socket) => {
      let seen = 0;
      socket.setEncoding("latin1").on("data", (text: string) => {
        bodies.push(text);
        if (++seen === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        else socket.destroy();
      });
    });
    const gateway = await gatewayTo(upstream.url);
    expect((await fetch(`${gateway.url}/notes`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/notes`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/notes`, { method: "PUT", body: "x" })).status).toBe(200);
    const before = bodies.length;
    expect((await fetch(`${gateway.url}/notes`, { method: "POST", body: "x" })).status).toBe(502);
    expect(bodies.length - before).toBe(1);
    const records = await gateway.stop();
    expect(records.map((record) => record.attempts)).toEqual([1, 2, 2, 1]);
  });

  it("repeats an idempotent request on a configured status until the attempts are used up, and never a POST", async () => {
    const upstream = await upstreamOf((_request, response) => response.writeHead(503, { "retry-after": "1" }).end("busy"));
    const gateway = await gatewayTo(upstream.url, { retry: { attempts: 3, on: [503] } });
    const get = await fetch(`${gateway.url}/notes`);
    expect([get.status, await get.text(), upstream.requests.length]).toEqual([503, "busy", 3]);
    await fetch(`${gateway.url}/notes`, { method: "POST", body: "x" });
    expect(upstream.requests.length).toBe(4);
    expect(await gateway.stop()).toMatchObject([{ attempts: 3, status: 503, attemptLog: [{ failure: "status" }, { failure: "status" }, { status: 503 }] }, { attempts: 1 }]);
  });

  it("repeats an idempotent request after a reset only where configured", async () => {
    let connections = 0;
    const upstream = await rawUpstreamOf((socket, connection) => {
      connections = connection;
      socket.once("data", () => (connection % 2 === 1 ? socket.destroy() : socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")));
    });
    const patient = await gatewayTo(upstream.url, { retry: { attempts: 2, on: ["reset"] } });
    expect((await fetch(`${patient.url}/notes`)).status).toBe(200);
    await patient.stop();
    expect(connections).toBe(2);
    const plain = await gatewayTo(upstream.url);
    expect((await fetch(`${plain.url}/notes`)).status).toBe(502);
    await plain.stop();
    expect(connections).toBe(3);
  });

  it("reuses upstream connections", async () => {
    let connections = 0;
    const upstream = await upstreamOf((_request, response) => response.end("ok"));
    upstream.server.on("connection", () => connections++);
    const gateway = await gatewayTo(upstream.url);
    for (let call = 0; call < 20; call++) await (await fetch(`${gateway.url}/notes`)).text();
    expect(connections).toBe(1);
    await gateway.stop();
  });
});
