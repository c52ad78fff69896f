import { expect, test } from "vitest";
import type { CallRecord } from "../call-record.ts";
import { CallBatch } from "./call-batch.ts";
import { faultOf } from "./segment-seal.ts";

function aSegment(): Buffer {
  const batch = new CallBatch();
  const call: CallRecord = { id: "a", at: 1, worker: 0, service: "s", kind: "http", method: "GET", path: "/", clientAddress: "::1", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 0, attempts: 1 };
  for (let number = 0; number < 3; number++) batch.add({ ...call, id: `c${number}`, ...(number === 1 ? { consumer: "PSC1" } : {}) });
  return Buffer.from(batch.take());
}

test("a segment as it was written has no fault", () => {
  expect(faultOf(aSegment())).toBeNull();
});

test("any bit that is not as it was written is noticed", () => {
  const segment = aSegment();
  for (let bit = 0; bit < segment.length * 8; bit++) {
    const flipped = Buffer.from(segment);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(faultOf(flipped), `bit ${bit}`).not.toBeNull();
  }
});

test("a segment that ends anywhere before its end is noticed, and so is what comes after it or in place of it", () => {
  const segment = aSegment();
  for (let bytes = 0; bytes < segment.length; bytes++) {
    expect(faultOf(segment.subarray(0, bytes)), `${bytes} bytes`).not.toBeNull();
    if (bytes !== segment.length - 4) expect(faultOf(Buffer.concat([segment.subarray(0, bytes), Buffer.from("PAR1")])), `${bytes} bytes and an end`).not.toBeNull();
    expect(faultOf(Buffer.concat([segment.subarray(0, bytes), Buffer.alloc(segment.length - bytes)])), `zeros from ${bytes} on`).not.toBeNull();
  }
  expect(faultOf(Buffer.concat([segment, segment.subarray(0, 20)]))).not.toBeNull();
});

test("a segment of a later form is told from one that is damaged", () => {
  const segment = aSegment();
  segment[segment.lastIndexOf("PSC1") + 3] = 0x32;
  expect(faultOf(segment)).toBe("it is of a form that this release does not know");
});
