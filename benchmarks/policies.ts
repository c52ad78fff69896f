/**
 * What policies add to a call: `node benchmarks/policies.ts [--rounds 9] [--calls 20000]`. In process and without sockets: the compiled
 * pipeline of a route with everything that a route without documents can have, beside its last handler alone, taken in
 * turns; and a call that is answered from the cache beside one that is not. It knows the gateway's inside, because that alone is
 * what it measures. The budget is 10 µs of CPU a call.
 */
import { parseArgs } from "node:util";
import { service, type ServiceSource } from "@parley/contract/config/service";
import type { AnswerSink } from "../packages/gateway/src/exchange/answer.ts";
import type { Exchange } from "../packages/gateway/src/exchange/exchange.ts";
import { snapshotOf } from "../packages/gateway/src/main/gateway-under-test.ts";
import { conflictsUnderTest } from "../packages/gateway/src/main/conflicts-under-test.ts";
import { compilePipeline, openRoute } from "../packages/gateway/src/pipeline/compile.ts";
import type { Handler } from "../packages/gateway/src/pipeline/policy.ts";
import type { RouteParts } from "../packages/gateway/src/pipeline/route-parts.ts";
import type { KnownConsumer, KnownKey, PipelinePorts, RoutePlan } from "../packages/gateway/src/pipeline/route-plan.ts";
import { Caches } from "../packages/gateway/src/policies/cache/caches.ts";
import { sharedCallerLimits } from "../packages/gateway/src/policies/limits/caller-limits.ts";
import { WrongKeys } from "../packages/gateway/src/policies/access/wrong-keys.ts";
import { Places } from "../packages/gateway/src/policies/limits/places.ts";
import { hashKey } from "@parley/contract/secrets";
import { MemoryCounters } from "@parley/stores/embedded/counters";

const budgetMicros = 10;
const notes = 1000;
const body = Buffer.from(JSON.stringify({ id: 7, title: "a note", text: "so much of it ".repeat(20) }));
const headers = { host: "api.example.com", "x-api-key": "key-of-acme", accept: "application/json", origin: "https://app.example.com", "api-version": "v2", "user-agent": "benchmark", "accept-encoding": "identity", "if-none-match": '"other"' };
const rawHeaders = Object.entries(headers).flat();

const everything: ServiceSource = {
  path: "/notes",
  upstream: { targets: [{ url: "http://127.0.0.1:1" }] },
  addresses: { allow: ["10.0.0.0/8", "127.0.0.0/8"], deny: ["10.1.2.3"] },
  cors: { origins: ["https://app.example.com"] },
  versions: { select: { by: "header", name: "API-Version", default: "v1" }, list: { v1: { deprecated: "2026-01-01" }, v2: {} } },
  redirects: [{ from: "/old/{id}", to: "/notes/{id}" }],
  limits: [{ requests: 1_000_000_000, per: "1d" }],
  compression: {},
  rewrite: { response: { set: { "X-Served-By": "parley" }, remove: ["X-Powered-By"] } },
  conflict: { mode: "observe" },
};

function planOf(source: ServiceSource): RoutePlan {
  const parsed = service.parse(source);
  const { connect, firstByte, idle } = parsed.upstream?.timeouts ?? { connect: 0, firstByte: 0, idle: 0 };
  const versions = parsed.versions ? { service: "notes", path: parsed.path, settings: parsed.versions, separate: new Set<string>(), page: "/versions", link: null, canary: null, random: Math.random } : null;
  return {
    service: "notes", kind: "http", access: parsed.access, limits: parsed.limits, conflict: { path: parsed.path, settings: parsed.conflict, timeouts: { connectMs: connect, firstByteMs: firstByte, idleMs: idle } }, versions,
    path: parsed.path, addresses: parsed.addresses, cors: parsed.cors, redirects: parsed.redirects, answerHeaders: parsed.rewrite?.response, compression: parsed.compression,
  };
}

/** Whatever is missing is for other ways of access. */
function ports(): PipelinePorts {
  const { consumer } = snapshotOf({ consumers: { acme: { key: "key-of-acme", access: ["notes"] } } }).entities;
  const known: KnownConsumer = { name: "acme", access: new Set(consumer["acme"]?.access), limits: [] };
  const key: KnownKey = { consumer: "acme", key: "default", expiresAt: Infinity, usedFrom: null, scopes: { services: ["notes"], methods: ["GET"], versions: ["v2"] } };
  const hash = hashKey("key-of-acme");
  const some = { findKey: (asked: string) => (asked === hash ? key : undefined), findConsumer: () => known, findTeam: () => undefined, counters: new MemoryCounters(), conflicts: conflictsUnderTest(), caches: new Caches({ peers: null }), callerLimits: sharedCallerLimits(), wrongKeys: new WrongKeys({ counters: new MemoryCounters(), monotonicMs: () => performance.now(), limit: () => ({ attempts: 100, per: 60_000 }) }), places: new Places(new MemoryCounters(), () => performance.now()), now: Date.now, rateLimited: () => {} };
  return some as unknown as PipelinePorts;
}

const ended: AnswerSink = { head: () => {}, data: () => true, end: () => {}, fault: (refusal) => { throw new Error(refusal.detail); }, onDrain: () => {} };

const answering: Handler = (_exchange, sink) => {
  sink.head(200, ["Content-Type", "application/json", "ETag", '"seven"', "Content-Length", String(body.length)]);
  sink.data(body);
  sink.end();
};

function newExchange(number: number, route: RouteParts | null): Exchange {
  const at = Date.now();
  return {
    id: String(number), route, startedAt: performance.now(), method: "GET", target: `/notes/${number % notes}`, path: `/notes/${number % notes}`, rest: `/${number % notes}`, rawHeaders: rawHeaders.slice(), headers: { ...headers }, clientAddress: "10.2.3.4",
    peer: { address: "10.2.3.4", trusted: false }, incomingTraceId: null, traceFlags: "00", upgrade: null, caller: null, keySecret: null, answerFields: [],
    record: { id: String(number), at, attempts: 0, requestBytes: 0, responseBytes: 0, status: 200 }, body: { stream: null, length: 0, failure: null, whole: () => Promise.resolve(Buffer.alloc(0)) },
    onClientGone: () => {}, onEnded: (callback) => callback(), step: () => {}, takesKept: true,
  };
}

interface Compiled {
  handler: Handler;
  route: RouteParts | null;
}

function compiled(plan: RoutePlan, last: Handler): Compiled {
  return { handler: compilePipeline(plan, shared, last), route: openRoute(plan, shared, null) };
}

async function microsPerCall({ handler, route }: Compiled, calls: number): Promise<number> {
  const before = process.cpuUsage();
  for (let number = 0; number < calls; number++) {
    const running = handler(newExchange(number, route), ended);
    if (running instanceof Promise) await running;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/** With a key and nothing else, and with `cache` besides: then each of its thousand notes is asked for once, and kept. */
function plainRoute(): RoutePlan {
  return planOf({ path: "/notes", upstream: { targets: [{ url: "http://127.0.0.1:1" }] }, conflict: { mode: "off" } });
}

function cachedRoute(): RoutePlan {
  const { cache } = service.parse({ path: "/notes", upstream: { targets: [{ url: "http://127.0.0.1:1" }] }, cache: { ttl: "1h" } } satisfies ServiceSource);
  if (cache === undefined) throw new Error("there is no cache");
  return { ...plainRoute(), cache: { settings: cache, path: "/notes", separate: new Set(), replacesAuthorization: false, hasCanary: false, settleMs: 0 } };
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" }, calls: { type: "string", default: "20000" } } });
const calls = Number(values.calls);
const shared = ports();
const full = compiled(planOf(everything), answering);
const keyed = compiled(plainRoute(), answering);
let asked = 0;
const cached = compiled(cachedRoute(), (exchange, sink) => {
  asked++;
  return answering(exchange, sink);
});
const [added, hits]: [number[], number[]] = [[], []];
for (let round = 0; round < Number(values.rounds) + 1; round++) {
  const [without, withAll] = [await microsPerCall({ handler: answering, route: null }, calls), await microsPerCall(full, calls)];
  const [passed, hit] = [await microsPerCall(keyed, calls), await microsPerCall(cached, calls)];
  // The first one warms up.
  if (round === 0) continue;
  added.push(withAll - without);
  hits.push(hit - passed);
}
if (asked > notes) throw new Error(`${asked} calls of the cached route went on: it was not the cache that was measured`);
const [median, hitMedian] = [medianOf(added), medianOf(hits)];
console.log(`ten policies add ${spread(added)} µs of CPU a call; the budget is ${budgetMicros} µs`);
console.log(`an answer from the cache takes ${spread(hits)} µs of CPU in the place of the upstream's part; the budget is ${budgetMicros} µs`);
process.exit(median <= budgetMicros && hitMedian <= budgetMicros ? 0 : 1);

function medianOf(figures: number[]): number {
  return figures.toSorted((one, other) => one - other)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

function spread(figures: number[]): string {
  return `${medianOf(figures).toFixed(1)} (${Math.min(...figures).toFixed(1)} to ${Math.max(...figures).toFixed(1)}, ${figures.length} rounds of ${calls} calls)`;
}
