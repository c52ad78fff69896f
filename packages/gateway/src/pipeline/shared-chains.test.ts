/** Routes whose policies are alike share their handlers, and nothing else. */
import { afterEach, expect, it } from "vitest";
import { service, type ServiceSource } from "@parley/contract/config/service";
import { startGateway, type GatewayUnderTest, type TestConfiguration } from "../main/gateway-under-test.ts";
import { startUpstream } from "../main/upstream-under-test.ts";
import { conflictsUnderTest } from "../main/conflicts-under-test.ts";
import { Caches } from "../policies/cache/caches.ts";
import type { Route } from "../routing/route.ts";
import { compileService } from "../snapshot/compile-service.ts";
import type { ForwardPorts } from "../upstreams/forward-plan.ts";
import { type SharedChain, SharedChains } from "./compile.ts";
import type { Handler } from "./policy.ts";
import type { PipelinePorts, RoutePlan } from "./route-plan.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function planOf(source: Partial<ServiceSource>, name = "notes"): RoutePlan {
  const parsed = service.parse({ path: `/${name}`, upstream: { targets: [{ url: "http://127.0.0.1:1" }] }, ...source });
  const conflict = { path: parsed.path, settings: parsed.conflict, timeouts: { connectMs: 1, firstByteMs: 1, idleMs: 1 } };
  return { service: name, kind: "http", access: parsed.access, limits: parsed.limits, conflict, path: parsed.path, addresses: parsed.addresses, cors: parsed.cors, compression: parsed.compression, redirects: parsed.redirects, answerHeaders: parsed.rewrite?.response };
}

const ports = { conflicts: conflictsUnderTest(), caches: new Caches({ peers: null }) } as unknown as PipelinePorts;
const last: Handler = () => {};

it.each<[string, Partial<RoutePlan>]>([
  ["access", planOf({ access: "open" })],
  ["the kind of endpoint", { ...planOf({}), kind: "ai" }],
  ["access by token", { ...planOf({}), access: "jwt" }],
  ["access by certificate", { ...planOf({}), access: "mtls" }],
  ["limits", planOf({ limits: [{ requests: 1, per: "1m" }] })],
  ["addresses", planOf({ addresses: { deny: ["10.0.0.0/8"] } })],
  ["other addresses", planOf({ addresses: { deny: ["10.0.0.0/9"] } })],
  ["origins", planOf({ cors: { origins: ["https://app.example.com"] } })],
  ["compression", planOf({ compression: {} })],
  ["redirects", planOf({ redirects: [{ from: "/old", to: "/new" }] })],
  ["fields of answers", planOf({ rewrite: { response: { set: { "X-A": "1" } } } })],
  ["other fields of answers", planOf({ rewrite: { response: { set: { "X-A": "2" } } } })],
  ["no observing", planOf({ conflict: { mode: "off" } })],
  ["a guard", planOf({ conflict: { mode: "enforce" } })],
  ["versions", { ...planOf({}), versions: {} as never }],
  ["adapters", { ...planOf({}), adapters: {} as never }],
  ["documents", { ...planOf({}), documents: {} as never }],
  ["a cache", { ...planOf({}), cache: {} as never }],
])("a route that differs by %s shares nothing with one without", (_what, other) => {
  const chains = new SharedChains();
  const handlerOf = (plan: RoutePlan): Handler | undefined => chains.take(plan, ports, () => last)?.handler;
  const plain = handlerOf(planOf({}));
  expect(plain).toBeDefined();
  expect(handlerOf(planOf({}, "tasks"))).toBe(plain);
  for (const known of [planOf({}), planOf({ addresses: { deny: ["10.0.0.0/8"] } }), planOf({ rewrite: { response: { set: { "X-A": "1" } } } })]) {
    if (JSON.stringify(known) === JSON.stringify(other)) continue;
    const shared = handlerOf(other as RoutePlan);
    if (shared !== undefined) expect(shared).not.toBe(handlerOf(known));
  }
});

const differing = (index: number): RoutePlan => planOf({ cors: { origins: [`https://app-${index}.example.com`] } });

it("more different routes than chains are kept for have chains of their own", () => {
  const chains = new SharedChains();
  for (let index = 0; index < 1_000; index++) expect(chains.take(differing(index), ports, () => last)).not.toBeNull();
  expect(chains.take(differing(1_000), ports, () => last)).toBeNull();
  expect(chains.take(differing(7), ports, () => last)).not.toBeNull();
});

it("a chain that no route has any more is forgotten, and not while one still has it", () => {
  const chains = new SharedChains();
  const take = (index: number): SharedChain => chains.take(differing(index), ports, () => last) ?? expect.fail("there is no room");
  const [first, second] = [take(0), take(0)];
  chains.giveBack(first);
  expect(take(0).handler).toBe(second.handler);
  for (let index = 1; index < 3_000; index++) chains.giveBack(take(index));
});

it("routes that are closed have given their chain back", () => {
  const forward = { watch: () => () => {}, random: Math.random, monotonicMs: () => performance.now() } as unknown as ForwardPorts;
  const chains = new SharedChains();
  const compiled = (name: string): Route => compileService(name, service.parse({ path: `/${name}`, upstream: { targets: [{ url: "http://127.0.0.1:1" }] } }), { pipeline: ports, forward, chains });
  const [notes, tasks] = [compiled("notes"), compiled("tasks")];
  notes.close?.();
  const files = compiled("files");
  expect([tasks.handler, files.handler]).toEqual([notes.handler, notes.handler]);
  for (const route of [tasks, files]) route.close?.();
  expect(compiled("notes").handler).not.toBe(notes.handler);
});

async function start(configuration: Omit<TestConfiguration, "services">): Promise<GatewayUnderTest> {
  const services: Record<string, ServiceSource> = {};
  for (const name of ["notes", "tasks", "files"]) {
    const upstream = await startUpstream((_request, response) => response.setHeader("Content-Type", "application/json").end(JSON.stringify({ from: name })));
    stops.push(() => upstream.close());
    services[name] = { path: `/${name}`, upstream: { targets: [{ url: upstream.url }] } };
  }
  const gateway = await startGateway({ ...configuration, services });
  return gateway;
}

const get = (gateway: GatewayUnderTest, path: string, key: string): Promise<Response> => fetch(gateway.url + path, { headers: { "x-api-key": key } });

it("calls of routes that share a chain at the same time go each to its own upstream, by its own rights, and are recorded as its own", async () => {
  const gateway = await start({ consumers: { all: { key: "all-key" }, some: { key: "some-key", access: ["tasks"] } } });
  const names = Array.from({ length: 60 }, (_, index) => ["notes", "tasks", "files"][index % 3] as string);
  const answers = await Promise.all(names.map(async (name) => (await get(gateway, `/${name}/7`, "all-key")).json()));
  expect(answers).toEqual(names.map((from) => ({ from })));
  const statuses = await Promise.all(["notes", "tasks", "files", "tasks"].map(async (name) => (await get(gateway, `/${name}/7`, "some-key")).status));
  expect(statuses).toEqual([403, 200, 403, 200]);
  const records = await gateway.stop();
  const counted = (status: number): string[] => records.filter((record) => record.status === status).map((record) => record.service).toSorted();
  expect(counted(403)).toEqual(["files", "notes"]);
  expect(counted(200)).toEqual([...names, "tasks", "tasks"].toSorted());
});

it("a limit that is counted apart by service is so for routes that share a chain", async () => {
  const gateway = await start({ consumers: { acme: { key: "acme-key", limits: [{ requests: 1, per: "1h", by: "service" }] } } });
  const statuses: number[] = [];
  for (const name of ["notes", "tasks", "notes", "files", "tasks"]) statuses.push((await get(gateway, `/${name}/7`, "acme-key")).status);
  await gateway.stop();
  expect(statuses).toEqual([200, 200, 429, 200, 429]);
});
