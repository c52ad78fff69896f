import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { MemoryCounters } from "@parley/stores/embedded/counters";
import { serveCounters } from "@parley/stores/embedded/counters-server";
import { startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { startUpstream } from "../../main/upstream-under-test.ts";
import { WrongKeys } from "./wrong-keys.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(attempts: number, countersSocket: string | null = null): Promise<GatewayUnderTest> {
  const upstream = await startUpstream((_incoming, response) => response.end("ok"));
  stops.push(() => upstream.close());
  const gateway = await startGateway(
    {
      gateway: { trustProxy: ["127.0.0.1"], limits: { wrongKeys: { attempts, per: "1h" } } },
      consumers: { acme: { key: "acme-secret" }, other: { key: "other-secret" } },
      services: { notes: { path: "/notes", upstream: { targets: [{ url: upstream.url }] } } },
    },
    { countersSocket },
  );
  stops.push(() => gateway.stop());
  return gateway;
}

async function call(gateway: GatewayUnderTest, key: string, address: string): Promise<{ status: number; code: string | null; retryAfter: string | null }> {
  const answer = await fetch(`${gateway.url}/notes`, { headers: { authorization: `Bearer ${key}`, "x-forwarded-for": address } });
  const text = await answer.text();
  return { status: answer.status, code: answer.ok ? null : (JSON.parse(text) as { code: string }).code, retryAfter: answer.headers.get("retry-after") };
}

it("answers 429 with Retry-After past so many wrong keys of one address, right or wrong the next, and leaves other addresses alone", async () => {
  const gateway = await start(3);
  for (let guess = 0; guess < 3; guess++) expect((await call(gateway, `guess-${guess}`, "192.0.2.1")).status).toBe(401);
  const refused = await call(gateway, "guess-3", "192.0.2.1");
  expect(refused).toMatchObject({ status: 429, code: "too-many-wrong-keys" });
  expect(Number(refused.retryAfter)).toBeGreaterThan(1000);
  expect(await call(gateway, "acme-secret", "192.0.2.1")).toMatchObject({ status: 429, code: "too-many-wrong-keys" });
  expect((await call(gateway, "acme-secret", "192.0.2.2")).status).toBe(200);
});

it("goes on to accept a key that the address has used before", async () => {
  const gateway = await start(1);
  expect((await call(gateway, "acme-secret", "192.0.2.1")).status).toBe(200);
  for (let guess = 0; guess < 3; guess++) await call(gateway, "wrong-key", "192.0.2.1");
  expect((await call(gateway, "acme-secret", "192.0.2.1")).status).toBe(200);
  expect((await call(gateway, "other-secret", "192.0.2.1")).status).toBe(429);
});

it("counts wrong keys over two workers, and none where the limit is off", async () => {
  const directory = mkdtempSync(join(tmpdir(), "parley-wrong-keys-"));
  const countersSocket = join(directory, "counters.sock");
  const server = await serveCounters(countersSocket, new MemoryCounters());
  stops.push(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });
  const workers = [await start(4, countersSocket), await start(4, countersSocket)] as const;
  const statuses: number[] = [];
  for (let guess = 0; guess < 6; guess++) statuses.push((await call(workers[guess % 2 === 0 ? 0 : 1], "wrong-key", "192.0.2.1")).status);
  expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
  const open = await start(0);
  for (let guess = 0; guess < 40; guess++) expect((await call(open, "wrong-key", "192.0.2.1")).status).toBe(401);
});

it("remembers no more addresses than its bound, and lets one go on when its time has come", () => {
  let nowMs = 0;
  const counters = new MemoryCounters({ monotonicMs: () => nowMs, unixMs: () => nowMs }, 100);
  const wrongKeys = new WrongKeys({ counters, monotonicMs: () => nowMs, limit: () => ({ attempts: 1, per: 1000 }) });
  const key = {};
  for (let address = 0; address < 20_000; address++) for (let guess = 0; guess < 2; guess++) void wrongKeys.judgeWrong(`10.${address >> 16}.${(address >> 8) & 255}.${address & 255}`);
  expect(counters.size).toBeLessThanOrEqual(100);
  // The first ones are forgotten, the last ones are not.
  expect(wrongKeys.judgeRight({}, "10.0.0.0")).toBeNull();
  expect(wrongKeys.judgeRight(key, "10.0.78.31")).toMatchObject({ code: "too-many-wrong-keys", headers: { "Retry-After": "1" } });
  nowMs = 1001;
  expect(wrongKeys.judgeRight(key, "10.0.78.31")).toBeNull();
});
