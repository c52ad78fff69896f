import { afterEach, expect, it, vi } from "vitest";
import type { UpstreamSource } from "@parley/contract/config/upstream";
import { snapshotOf, startGateway, type GatewayUnderTest, type TestConfiguration } from "../../main/gateway-under-test.ts";
import { startUpstream } from "../../main/upstream-under-test.ts";

/** Far longer than it ever takes, for machines that are busy. */
const patiently = { timeout: 20_000, interval: 5 };

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Held {
  path: string;
  end(): void;
}

async function start(concurrency: NonNullable<UpstreamSource["concurrency"]>): Promise<{ gateway: GatewayUnderTest; held: Held[]; configuration: TestConfiguration }> {
  const held: Held[] = [];
  const upstream = await startUpstream((incoming, response) => void held.push({ path: incoming.url ?? "", end: () => response.end("ok") }));
  const configuration: TestConfiguration = {
    consumers: { vip: { key: "vip-secret", priority: "high" }, acme: { key: "acme-secret" }, batch: { key: "batch-secret", priority: "low" } },
    services: { notes: { path: "/notes", upstream: { targets: [{ url: upstream.url }], concurrency } } },
  };
  const gateway = await startGateway(configuration);
  stops.push(() => upstream.close(), () => gateway.stop());
  return { gateway, held, configuration };
}

function call(gateway: GatewayUnderTest, who: string, path: string, signal: AbortSignal | null = null): Promise<Response> {
  const answer = fetch(`${gateway.url}/notes/${path}`, { headers: { authorization: `Bearer ${who}-secret` }, signal });
  answer.catch(() => {});
  return answer;
}

async function arrived(held: readonly Held[], path: string): Promise<Held> {
  await vi.waitUntil(() => held.some((one) => one.path === `/${path}`), patiently);
  return held.find((one) => one.path === `/${path}`) as Held;
}

it("sheds the least important first, with 503 and Retry-After, and lets the most important in next", async () => {
  const { gateway, held } = await start({ max: 1, queue: { length: 2, wait: "1m" } });
  const first = call(gateway, "acme", "first");
  const atUpstream = await arrived(held, "first");
  const batch = call(gateway, "batch", "batch");
  const plain = call(gateway, "acme", "plain");
  // Whoever of the two came second, now both wait, and a third makes the low one go.
  await vi.waitUntil(() => gateway.gateway.saturation("notes")?.waiting === 2, patiently);
  const vip = call(gateway, "vip", "vip");
  const shed = await batch;
  expect([shed.status, shed.headers.get("retry-after"), ((await shed.json()) as { code: string }).code]).toEqual([503, "1", "upstream-saturated"]);
  atUpstream.end();
  (await arrived(held, "vip")).end();
  (await arrived(held, "plain")).end();
  expect((await Promise.all([first, vip, plain])).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(held.map(({ path }) => path)).toEqual(["/first", "/vip", "/plain"]);
});

it("refuses at once without a queue, after the wait with one, and gives the place of a client that went away to the next", async () => {
  const { gateway, held } = await start({ max: 1, queue: { length: 1, wait: "50ms" } });
  const leaving = new AbortController();
  const first = call(gateway, "acme", "first", leaving.signal);
  await arrived(held, "first");
  expect((await call(gateway, "acme", "waits-in-vain")).status).toBe(503);
  leaving.abort();
  await expect(first).rejects.toThrow();
  await vi.waitUntil(() => gateway.gateway.saturation("notes")?.inFlight === 0, patiently);
  const next = call(gateway, "acme", "next");
  (await arrived(held, "next")).end();
  expect((await next).status).toBe(200);
});

it("keeps what it has learned, and who is under way, when the service is published again", async () => {
  const { gateway, held, configuration } = await start({ max: 1, queue: { length: 0 } });
  const first = call(gateway, "acme", "first");
  const atUpstream = await arrived(held, "first");
  const notes = configuration.services?.["notes"];
  if (!notes) throw new Error("the service is there");
  await gateway.gateway.replaceSnapshot(snapshotOf({ ...configuration, services: { notes: { ...notes, cors: { origins: ["https://app.example.com"] } } } }, 2));
  expect((await call(gateway, "acme", "second")).status).toBe(503);
  atUpstream.end();
  expect((await first).status).toBe(200);
  await vi.waitUntil(() => gateway.gateway.saturation("notes")?.inFlight === 0, patiently);
});
