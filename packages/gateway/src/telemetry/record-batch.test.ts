import { expect, test } from "vitest";
import type { CallRecord } from "@parley/contract/call-record";
import { manyRows, RecordBatch } from "./record-batch.ts";

const call: CallRecord = { id: "a", at: 1, worker: 0, service: "s", kind: "http", method: "GET", path: "/", clientAddress: "::1", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 0, attempts: 1 };

/** Which form a segment of so many calls has. */
function segmentOf(batch: RecordBatch, calls: number): { ending: string; bytes: Uint8Array } {
  for (let number = 0; number < calls; number++) expect(batch.add({ ...call, id: `c${number}` })).toBe(true);
  expect(batch.rows).toBe(calls);
  const { ending } = batch;
  return { ending, bytes: batch.take() };
}

test("few calls are lines, and cost no more than their lines", () => {
  const batch = new RecordBatch();
  const { ending, bytes } = segmentOf(batch, 2);
  expect([ending, Buffer.from(bytes).toString()]).toEqual(["ndjson", `${JSON.stringify({ ...call, id: "c0" })}\n${JSON.stringify({ ...call, id: "c1" })}\n`]);
  expect(batch.rows).toBe(0);
});

test("calls that become many are taken at once, and those after them are columns until they are few again", () => {
  const batch = new RecordBatch();
  for (let number = 1; number < manyRows; number++) batch.add(call);
  expect(batch.isFull).toBe(false);
  batch.add(call);
  expect([batch.isFull, batch.ending]).toEqual([true, "ndjson"]);
  batch.take();
  expect(segmentOf(batch, manyRows).ending).toBe("parquet");
  expect(batch.isFull).toBe(false);
  const { ending, bytes } = segmentOf(batch, manyRows - 1);
  expect([ending, Buffer.from(bytes).subarray(0, 4).toString()]).toEqual(["parquet", "PAR1"]);
  expect(segmentOf(batch, 1).ending).toBe("ndjson");
});
