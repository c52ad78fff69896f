/**
 * Questions to a long history: writes one with known answers, takes it in as the control plane does, and times overview,
 * search, groups and facets, with the memory that they needed and the bytes on disk.
 *
 *   node benchmarks/call-log-history.ts [calls]
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedCallLog } from "@parley/stores/embedded/call-log";
import { CallBatch } from "@parley/contract/call-segment/call-batch";
import { parseQuery } from "@parley/contract/query/parse";
import { everything, type Query } from "@parley/contract/query/query";
import { roundTimes } from "../packages/gateway/src/telemetry/record-times.ts";
import type { Segment } from "@parley/stores/ports/call-log";
import { historicCall, knownFigures, type History } from "../packages/stores/src/contract-tests/history.ts";

const calls = Number(process.argv[2] ?? 1_000_000);
const batch = 100_000;
const segmentCalls = 5_000;
const rounds = 5;
const spanMs = 20 * 86_400_000;
const now = Math.floor(Date.now() / 60_000) * 60_000;
const history: History = { calls, startMs: now - spanMs, spacingMs: spanMs / calls };

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function queryOf(text: string): Query {
  const parsed = parseQuery(text, now);
  return parsed.ok ? parsed.query : everything;
}

async function timed(name: string, ask: () => Promise<string>): Promise<void> {
  const times: number[] = [];
  let answer = "";
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    answer = await ask();
    times.push(performance.now() - begun);
  }
  say(`${name}: median ${times.toSorted((one, other) => one - other)[Math.floor(rounds / 2)]?.toFixed(0)} ms, most ${Math.max(...times).toFixed(0)} ms; ${answer}`);
}

/** As a gateway writes them: times are whole microseconds. */
function segmentsOf(columns: CallBatch, from: number, to: number): Segment[] {
  const segments: Segment[] = [];
  for (let first = from; first < to; first += segmentCalls) {
    for (let number = first; number < Math.min(first + segmentCalls, to); number++) {
      const call = historicCall(history, number);
      roundTimes(call);
      columns.add(call);
    }
    const name = `1-0-${first}.parquet`;
    writeFileSync(join(folder, name), columns.take());
    segments.push({ name, path: join(folder, name) });
  }
  return segments;
}

const folder = mkdtempSync(join(tmpdir(), "parley-history-"));
const path = join(folder, "calls.duckdb");
try {
  const log = await openEmbeddedCallLog({ path, onDamage: say, queryTimeoutMs: 60_000 });
  const columns = new CallBatch();
  const begun = performance.now();
  let cpuMicros = 0;
  for (let from = 0; from < calls; from += batch) {
    const segments = segmentsOf(columns, from, Math.min(from + batch, calls));
    const before = process.cpuUsage();
    await log.ingest(segments);
    if (from % (10 * batch) === 0) await log.tidy(now);
    const { user, system } = process.cpuUsage(before);
    cpuMicros += user + system;
    for (const segment of segments) rmSync(segment.path);
  }
  await log.tidy(now);
  say(`${calls} calls taken in within ${((performance.now() - begun) / 1_000).toFixed(0)} s, ${(cpuMicros / calls).toFixed(2)} µs CPU a call; ${(statSync(path).size / calls).toFixed(0)} bytes a call on disk`);
  const known = knownFigures(history);
  const overviewOf = (from: number) => async () => {
    const { totals } = await log.overview({ from, to: now, service: null, points: 120, tops: 10 }, now);
    return `${totals.calls} calls, ${totals.errors} errors (known for all: ${known.errors}), p99 ${totals.p99Ms?.toFixed(0)} ms`;
  };
  await timed("overview of everything", overviewOf(history.startMs));
  await timed("overview of an hour", overviewOf(now - 3_600_000));
  const search = (text: string) => async () => `${(await log.find({ limit: 100, where: queryOf(text) })).items.length} calls on the page`;
  await timed("search service and status", search("service:service-3 status:500"));
  await timed("search that finds nothing", search("consumer:nobody"));
  await timed("search free text", search('"things/996"'));
  await timed("search one id", async () => String((await log.get(historicCall(history, Math.floor(calls / 2)).id))?.status));
  await timed("group by service with p99", async () => `${(await log.groups({}, { by: ["service"], measure: "p99Ms", limit: 10 })).groups.length} groups`);
  await timed("group by consumer and status with p99", async () => `${(await log.groups({}, { by: ["consumer", "status"], measure: "p99Ms", limit: 100 })).groups.length} groups`);
  await timed("facets of 4 fields", async () => `${(await log.facets({}, { fields: ["service", "status", "consumer", "cause"], values: 10 })).calls} calls`);
  await timed("what changed in the last day", async () => `${(await log.change({ current: queryOf("at:-1d..now"), baseline: queryOf("at:-2d..-1d"), measure: "errors", fields: ["service", "consumer", "path", "status"], limit: 100 })).values.length} values`);
  say(`most resident memory: ${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MiB`);
  await log.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
