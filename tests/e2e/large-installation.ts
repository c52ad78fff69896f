/** A long log and many services: a data directory as it is after weeks, and a configuration of ten thousand services. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CallRecord } from "@parley/contract/call-record";
import { dataDirectory } from "@parley/contract/data-directory";
import { openEmbeddedCallLog } from "@parley/stores/embedded/call-log";
import { historicCall } from "../../packages/stores/src/contract-tests/history.ts";

export const longCall = { id: "long-call-0123456789abcdef", steps: 30_000 } as const;

const batch = 50_000;
const hourMs = 3_600_000;

/** Calls of the last 20 hours, and one with very many steps, by the log's own way for many at a time. */
export async function writeLongLog(root: string, calls: number): Promise<void> {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const { callLogDatabase } = dataDirectory(root);
  const now = Date.now();
  const history = { calls, startMs: now - 20 * hourMs, spacingMs: (20 * hourMs) / calls };
  const log = await openEmbeddedCallLog({ path: callLogDatabase, onDamage: (message) => { throw new Error(message); } });
  const path = join(root, "batch.ndjson");
  const take = async (name: string, records: readonly CallRecord[]): Promise<void> => {
    writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    await log.ingest([{ name, path }]);
  };
  for (let from = 0; from < calls; from += batch) {
    await take(`1-${from}-1.ndjson`, Array.from({ length: Math.min(batch, calls - from) }, (_, index) => historicCall(history, from + index)));
  }
  await take("2-0-1.ndjson", [withManySteps(historicCall(history, calls - 1))]);
  await log.tidy(now);
  await log.close();
  rmSync(path);
}

function withManySteps(record: CallRecord): CallRecord {
  const steps = Array.from({ length: longCall.steps }, (_, index): [string, number, number] => [index % 3 === 0 ? "refetch" : "write", index, 1 + (index % 7)]);
  return { ...record, id: longCall.id, path: "/things/long", durationMs: longCall.steps + 10, steps };
}

export function manyServices({ services, consumers }: { services: number; consumers: number }): string {
  const lines = ["services:"];
  for (let number = 0; number < services; number++) lines.push(`  service-${number}: { path: /many/${number}, upstream: { targets: [{ url: "http://127.0.0.1:9" }] } }`);
  lines.push("consumers:");
  for (let number = 0; number < consumers; number++) lines.push(`  consumer-${number}: { access: [service-${number}] }`);
  return `${lines.join("\n")}\n`;
}
