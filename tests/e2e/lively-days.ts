/** Two days of calls as a company of some size makes them: a rhythm of the day, three services, three models, a few of everything that goes wrong. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CallRecord } from "@parley/contract/call-record";
import { dataDirectory } from "@parley/contract/data-directory";
import { openEmbeddedCallLog } from "@parley/stores/embedded/call-log";
import { callIdOf, chance, type Chance, pick } from "./chance.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const callsAnHour = 9_000;
const batch = 50_000;

const consumers = ["web-shop", "mobile-app", "warehouse", "back-office", "partner-nordic", "reports"] as const;
const services = [
  { name: "orders", typicalMs: 18, paths: 40, share: 0.42 },
  { name: "catalogue", typicalMs: 7, paths: 120, share: 0.33 },
  { name: "customers", typicalMs: 24, paths: 60, share: 0.15 },
] as const;
const models = [
  { provider: "openai", model: "gpt-5-mini", usd: 0.000_000_9, typicalMs: 900 },
  { provider: "anthropic", model: "claude-haiku-4-5", usd: 0.000_001_6, typicalMs: 1_100 },
  { provider: "mistral", model: "mistral-small", usd: 0.000_000_3, typicalMs: 600 },
] as const;

/** By the log's own way for many at a time, into a data directory that no Parley has open. */
export async function writeLivelyDays(root: string, now: number): Promise<void> {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const log = await openEmbeddedCallLog({ path: dataDirectory(root).callLogDatabase, onDamage: (message) => { throw new Error(message); } });
  const path = join(root, "days.ndjson");
  const records = livelyDays(now);
  for (let from = 0; from < records.length; from += batch) {
    writeFileSync(path, records.slice(from, from + batch).map((record) => `${JSON.stringify(record)}\n`).join(""));
    await log.ingest([{ name: `1-${from}-1.ndjson`, path }]);
  }
  await log.tidy(now);
  await log.close();
  rmSync(path);
}

function livelyDays(now: number): CallRecord[] {
  const draw = chance(20_261);
  const records: CallRecord[] = [];
  for (let at = now - 2 * dayMs; at < now; at += (-Math.log(1 - draw()) * hourMs) / (callsAnHour * rhythm(at))) records.push(draw() < 0.1 ? modelCall(at, draw) : serviceCall(at, now, draw));
  return records;
}

/** Least at four in the night, most in the afternoon. */
function rhythm(at: number): number {
  return 0.55 - 0.45 * Math.cos((((at % dayMs) / hourMs - 4) / 24) * 2 * Math.PI);
}

function serviceCall(at: number, now: number, draw: Chance): CallRecord {
  let rest = draw() * 0.9;
  const service = services.find(({ share }) => (rest -= share) < 0) ?? services[0];
  const write = draw() < 0.22;
  // An hour in which one upstream is overloaded.
  const troubled = service.name === "customers" && at > now - 5 * hourMs && at < now - 4 * hourMs;
  const durationMs = service.typicalMs * Math.exp((draw() + draw() + draw() - 1.5) * 1.3) * (troubled ? 9 : 1);
  const record = { ...common(at, durationMs, draw), service: service.name, kind: "http" as const, method: write ? "PUT" : "GET", path: `/${service.name}/${Math.floor(draw() ** 2 * service.paths) + 1}`, responseBytes: 800 + Math.floor(draw() * 2_000), conditional: write };
  if (troubled && draw() < 0.3) return { ...record, status: 503, error: "upstream-unavailable" };
  if (draw() < 0.002) return { ...record, status: 500 };
  if (draw() < 0.006) return { ...record, status: 404 };
  if (write && draw() < 0.05) return { ...record, status: 412, error: "concurrent-modification", cause: pick(["lost-update", "concurrent-modification", "lost-update", "busy"] as const, draw) };
  return record;
}

function modelCall(at: number, draw: Chance): CallRecord {
  const { provider, model, usd, typicalMs } = pick(models, draw);
  const [inputTokens, outputTokens] = [200 + Math.floor(draw() * 2_500), 50 + Math.floor(draw() * 700)];
  const costNanoUsd = Math.round((inputTokens + 4 * outputTokens) * usd * 1e9);
  const record = { ...common(at, typicalMs * Math.exp((draw() + draw() - 1) * 1.2), draw), service: "ai", kind: "ai" as const, method: "POST", path: "/v1/chat/completions", responseBytes: outputTokens * 4, provider, model, modelRequested: "assistant", inputTokens, outputTokens, costNanoUsd, costUsd: costNanoUsd / 1e9 };
  return draw() < 0.01 ? { ...record, status: 429, error: "rate-limited" } : record;
}

function common(at: number, durationMs: number, draw: Chance): Pick<CallRecord, "id" | "at" | "worker" | "status" | "durationMs" | "requestBytes" | "attempts" | "clientAddress" | "consumer" | "key" | "host" | "upstreamStatus" | "upstreamMs"> {
  return { id: callIdOf(at, draw), at, worker: 0, status: 200, durationMs, requestBytes: 120, attempts: 1, clientAddress: `10.0.3.${Math.floor(draw() * 40)}`, consumer: pick(consumers, draw), key: "production", host: "api.example.com", upstreamStatus: 200, upstreamMs: durationMs * 0.94 };
}
