import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { ServiceSource } from "@parley/contract/config/service";
import { afterEach, expect, it, vi } from "vitest";
import { startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { RawClient } from "../../main/raw-client.ts";
import { startStreamingUpstream, startUpstream } from "../../main/upstream-under-test.ts";

vi.setConfig({ testTimeout: 60_000 });

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

type UpstreamSource = NonNullable<ServiceSource["upstream"]>;

async function gatewayTo(url: string, more: Partial<UpstreamSource>): Promise<GatewayUnderTest> {
  const gateway = await startGateway({ services: { notes: { path: "/notes", access: "open", conflict: { mode: "off" }, upstream: { targets: [{ url }], ...more } } } });
  stops.push(() => gateway.stop());
  return gateway;
}

/** In a thread of its own, so that it answers while the gateway's is held up: after 50 ms, its body in two pieces. */
async function threadedUpstream(): Promise<string> {
  const source = `
    const { createServer } = require("node:http");
    const { parentPort } = require("node:worker_threads");
    const server = createServer((request, response) => {
      parentPort.postMessage("asked");
      setTimeout(() => { response.writeHead(200, { "content-length": 8 }); response.write("well"); setTimeout(() => response.end(" done".slice(0, 4)), 50); }, 50);
    }).listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`;
  const worker = new Worker(source, { eval: true });
  stops.push(() => worker.terminate());
  const [port] = (await once(worker, "message")) as [number];
  return `http://127.0.0.1:${port}`;
}

/** From outside a timer, as a busy gateway is: what comes next in the turn are the timers, and the sockets only then. */
function holdUp(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
      resolve();
    });
  });
}

it("an answer that came while the gateway was held up counts as come, in its head and in its body", async () => {
  const gateway = await gatewayTo(await threadedUpstream(), { timeouts: { firstByte: "300ms", idle: "300ms" } });
  for (let call = 0; call < 3; call++) {
    const asked = fetch(`${gateway.url}/notes/7`);
    await delay(20);
    await holdUp(600);
    const answer = await asked;
    expect([answer.status, await answer.text()]).toEqual([200, "well don"]);
  }
});

it("a client that is slow to send its body does not use up the upstream's time to answer", async () => {
  const upstream = await startStreamingUpstream((request, response) => {
    request.resume();
    request.on("end", () => response.end("taken"));
  });
  stops.push(() => upstream.close());
  const gateway = await gatewayTo(upstream.url, { timeouts: { firstByte: "400ms" } });
  const client = await RawClient.connect(gateway.port);
  client.send("POST /notes HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (let chunk = 0; chunk < 10; chunk++) {
    client.send("1\r\nx\r\n");
    await delay(100);
  }
  client.send("0\r\n\r\n");
  const answer = await client.end();
  expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*taken/);
});

it("connections that the upstream closes after each pause cost no call", async () => {
  const upstream = await startUpstream((_, response) => response.end("well"));
  stops.push(() => upstream.close());
  upstream.server.keepAliveTimeout = 30;
  const gateway = await gatewayTo(upstream.url, {});
  const statuses = new Map<number, number>();
  for (let call = 0; call < 40; call++) {
    const { status } = await fetch(`${gateway.url}/notes/7`);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    // Around the time at which the upstream closes.
    await delay(20 + (call % 20));
  }
  expect([...statuses]).toEqual([[200, 40]]);
});

it("five hundred calls at once at an upstream that works on ten at a time all have their answers", async () => {
  const waiting: (() => void)[] = [];
  let working = 0;
  const next = (): void => {
    while (working < 10 && waiting.length > 0) {
      working++;
      waiting.shift()?.();
    }
  };
  const upstream = await startUpstream((_, response) => {
    waiting.push(() => setTimeout(() => {
      response.end("well");
      working--;
      next();
    }, 5));
    next();
  });
  stops.push(() => upstream.close());
  const gateway = await gatewayTo(upstream.url, { timeouts: { firstByte: "20s" } });
  const statuses = await Promise.all(Array.from({ length: 500 }, async () => (await fetch(`${gateway.url}/notes/7`)).status));
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});
