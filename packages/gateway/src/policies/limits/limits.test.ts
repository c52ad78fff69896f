import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import type { ServiceSource } from "@parley/contract/config/service";
import { serveCounters } from "@parley/stores/embedded/counters-server";
import { MemoryCounters } from "@parley/stores/embedded/counters";
import { startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { startUpstream } from "../../main/upstream-under-test.ts";

/** Far longer than it ever takes, for machines that are busy. */
const patiently = { timeout: 10_000, interval: 10 };

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const key = { authorization: "Bearer acme-secret" };

interface Limits {
  consumer?: NonNullable<ServiceSource["limits"]>;
  service?: NonNullable<ServiceSource["limits"]>;
  countersSocket?: string;
  hold?: (release: () => void) => void;
}

async function start({ consumer = [], service = [], countersSocket, hold }: Limits): Promise<GatewayUnderTest> {
  const upstream = await startUpstream((_request, response) => (hold ? hold(() => response.end("ok")) : response.end("ok")));
  stops.push(() => upstream.close());
  const targets = [{ url: upstream.url }];
  const gateway = await startGateway(
    {
      consumers: { acme: { key: "acme-secret", limits: consumer }, other: { key: "other-secret" } },
      services: { notes: { path: "/notes", limits: service, upstream: { targets } }, free: { path: "/free", access: "open", limits: service, upstream: { targets } } },
    },
    { countersSocket: countersSocket ?? null },
  );
  stops.push(() => gateway.stop());
  return gateway;
}

it("admits the count, then answers 429 with Retry-After, and says on each answer what is left", async () => {
  const gateway = await start({ consumer: [{ requests: 2, per: "1m" }] });
  const answers = [];
  for (let call = 0; call < 3; call++) answers.push(await fetch(`${gateway.url}/notes`, { headers: key }));
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 429]);
  expect(answers.map((answer) => answer.headers.get("ratelimit"))).toEqual(['"consumer-60s";r=1;t=30', '"consumer-60s";r=0;t=60', '"consumer-60s";r=0;t=60']);
  expect(answers[0]?.headers.get("ratelimit-policy")).toBe('"consumer-60s";q=2;w=60');
  expect(Number(answers[2]?.headers.get("retry-after"))).toBeGreaterThan(25);
  expect(await answers[2]?.json()).toMatchObject({ code: "rate-limited", status: 429 });
});

it("holds the service's limits for each consumer apart, and for each address where nobody is known", async () => {
  const gateway = await start({ service: [{ requests: 1, per: "1h" }] });
  const statuses = async (path: string, headers: Record<string, string>) => [(await fetch(gateway.url + path, { headers })).status, (await fetch(gateway.url + path, { headers })).status];
  expect(await statuses("/notes", key)).toEqual([200, 429]);
  expect(await statuses("/notes", { authorization: "Bearer other-secret" })).toEqual([200, 429]);
  expect(await statuses("/free", {})).toEqual([200, 429]);
  expect(await statuses("/free", key)).toEqual([200, 429]);
});

it("names every limit that holds, calendar ones too, and takes nothing from any where one refuses", async () => {
  const gateway = await start({ consumer: [{ requests: 100, per: "day" }, { requests: 5, per: "10s" }], service: [{ requests: 1, per: "1h" }] });
  const first = await fetch(`${gateway.url}/notes`, { headers: key });
  expect(first.headers.get("ratelimit-policy")).toBe('"consumer-day";q=100;w=86400, "consumer-10s";q=5;w=10, "service-3600s";q=1;w=3600');
  const refused = await fetch(`${gateway.url}/notes`, { headers: key });
  expect(refused.status).toBe(429);
  expect(refused.headers.get("ratelimit")).toMatch(/^"consumer-day";r=99;t=\d+, /);
});

it("gives a place back when a call ends in whatever way", async () => {
  const waiting: (() => void)[] = [];
  let arrived: () => void = () => {};
  const gateway = await start({
    consumer: [{ concurrent: 1 }],
    hold: (release) => {
      waiting.push(release);
      arrived();
    },
  });
  /** Begins a call and waits until it has reached the upstream. */
  async function begin(signal: AbortSignal | null): Promise<{ answer: Promise<Response> }> {
    const atUpstream = new Promise<void>((resolve) => (arrived = resolve));
    const answer = fetch(`${gateway.url}/notes`, { headers: key, signal });
    answer.catch(() => {});
    await atUpstream;
    return { answer };
  }

  const first = await begin(null);
  const refused = await fetch(`${gateway.url}/notes`, { headers: key });
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([429, "too-many-concurrent"]);
  waiting.shift()?.();
  expect((await first.answer).status).toBe(200);

  const aborting = new AbortController();
  const second = await begin(aborting.signal);
  aborting.abort();
  await expect(second.answer).rejects.toThrow();
  arrived = () => waiting.pop()?.();
  await vi.waitUntil(async () => (await fetch(`${gateway.url}/notes`, { headers: key })).status === 200, patiently);
});

it("a call that finds no place counts for no rate, and is told so", async () => {
  const releases: (() => void)[] = [];
  const gateway = await start({ service: [{ requests: 3, per: "1h" }, { requests: 3, per: "day" }, { concurrent: 1 }], hold: (release) => (releases.length === 0 ? releases.push(release) : release()) });
  const ask = (): Promise<Response> => fetch(`${gateway.url}/notes`, { headers: key });
  const first = ask();
  await vi.waitUntil(() => releases.length === 1, patiently);
  for (let call = 0; call < 5; call++) {
    const refused = await ask();
    expect([refused.status, refused.headers.get("ratelimit"), ((await refused.json()) as { code: string }).code]).toEqual([429, expect.stringMatching(/^"service-3600s";r=2;t=(?:1200|1199|119\d), "service-day";r=2;t=\d+$/), "too-many-concurrent"]);
  }
  releases[0]?.();
  expect((await first).status).toBe(200);
  const next = await vi.waitFor(async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    return answer;
  }, patiently);
  expect(next.headers.get("ratelimit")).toMatch(/^"service-3600s";r=1;.* "service-day";r=1;/);
});

it("holds one limit over two workers", async () => {
  const directory = mkdtempSync(join(tmpdir(), "parley-limits-"));
  const countersSocket = join(directory, "counters.sock");
  const server = await serveCounters(countersSocket, new MemoryCounters());
  stops.push(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });
  const limits = { consumer: [{ requests: 10, per: "1h" }], countersSocket };
  const workers = [await start(limits), await start(limits)];
  const statuses = await Promise.all(Array.from({ length: 40 }, async (_, call) => (await fetch(`${workers[call % 2]?.url}/notes`, { headers: key })).status));
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(30);
});

it("never admits more than the count to many calls at once", async () => {
  const gateway = await start({ consumer: [{ requests: 25, per: "1h" }] });
  const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await fetch(`${gateway.url}/notes`, { headers: key })).status));
  expect(statuses.filter((status) => status === 200)).toHaveLength(25);
});
