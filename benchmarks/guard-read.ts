/**
 * What the guard adds to a read that it has seen before: `node benchmarks/guard-read.ts [--rounds 9] [--calls 20000]`. In process and
 * without sockets, a guarded route's handler beside its last handler alone, taken in turns, with a real ledger that the first
 * read of each resource is noted in. It knows the gateway's inside, because that alone is what it measures. The budget is 15 µs of CPU at 1 KB.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conflict } from "@parley/contract/config/conflict";
import { startLedger } from "@parley/stores/embedded/ledger";
import type { AnswerSink } from "../packages/gateway/src/exchange/answer.ts";
import type { Exchange } from "../packages/gateway/src/exchange/exchange.ts";
import { conflictsUnderTest } from "../packages/gateway/src/main/conflicts-under-test.ts";
import type { Handler } from "../packages/gateway/src/pipeline/policy.ts";
import type { RoutePlan } from "../packages/gateway/src/pipeline/route-plan.ts";
import { guardRoute } from "../packages/gateway/src/policies/conflict/guard/guard-route.ts";
import { noBody } from "../packages/gateway/src/exchange/derived-exchange.ts";

const budgetMicros = 15;
const resources = 100;
const body = Buffer.from(JSON.stringify({ title: "benchmark", text: "x".repeat(980) }));
const headers = { host: "api.example.com", "x-api-key": "key-of-acme", accept: "application/json", "user-agent": "benchmark" };
const rawHeaders = Object.entries(headers).flat();

function answering(tag: readonly string[]): Handler {
  return (_exchange, sink) => {
    sink.head(200, ["Content-Type", "application/json", ...tag, "Content-Length", String(body.length), "Date", "Sun, 22 Nov 2026 20:00:00 GMT"]);
    sink.data(body);
    sink.end();
  };
}

const ended: AnswerSink = { head: () => {}, data: () => true, end: () => {}, fault: (refusal) => { throw new Error(refusal.detail); }, onDrain: () => {} };

function newExchange(number: number): Exchange {
  const path = `/notes/${number % resources}`;
  return {
    id: String(number), startedAt: performance.now(), method: "GET", target: path, path, rest: path.slice(6), rawHeaders: rawHeaders.slice(), headers: { ...headers }, clientAddress: "10.2.3.4",
    peer: { address: "10.2.3.4", trusted: false }, incomingTraceId: null, traceFlags: "00", upgrade: null, caller: { consumer: "acme", key: "default" }, keySecret: null, answerFields: [],
    record: { id: String(number), at: Date.now(), attempts: 0, requestBytes: 0, responseBytes: 0, status: 200 }, body: noBody, onClientGone: () => {}, onEnded: (callback) => callback(), step: () => {},
  };
}

async function microsPerCall(handler: Handler, calls: number): Promise<number> {
  const before = process.cpuUsage();
  for (let number = 0; number < calls; number++) {
    const running = handler(newExchange(number), ended);
    if (running instanceof Promise) await running;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

async function medianAdded(socketPath: string, about: { tag: readonly string[]; rounds: number; calls: number }): Promise<{ median: number; lowest: number; highest: number }> {
  const next = answering(about.tag);
  const plan = { service: "notes", access: "key" } as RoutePlan;
  const ports = conflictsUnderTest(socketPath);
  const guarded = guardRoute(plan, { path: "/notes", settings: conflict.parse({ mode: "enforce" }), timeouts: { connectMs: 1_000, firstByteMs: 60_000, idleMs: 60_000 } }, { ports, next });
  await Promise.all(Array.from({ length: resources }, (_, number) => new Promise<void>((resolve) => void guarded(newExchange(number), { ...ended, end: () => resolve() }))));
  // A read with the upstream's own tag is answered before it is noted; the ledger answers in order.
  await ports.ledger.size({ service: null });
  await new Promise((resolve) => setImmediate(resolve));
  const added: number[] = [];
  for (let round = -1; round < about.rounds; round++) {
    const [without, withIt] = [await microsPerCall(next, about.calls), await microsPerCall(guarded, about.calls)];
    // The first one warms up.
    if (round >= 0) added.push(withIt - without);
  }
  await ports.ledger.close();
  added.sort((one, other) => one - other);
  return { median: added[Math.floor(added.length / 2)] ?? Number.NaN, lowest: added[0] ?? Number.NaN, highest: added.at(-1) ?? Number.NaN };
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" }, calls: { type: "string", default: "20000" } } });
const directory = mkdtempSync(join(tmpdir(), "parley-guard-read-"));
const ledger = await startLedger({ databasePath: join(directory, "ledger.db"), socketPath: join(directory, "ledger.sock"), died: (error) => { throw error; } });
let isWithin = true;
for (const [whose, tag] of [["the gateway's", []], ["the upstream's", ["ETag", '"seven"']]] as const) {
  const { median, lowest, highest } = await medianAdded(join(directory, "ledger.sock"), { tag, rounds: Number(values.rounds), calls: Number(values.calls) });
  console.log(`a read of 1 KB with ${whose} tag: the guard adds ${median.toFixed(1)} µs of CPU (${lowest.toFixed(1)} to ${highest.toFixed(1)}, ${values.rounds} rounds of ${values.calls} calls); the budget is ${budgetMicros} µs`);
  isWithin &&= median <= budgetMicros;
}
await ledger.close();
rmSync(directory, { recursive: true });
process.exit(isWithin ? 0 : 1);
