/**
 * What a call costs with 10,000 routes and 100,000 keys beside one with 10 of each: `node benchmarks/scale.ts [--rounds 15]
 * [--calls 20000]`. In process and without sockets: the lookups of route, key, consumer and limit, the route's chain, and the
 * metrics, over pairs of route and key at random, the configurations in turns. It knows the gateway's inside, because that alone
 * is what it measures. The difference is what memory costs that is in no cache; what the sockets cost comes on top, and is the same for all.
 */
import { parseArgs } from "node:util";
import { consumer } from "@parley/contract/config/consumer";
import { service } from "@parley/contract/config/service";
import type { CallRecord } from "@parley/contract/call-record";
import { hashKey } from "@parley/contract/secrets";
import { emptySnapshot, type Snapshot } from "@parley/contract/snapshot";
import { MemoryCounters } from "@parley/stores/embedded/counters";
import type { AnswerSink } from "../packages/gateway/src/exchange/answer.ts";
import { noBody } from "../packages/gateway/src/exchange/derived-exchange.ts";
import type { Exchange } from "../packages/gateway/src/exchange/exchange.ts";
import { conflictsUnderTest } from "../packages/gateway/src/main/conflicts-under-test.ts";
import type { RouteParts } from "../packages/gateway/src/pipeline/route-parts.ts";
import { WrongKeys } from "../packages/gateway/src/policies/access/wrong-keys.ts";
import { Caches } from "../packages/gateway/src/policies/cache/caches.ts";
import { sharedCallerLimits } from "../packages/gateway/src/policies/limits/caller-limits.ts";
import { Places } from "../packages/gateway/src/policies/limits/places.ts";
import { CurrentSnapshot, type SnapshotPorts } from "../packages/gateway/src/snapshot/current-snapshot.ts";
import { CallMetrics } from "../packages/gateway/src/telemetry/call-metrics.ts";
import type { IncomingAnswer } from "../packages/gateway/src/upstreams/transport.ts";
import { benchmarkKey } from "./programs/parley-config.ts";

interface World {
  routes: number;
  keys: number;
  /** Different pairs of route and key. */
  pairs: number;
  snapshot: CurrentSnapshot;
  metrics: CallMetrics;
}

const sizes = [[10, 10], [10_000, 10], [10, 100_000], [10_000, 100_000]] as const;
const keysOfConsumer = 10;
const body = Buffer.from(JSON.stringify({ id: 7, title: "a note", text: "so much of it ".repeat(60) }));
const answerFields = ["Content-Type", "application/json", "Content-Length", String(body.length)];
const masterKey = Buffer.alloc(32);
const monotonicMs = (): number => performance.now();
const ended: AnswerSink = { head: () => {}, data: () => true, end: () => {}, fault: (refusal) => { throw new Error(refusal.detail); }, onDrain: () => {} };
/** Whose answer is to come: a transport answers once `send` has returned. */
let asked: IncomingAnswer | null = null;

function snapshotOf(routes: number, keys: number): Snapshot {
  const { entities, ...rest } = emptySnapshot();
  const one = service.parse({ path: "/one", upstream: { targets: [{ url: "http://127.0.0.1:1" }] } });
  const limited = consumer.parse({ limits: [{ requests: 1_000_000_000, per: "1m" }] });
  for (let index = 0; index < routes; index++) entities.service[`service-${index}`] = { ...one, path: `/service-${index}` };
  for (let index = 0; index < keys; index++) {
    const name = `consumer-${Math.floor(index / keysOfConsumer)}`;
    entities.consumer[name] = limited;
    entities.key[hashKey(benchmarkKey(index))] = { id: `${name}~${index}`, name: `key-${index % keysOfConsumer}`, consumer: name };
  }
  // As it comes over the channel: nothing in it is shared.
  return JSON.parse(JSON.stringify({ ...rest, version: 1, entities })) as Snapshot;
}

async function worldOf(routes: number, keys: number): Promise<World> {
  const metrics = new CallMetrics();
  const snapshot: CurrentSnapshot = new CurrentSnapshot(() => ports);
  const counters = new MemoryCounters();
  // Whatever is missing is for services that this one has none of.
  const ports = {
    masterKey,
    service: {
      pipeline: {
        findKey: (hash: string) => snapshot.findKey(hash), findConsumer: (name: string) => snapshot.findConsumer(name), findTeam: () => undefined, counters, conflicts: conflictsUnderTest(), caches: new Caches({ peers: null }),
        callerLimits: sharedCallerLimits(), wrongKeys: new WrongKeys({ counters, monotonicMs, limit: () => snapshot.wrongKeys }), places: new Places(counters, monotonicMs), now: Date.now, rateLimited: () => {},
      },
      forward: {
        transport: { send: (_request: unknown, answer: IncomingAnswer) => { asked = answer; return { abort: () => {}, resume: () => {} }; } },
        monotonicMs, random: Math.random, place: 0, watch: () => () => {}, tried: (name: string, outcome: string, route: RouteParts | null) => metrics.tried(name, outcome, route),
      },
    },
  } as unknown as SnapshotPorts;
  await snapshot.replace(snapshotOf(routes, keys));
  return { routes, keys, pairs: Math.max(routes, Math.min(keys, 20_000)), snapshot, metrics };
}

/** Primes, so that neighbours are far apart. The texts are new ones, as a socket's are. */
function call({ routes, keys, pairs, snapshot, metrics }: World, number: number): void {
  const pair = number % pairs;
  const path = `/service-${(pair * 7_919) % routes}/notes/7`;
  const authorization = `Bearer ${benchmarkKey((pair * 104_729) % keys)}`;
  const match = snapshot.match(path);
  if (match === null) throw new Error(`nothing serves ${path}`);
  const record = { id: String(number), at: Date.now(), attempts: 0, requestBytes: 0, responseBytes: 0, status: 200, service: match.route.service, kind: "http", durationMs: 1, traceId: (number * 7_919).toString(16).padStart(32, "0") } as CallRecord;
  const exchange: Exchange = {
    id: record.id, route: match.route, startedAt: performance.now(), method: "GET", target: path, path, rest: path.slice(match.restStart), rawHeaders: ["host", "api.example.com", "authorization", authorization], headers: { host: "api.example.com", authorization },
    clientAddress: "10.2.3.4", peer: { address: "10.2.3.4", trusted: false }, incomingTraceId: null, traceFlags: "00", upgrade: null, caller: null, keySecret: null, answerFields: [], record, body: noBody,
    onClientGone: () => {}, onEnded: () => {}, step: () => {},
  };
  void match.route.handler(exchange, ended);
  asked?.head(200, answerFields.slice(), "OK");
  asked?.data(body);
  asked?.end([]);
  metrics.ended(record, match.route);
}

function microsPerCall(world: World, calls: number): number {
  const before = process.cpuUsage();
  for (let number = 0; number < calls; number++) call(world, number);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

function medianOf(figures: number[]): number {
  return figures.toSorted((one, other) => one - other)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" }, calls: { type: "string", default: "20000" } } });
const worlds: World[] = [];
for (const [routes, keys] of sizes) worlds.push(await worldOf(routes, keys));
const rounds: number[][] = [];
// The first ones warm up.
for (let round = -2; round < Number(values.rounds); round++) {
  const figures = worlds.map((world) => microsPerCall(world, Number(values.calls)));
  if (round >= 0) rounds.push(figures);
}
for (const [index, { routes, keys }] of worlds.entries()) {
  const [own, added] = [medianOf(rounds.map((figures) => figures[index] as number)), medianOf(rounds.map((figures) => (figures[index] as number) - (figures[0] as number)))];
  console.log(`${routes} routes, ${keys} keys: ${own.toFixed(1)} µs of CPU a call, ${added.toFixed(1)} more than with 10 of each (medians of ${values.rounds} rounds of ${values.calls} calls)`);
}
process.exit(0);
