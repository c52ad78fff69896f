import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallRecord } from "@parley/contract/call-record";
import { CallBatch } from "@parley/contract/call-segment/call-batch";
import { openEmbeddedCallLog } from "@parley/stores/embedded/call-log";
import type { CallLog } from "@parley/stores/ports/call-log";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Ingestor } from "./ingestor.ts";

const call: CallRecord = { id: "a", at: 1, worker: 0, service: "s", kind: "http", method: "GET", path: "/", clientAddress: "::1", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 0, attempts: 1 };
let spool: string;
let callLog: CallLog;
let told: string[];
let ingestor: Ingestor;

beforeEach(async () => {
  spool = mkdtempSync(join(tmpdir(), "parley-ingestor-"));
  callLog = await openEmbeddedCallLog({ path: join(mkdtempSync(join(tmpdir(), "parley-ingestor-log-")), "calls.duckdb"), onDamage: (message) => told.push(message) });
  told = [];
  ingestor = new Ingestor({
    spool, callLog, monotonicMs: () => performance.now(), onSkipped: (segment, lines) => told.push(`${segment}: ${lines} skipped`),
    onDamaged: (segment, why) => told.push(`${segment}: ${why}`), onError: (segment, error) => told.push(`${segment}: ${String(error)}`),
  });
});
afterEach(() => callLog.close());

function segment(number: number, spoil = (file: Buffer): Buffer => file): void {
  const batch = new CallBatch();
  batch.add({ ...call, id: `c${number}`, at: number });
  writeFileSync(join(spool, `1-0-${number}.parquet`), spoil(Buffer.from(batch.take())));
}

test("a damaged segment is set aside at once as it was, and told once; those beside it are taken in", async () => {
  segment(1);
  segment(2, (file) => file.subarray(0, 300));
  const damaged = readFileSync(join(spool, "1-0-2.parquet"));
  segment(3);
  await ingestor.run();
  await ingestor.run();
  expect(told).toEqual(["1-0-2.parquet: it is cut off or no segment"]);
  expect(ingestor.setAside.count).toBe(1);
  expect(readdirSync(spool)).toEqual(["1-0-2.parquet.refused"]);
  expect(readFileSync(join(spool, "1-0-2.parquet.refused"))).toEqual(damaged);
  expect((await callLog.find({ limit: 9 })).items.map(({ id }) => id)).toEqual(["c3", "c1"]);
});

test("of what was set aside the newest are kept, so that damage without an end does not fill the disk", async () => {
  for (let number = 0; number < 25; number++) segment(number, () => Buffer.from("nothing of it"));
  await ingestor.run();
  expect([told.length, ingestor.setAside.count]).toEqual([25, 25]);
  expect(new Set(readdirSync(spool))).toEqual(new Set(Array.from({ length: 20 }, (_, index) => `1-0-${index + 5}.parquet.refused`)));
});
