/** Which segments are as they were written: the engine's native code reads no other Parquet file. */
import { readFileSync, statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { faultOf } from "@parley/contract/call-segment/segment-seal";
import type { Segment } from "../../ports/call-log.ts";

/** Segments are taken at 2 MiB of text and can pass that by some records. */
const maxSegmentBytes = 64 * 1024 * 1024;
/** Read and summed up in a millisecond; others have their turn between. */
const bytesATurn = 1024 * 1024;

export interface Inspected {
  whole: Segment[];
  /** By name: what is wrong. */
  damaged: Record<string, string>;
}

/** Rejects where one cannot be read. */
export async function inspectSegments(segments: readonly Segment[]): Promise<Inspected> {
  const inspected: Inspected = { whole: [], damaged: {} };
  let bytes = 0;
  for (const segment of segments) {
    const { size } = statSync(segment.path);
    const fault = size > maxSegmentBytes ? "it is larger than any segment" : faultOf(readFileSync(segment.path));
    if (fault === null) inspected.whole.push(segment);
    else inspected.damaged[segment.name] = fault;
    bytes += size;
    if (bytes < bytesATurn) continue;
    bytes = 0;
    await setImmediate();
  }
  return inspected;
}
