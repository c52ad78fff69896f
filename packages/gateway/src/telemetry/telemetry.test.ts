import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CallRecord } from "@parley/contract/call-record";
import { CallBatch } from "@parley/contract/call-segment/call-batch";
import { readSpool } from "../main/read-spool.ts";
import { CallMetrics } from "./call-metrics.ts";
import { LiveCalls } from "./live-calls.ts";
import { sealOrphans } from "./orphaned-segments.ts";
import { roundTimes } from "./record-times.ts";
import { Spool, type SpoolOptions } from "./spool.ts";

/** Far longer than it ever takes, for machines that are busy. */
const patiently = { timeout: 10_000, interval: 10 };

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "parley-spool-"));
  directories.push(directory);
  return directory;
}

function openSpool(options: Partial<SpoolOptions<CallRecord>> & { directory: string }): { spool: Spool<CallRecord>; sealed: string[]; errors: string[] } {
  const sealed: string[] = [];
  const errors: string[] = [];
  const log = pino({ level: "error" }, { write: (line: string) => errors.push(line) });
  return { spool: new Spool({ batch: new CallBatch(), worker: 1, startedAtMs: 1000, sealed: (segment) => sealed.push(segment), log, flushEveryMs: 20, ...options }), sealed, errors };
}

function recordOf(changes: Partial<CallRecord>): CallRecord {
  return { id: "x", at: 0, worker: 0, service: "s", kind: "http", method: "GET", path: "/", clientAddress: "127.0.0.1", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 0, attempts: 1, ...changes };
}

describe("the spool", () => {
  it("seals what was appended, in order, under names that never repeat", async () => {
    const { spool, sealed } = openSpool({ directory: newDirectory() });
    const directory = directories.at(-1) as string;
    for (let call = 0; call < 3; call++) {
      spool.append(recordOf({ id: String(call) }));
      await vi.waitUntil(() => sealed.length === call + 1, patiently);
    }
    spool.append(recordOf({ id: "last" }));
    await spool.close();
    expect(sealed).toEqual(["1000-1-0.parquet", "1000-1-1.parquet", "1000-1-2.parquet", "1000-1-3.parquet"]);
    expect(readSpool(directory).map((record) => record.id)).toEqual(["0", "1", "2", "last"]);
  });

  it("writes what is much at once, whatever the time, and as it was", async () => {
    const directory = newDirectory();
    // It never comes to that.
    const { spool, sealed } = openSpool({ directory, flushEveryMs: 3_600_000 });
    const records = Array.from({ length: 10_000 }, (_, call) => recordOf({
      id: `c${call}`, path: `/things/${call}`, consumer: `consumer-${call % 300}`, ...(call % 3 === 0 ? { upstreamMs: call / 4, canary: call % 2 === 0 } : {}), ...(call === 9_000 ? { warnings: ["zwei é €"] } : {}),
    }));
    for (const record of records) spool.append(record);
    await vi.waitUntil(() => sealed.length === 1, patiently);
    for (let call = 0; call < 200; call++) spool.append(recordOf({ id: `long${call}`, path: `/${call}`.padEnd(20_000, "x") }));
    await vi.waitUntil(() => sealed.length === 2, patiently);
    await spool.close();
    const read = readSpool(directory);
    expect(read.slice(0, 10_000)).toEqual(records);
    expect(read.slice(10_000).map(({ id, path }) => [id, path.length])).toEqual(Array.from({ length: 200 }, (_, call) => [`long${call}`, 20_000]));
    expect(spool.dropped.count).toBe(0);
  });

  it("drops and counts past its bound, and takes records again once there is room", async () => {
    const directory = newDirectory();
    const { spool, errors } = openSpool({ directory, maxTotalBytes: 10_000 });
    const record = recordOf({ path: "/".padEnd(1000, "x") });
    await vi.waitUntil(() => {
      spool.append(record);
      return spool.dropped.count > 0;
    }, patiently);
    expect(spool.dropped.count).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain("spool of call records is full");
    // One of them may be given its name at this moment.
    for (const name of readdirSync(directory)) rmSync(join(directory, name), { force: true });
    await vi.waitUntil(() => {
      const before = spool.dropped.count;
      spool.append(record);
      return spool.dropped.count === before;
    }, patiently);
    await spool.close();
    expect(readSpool(directory).length).toBeGreaterThan(0);
  });

  it("goes on without a disk, says so once, and writes again when there is one", async () => {
    const directory = join(newDirectory(), "spool");
    const { spool, sealed, errors } = openSpool({ directory });
    rmSync(directory, { recursive: true });
    spool.append(recordOf({ id: "lost" }));
    await vi.waitUntil(() => spool.dropped.count === 1, patiently);
    spool.append(recordOf({ id: "lost too" }));
    await vi.waitUntil(() => spool.dropped.count === 2, patiently);
    expect(errors).toHaveLength(1);
    mkdirSync(directory);
    spool.append(recordOf({ id: "kept" }));
    await vi.waitUntil(() => sealed.length === 1, patiently);
    expect(readSpool(directory)).toEqual([recordOf({ id: "kept" })]);
    await spool.close();
  });
});

describe("orphaned segments", () => {
  it("are sealed where they are complete, and go where their end was never written", async () => {
    const [written, directory] = [newDirectory(), newDirectory()];
    const { spool } = openSpool({ directory: written });
    spool.append(recordOf({ id: "whole" }));
    await spool.close();
    const file = readFileSync(join(written, "1000-1-0.parquet"));
    writeFileSync(join(directory, "900-1-1.open"), file);
    writeFileSync(join(directory, "900-1-2.open"), file.subarray(0, file.length - 1));
    // An end that is none: what a call says may read like one.
    writeFileSync(join(directory, "900-1-3.open"), Buffer.concat([file.subarray(0, 60), Buffer.from("PAR1")]));
    writeFileSync(join(directory, "900-1-4.open"), "");
    expect(await sealOrphans({ directory, worker: 1, startedAtMs: 1000, nowMs: Date.now() })).toEqual(["900-1-1.parquet"]);
    expect(readdirSync(directory)).toEqual(["900-1-1.parquet"]);
    expect(readSpool(directory)).toEqual([recordOf({ id: "whole" })]);
  });

  it("are sealed up to the last whole line, those of other workers only once nobody writes them", async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, "900-1-7.open"), '{"id":"a"}\n{"id":"b"}\n{"id":');
    writeFileSync(join(directory, "900-1-8.open"), '{"id":');
    writeFileSync(join(directory, "1000-1-0.open"), '{"id":"mine"}\n');
    writeFileSync(join(directory, "900-2-1.open"), '{"id":"alive"}\n');
    writeFileSync(join(directory, "900-3-1.open"), '{"id":"dead"}\n');
    const longAgo = Date.now() / 1000 - 60;
    utimesSync(join(directory, "900-3-1.open"), longAgo, longAgo);
    const sealed = await sealOrphans({ directory, worker: 1, startedAtMs: 1000, nowMs: Date.now() });
    expect(sealed.sort()).toEqual(["900-1-7.ndjson", "900-3-1.ndjson"]);
    expect(readdirSync(directory).sort()).toEqual(["1000-1-0.open", "900-1-7.ndjson", "900-2-1.open", "900-3-1.ndjson"]);
    expect(readSpool(directory).map((record) => record.id).sort()).toEqual(["a", "b", "dead"]);
  });
});

describe("metrics", () => {
  it("count calls, tokens and durations by what they were", () => {
    const metrics = new CallMetrics();
    metrics.ended(recordOf({ durationMs: 30 }));
    metrics.ended(recordOf({ durationMs: 3000, status: 404, service: "" }));
    metrics.ended(recordOf({ service: "ai", kind: "ai", provider: "sandbox", model: "echo", inputTokens: 5, outputTokens: 7 }));
    const families = new Map(metrics.families({ worker: "0" }).map((family) => [family.name, family]));
    expect(families.get("parley_calls_total")?.series).toEqual([
      { labels: { service: "s", status: "200", kind: "http", worker: "0" }, value: 1 },
      { labels: { service: "none", status: "404", kind: "http", worker: "0" }, value: 1 },
      { labels: { service: "ai", status: "200", kind: "ai", worker: "0" }, value: 1 },
    ]);
    expect(families.get("parley_ai_tokens_total")?.series.map((one) => [one.labels["direction"], one.value])).toEqual([["input", 5], ["output", 7]]);
    const [histogram] = families.get("parley_call_duration_seconds")?.series ?? [];
    expect(histogram).toMatchObject({ count: 1, sum: 0.03 });
    expect(histogram?.buckets?.filter(([, count]) => count === 0).map(([bound]) => bound)).toEqual([0.001, 0.0025, 0.005, 0.01, 0.025]);
    expect(histogram?.buckets?.at(-1)).toEqual(["+Inf", 1]);
  });

  it("stay bounded, whatever models and services are named", () => {
    const metrics = new CallMetrics();
    for (let call = 0; call < 20_000; call++) metrics.ended(recordOf({ service: `s${call}`, provider: "p", model: `m${call}`, inputTokens: 1 }));
    for (const family of metrics.families({})) expect(family.series.length).toBeLessThanOrEqual(5_001);
    const total = metrics.families({}).find((family) => family.name === "parley_calls_total")?.series.reduce((sum, one) => sum + (one.value ?? 0), 0);
    expect(total).toBe(20_000);
  });
});

it("sends live records only while somebody watches, and counts what does not fit", async () => {
  const sent: { records: CallRecord[]; dropped: number }[] = [];
  const live = new LiveCalls((message) => message.type === "calls" && sent.push(message) > 0 && isThere);
  let isThere = true;
  const dropped = (): unknown => live.families({}).map(({ name, series }) => [name, series[0]?.value]);
  live.ended(recordOf({ id: "unseen" }));
  live.watch(true, null);
  for (let call = 0; call < 250; call++) live.ended(recordOf({ id: `${call}` }));
  await vi.waitUntil(() => sent.length === 1, patiently);
  expect(sent[0]).toMatchObject({ dropped: 50, records: { length: 200, 0: { id: "0" } } });
  live.watch(true, ["status:409 service:s", "path:/b*"]);
  for (const [id, status, path] of [["no", 200, "/"], ["a", 409, "/"], ["b", 200, "/bc"]] as const) live.ended(recordOf({ id, status, path }));
  await vi.waitUntil(() => sent.some(({ records }) => records.some(({ id }) => id === "b")), patiently);
  expect(sent.at(-1)).toMatchObject({ dropped: 0, records: [{ id: "a" }, { id: "b" }] });
  expect(dropped()).toEqual([["parley_live_calls_dropped_total", 50]]);
  isThere = false;
  live.watch(true, null);
  live.ended(recordOf({ id: "unsent" }));
  await vi.waitUntil(() => sent.at(-1)?.records[0]?.id === "unsent", patiently);
  expect(dropped()).toEqual([["parley_live_calls_dropped_total", 51]]);
  live.watch(false, null);
});

describe("a record's times", () => {
  it("are kept to the microsecond, wherever they stand, and all else as it is", () => {
    const record = recordOf({
      at: 1_763_854_321_234.567_6, durationMs: 1.234_567, upstreamMs: 0.000_6, costUsd: 0.000_032_75, steps: [["upstream", 0.1 + 0.2, 2.000_49]],
      attemptLog: [{ target: "http://a", startMs: 0.999_96, durationMs: 12, status: 503 }],
    });
    roundTimes(record);
    expect(record).toEqual(recordOf({
      at: 1_763_854_321_234.568, durationMs: 1.235, upstreamMs: 0.001, costUsd: 0.000_032_75, steps: [["upstream", 0.3, 2]],
      attemptLog: [{ target: "http://a", startMs: 1, durationMs: 12, status: 503 }],
    }));
  });
});
