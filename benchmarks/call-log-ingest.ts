/**
 * What it costs to take call records in: writes segments as a gateway seals them, has the call log read them in batches as
 * the control plane does, and says calls/s, CPU a call and bytes a call on disk. Every so many-th call is an AI call, or none.
 *
 *   node benchmarks/call-log-ingest.ts [calls] [calls a batch] [calls a segment] [every so many-th an AI call]
 */
import { randomFillSync } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedCallLog } from "@parley/stores/embedded/call-log";
import type { CallRecord } from "@parley/contract/call-record";
import { Identifiers, spanOf } from "../packages/gateway/src/listener/identifiers.ts";
import { RecordBatch } from "../packages/gateway/src/telemetry/record-batch.ts";
import { roundTimes } from "../packages/gateway/src/telemetry/record-times.ts";

const [calls = 300_000, callsABatch = 100_000, callsASegment = 2_500, aiEvery = 0] = process.argv.slice(2).map(Number);

const identifiers = new Identifiers((buffer) => randomFillSync(buffer));

/** As the gateway makes them. */
function aCall(number: number): CallRecord {
  const at = Date.now() - calls + number + Math.random();
  const id = identifiers.callId(at);
  const durationMs = Math.exp(Math.random() * 5 - 1);
  const record: CallRecord = {
    id, at, worker: 0, service: `service-${number % 7}`, kind: "http", method: number % 5 ? "GET" : "PUT", path: `/notes/${number % 500}`,
    clientAddress: "127.0.0.1", status: number % 50 ? 200 : 409, durationMs, requestBytes: 0, responseBytes: 1_000 + (number % 9), attempts: 1, traceId: id, spanId: spanOf(id),
    host: "127.0.0.1:8080", userAgent: "benchmark/1", consumer: `consumer-${number % 20}`, key: "default", upstream: "http://127.0.0.1:9001", upstreamStatus: 200,
    upstreamMs: durationMs * 0.9, firstByteMs: durationMs * 0.95, steps: number % 2 ? [] : [["upstream", 0.1 * Math.random(), durationMs * 0.9]], ...(number % 50 ? {} : { cause: "busy" as const }),
  };
  if (aiEvery > 0 && number % aiEvery === 0) noteModel(record, number);
  roundTimes(record);
  return record;
}

/** Member by member, as it comes about. */
function noteModel(record: CallRecord, number: number): void {
  record.kind = "ai";
  record.service = "ai";
  record.method = "POST";
  record.path = "/v1/chat/completions";
  record.modelRequested = `model-${number % 5}`;
  record.dialectIn = "openai-chat";
  record.stream = number % 2 === 0;
  record.provider = `provider-${number % 3}`;
  record.model = `model-${number % 5}-2026-01-01`;
  record.dialectOut = number % 3 === 0 ? "anthropic" : "openai-chat";
  record.providerRequestId = `req_${record.id.slice(8)}`;
  record.finishReason = "stop";
  record.inputTokens = number % 3_000;
  record.outputTokens = number % 700;
  record.cacheReadTokens = number % 100;
  record.costNanoUsd = (number * 37) % 1_000_000;
  record.costUsd = record.costNanoUsd / 1_000_000_000;
}

function microsecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}

const folder = mkdtempSync(join(tmpdir(), "parley-ingest-"));
try {
  const records = Array.from({ length: calls }, (_, number) => aCall(number));
  const beforeWriting = process.cpuUsage();
  const batch = new RecordBatch();
  const segments: { name: string; path: string }[] = [];
  for (let from = 0; from < calls; from += callsASegment) {
    for (const record of records.slice(from, from + callsASegment)) batch.add(record);
    const name = `1-0-${segments.length}.${batch.ending}`;
    writeFileSync(join(folder, name), batch.take());
    segments.push({ name, path: join(folder, name) });
  }
  const writing = microsecondsSince(beforeWriting);
  const path = join(folder, "calls.duckdb");
  const log = await openEmbeddedCallLog({ path, onDamage: (message) => process.stderr.write(message) });
  const [beforeIngest, begun] = [process.cpuUsage(), performance.now()];
  const together = Math.max(1, Math.round(callsABatch / callsASegment));
  for (let from = 0; from < segments.length; from += together) await log.ingest(segments.slice(from, from + together));
  const seconds = (performance.now() - begun) / 1_000;
  const ingest = microsecondsSince(beforeIngest);
  await log.close();
  const closed = microsecondsSince(beforeIngest);
  const bytes = statSync(path).size / calls;
  process.stdout.write(`${calls} calls, ${callsABatch} a batch: ${Math.round(calls / seconds)} calls/s; CPU a call: writing ${writing.toFixed(2)} µs, taking in ${ingest.toFixed(2)} µs (${closed.toFixed(2)} with closing); ${bytes.toFixed(0)} bytes a call on disk\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
