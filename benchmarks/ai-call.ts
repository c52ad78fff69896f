/**
 * What a call to a model costs the gateway beside a plain call of the same bytes: `node benchmarks/ai-call.ts [--rounds 9]
 * [--calls 20000] [--profile folder]`. In process: the compiled routes with a key and a limit, over a transport that answers
 * at once, from the exchange to the record's line. Sockets, which cost all the same, are left out, so that the difference is
 * what counts, also where other work disturbs all that is taken over sockets. It knows the gateway's inside.
 */
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { aiSettings, provider } from "@parley/contract/config/ai";
import { limit } from "@parley/contract/config/limits";
import { service } from "@parley/contract/config/service";
import { hashKey } from "@parley/contract/secrets";
import { MemoryCounters } from "@parley/stores/embedded/counters";
import { BudgetBook } from "../packages/gateway/src/ai/budgets/budget-book.ts";
import { compileAi } from "../packages/gateway/src/ai/index.ts";
import { ObjectOwners } from "../packages/gateway/src/ai/models/object-owners.ts";
import type { AnswerSink } from "../packages/gateway/src/exchange/answer.ts";
import { HttpExchange } from "../packages/gateway/src/listener/http-exchange.ts";
import { HttpRequestBody } from "../packages/gateway/src/listener/request-body.ts";
import { conflictsUnderTest } from "../packages/gateway/src/main/conflicts-under-test.ts";
import { SharedChains } from "../packages/gateway/src/pipeline/compile.ts";
import type { KnownKey, PipelinePorts } from "../packages/gateway/src/pipeline/route-plan.ts";
import { WrongKeys } from "../packages/gateway/src/policies/access/wrong-keys.ts";
import { Caches } from "../packages/gateway/src/policies/cache/caches.ts";
import { sharedCallerLimits } from "../packages/gateway/src/policies/limits/caller-limits.ts";
import { Places } from "../packages/gateway/src/policies/limits/places.ts";
import { compileAiRoutes } from "../packages/gateway/src/snapshot/compile-ai.ts";
import type { Route } from "../packages/gateway/src/routing/route.ts";
import { compileService } from "../packages/gateway/src/snapshot/compile-service.ts";
import { CallMetrics } from "../packages/gateway/src/telemetry/call-metrics.ts";
import type { ForwardPorts } from "../packages/gateway/src/upstreams/forward-plan.ts";
import { requestHead } from "../packages/gateway/src/upstreams/lean/request-head.ts";
import type { Transport } from "../packages/gateway/src/upstreams/transport.ts";
import { summary } from "./measure/statistics.ts";
import { anthropicMessage, chatRequest, messagesRequest, openaiCompletion } from "./mock/fixtures.ts";

interface Answer {
  fields: readonly string[];
  body: Buffer;
}

function answerOf(body: string): Answer {
  return { fields: ["Server", "nginx", "Date", "Sun, 06 Nov 2025 08:49:37 GMT", "Content-Type", "application/json", "Content-Length", String(body.length)], body: Buffer.from(body) };
}

const [completion, message] = [answerOf(openaiCompletion), answerOf(anthropicMessage)];
const anthropicOrigin = "http://127.0.0.1:9002";

/** The body is a copy in memory of its own, as it is where a socket's was read. */
const transport: Transport = {
  send(request, incoming) {
    if (typeof requestHead(request) === "string") throw new Error("the request is none");
    const { fields, body } = request.origin === anthropicOrigin ? message : completion;
    queueMicrotask(() => {
      incoming.head(200, fields.slice(), "OK");
      incoming.data(Buffer.from(body));
      incoming.end([]);
    });
    return { abort: () => {}, resume: () => {} };
  },
  close: () => Promise.resolve(),
};

const [secret, monotonicMs] = ["benchmark-key-00000000", (): number => performance.now()];
const metrics = new CallMetrics();
const openai = provider.parse({ kind: "openai", apiKey: "provider-key", baseUrl: "http://127.0.0.1:9001/v1" });
const anthropic = provider.parse({ kind: "anthropic", apiKey: "provider-key", baseUrl: anthropicOrigin });
const plainService = service.parse({ path: "/plain", upstream: { targets: [{ url: "http://127.0.0.1:9001" }] }, access: "key" });

function pipelinePorts(): PipelinePorts {
  const known = { name: "acme", access: null, limits: [limit.parse({ requests: 1_000_000_000, per: "1m" })] };
  const key: KnownKey = { consumer: "acme", key: "default", expiresAt: Infinity, usedFrom: null };
  const hash = hashKey(secret);
  const counters = new MemoryCounters();
  return {
    findKey: (asked: string) => (asked === hash ? key : undefined), findConsumer: () => known, findTeam: () => undefined, counters, conflicts: conflictsUnderTest(), caches: new Caches({ peers: null }), callerLimits: sharedCallerLimits(), places: new Places(counters, monotonicMs),
    wrongKeys: new WrongKeys({ counters, monotonicMs, limit: () => ({ attempts: 100, per: 60_000 }) }), now: Date.now, rateLimited: () => {},
  } as unknown as PipelinePorts;
}

function compiledRoutes(): { plain: Route; model: Route } {
  const pipeline = pipelinePorts();
  const forward = { transport, monotonicMs, random: Math.random, place: 0, watch: () => () => {}, targetChanged: () => {}, tried: (name: string, outcome: string) => metrics.tried(name, outcome), shed: () => {}, priorityOf: () => "normal" } as unknown as ForwardPorts;
  const budgets = new BudgetBook({ ledger: {} as never, findConsumer: (name) => pipeline.findConsumer(name), findTeam: () => undefined, warn: () => {} });
  const ai = { transport, now: Date.now, random: Math.random, budgets, owners: new ObjectOwners(null), warn: () => {} };
  const { routes } = compileAiRoutes({ settings: aiSettings.parse({}), providers: new Map([["openai", openai], ["anthropic", anthropic]]), models: new Map(), prompts: new Map() }, { compileAi, ai, pipeline });
  const model = routes.find(({ path }) => path === "/v1");
  if (!model) throw new Error("there is no AI route");
  return { plain: compileService("plain", plainService, { pipeline, forward, chains: new SharedChains() }), model: model.route };
}

const routes = compiledRoutes();
const paths = {
  plain: { route: routes.plain, path: "/plain/v1/chat/completions", restFrom: "/plain".length, body: chatRequest("gpt-5-mini", false) },
  openai: { route: routes.model, path: "/v1/chat/completions", restFrom: "/v1".length, body: chatRequest("openai/gpt-5-mini", false) },
  anthropic: { route: routes.model, path: "/v1/messages", restFrom: "/v1".length, body: messagesRequest("anthropic/claude-sonnet-4-5", false) },
  translated: { route: routes.model, path: "/v1/chat/completions", restFrom: "/v1".length, body: chatRequest("anthropic/claude-sonnet-4-5", false) },
} as const;
type Name = keyof typeof paths;

function exchangeOf(name: Name, number: number): HttpExchange {
  const { path, restFrom, body: text } = paths[name];
  const headers = { host: "127.0.0.1:8080", authorization: `Bearer ${secret}`, "content-type": "application/json", "content-length": String(text.length) };
  const bytes = Buffer.from(text);
  const body = new HttpRequestBody({ read: (reader) => { reader.take(bytes); reader.ended(); }, pause: () => {}, resume: () => {}, isPaused: false }, { length: bytes.length, limitBytes: Infinity });
  const exchange = new HttpExchange({
    request: { method: "POST", httpVersion: "1.1", rawHeaders: Object.entries(headers).flat(), headers }, body, upgrade: null, id: String(number).padStart(32, "a"), spanId: "0123456789abcdef", at: Date.now(), startedAt: monotonicMs(), worker: 0, path, target: path,
    peer: { address: "127.0.0.1", trusted: false }, clientAddress: "127.0.0.1", traceParent: null, monotonicMs,
  });
  exchange.route = paths[name].route;
  exchange.record.service = name === "plain" ? "plain" : "ai";
  exchange.record.kind = name === "plain" ? "http" : "ai";
  exchange.rest = path.slice(restFrom);
  return exchange;
}

/** What the listener does at the end; resolves with the bytes of the answer and of the record. */
function call(name: Name, number: number): Promise<{ answered: number; recorded: number }> {
  return new Promise((resolve, reject) => {
    const exchange = exchangeOf(name, number);
    const { record } = exchange;
    const sink: AnswerSink = {
      head: (status) => { record.status = status; },
      data: (chunk) => { record.responseBytes += chunk.length; return true; },
      end: () => {
        record.durationMs = monotonicMs() - exchange.startedAt;
        exchange.endSteps();
        exchange.ended();
        metrics.ended(record);
        resolve({ answered: record.responseBytes, recorded: JSON.stringify(record).length });
      },
      fault: (refusal) => reject(new Error(refusal.detail)),
      onDrain: () => {},
    };
    const running = paths[name].route.handler(exchange, sink);
    if (running instanceof Promise) running.catch(reject);
  });
}

/** What it says alone is longer, whoever writes the rest. */
const leastAnswer = 700;

async function microsPerCall(name: Name, calls: number): Promise<number> {
  const before = process.cpuUsage();
  for (let number = 0; number < calls; number++) if ((await call(name, number)).answered < leastAnswer) throw new Error("the answer is not whole");
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" }, calls: { type: "string", default: "20000" }, profile: { type: "string" } } });
const calls = Number(values.calls);

async function profiled(name: Name, folder: string): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  await microsPerCall(name, calls * 5);
  const { profile } = await session.post("Profiler.stop");
  writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
  session.disconnect();
}

const names = Object.keys(paths) as Name[];
const figures = new Map<string, number[]>();
const note = (what: string, figure: number): unknown => figures.set(what, [...(figures.get(what) ?? []), figure]);
const titles: Record<Name, string> = { plain: "plain", openai: "OpenAI in and out", anthropic: "Anthropic in and out", translated: "OpenAI in, Anthropic out" };

// The first round warms up.
for (let round = 0; round <= Number(values.rounds); round++) {
  let plain = 0;
  for (const name of names) {
    const micros = await microsPerCall(name, calls);
    if (name === "plain") plain = micros;
    if (round === 0) continue;
    note(titles[name], micros);
    if (name !== "plain") note(`${titles[name]}, more than plain`, micros - plain);
  }
}
const records = await Promise.all(names.map(async (name) => `${titles[name]} ${(await call(name, 1)).recorded}`));
console.log(`µs of CPU a call without sockets, ${values.rounds} rounds of ${calls}; bytes of the records: ${records.join(", ")}`);
for (const [what, rounds] of figures) {
  const { median, lowest, highest } = summary(rounds);
  console.log(`${what}: ${median.toFixed(2)} (${lowest.toFixed(2)} to ${highest.toFixed(2)})`);
}
if (values.profile !== undefined) for (const name of names) await profiled(name, values.profile);
