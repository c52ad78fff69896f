/** Which segments are as they were written: the engine's native code reads no other Parquet file. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
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
  const reader = new SegmentReader();
  let bytes = 0;
  for (const segment of segments) {
    const { fault, size } = reader.inspect(segment.path);
    if (fault === null) inspected.whole.push(segment);
    else inspected.damaged[segment.name] = fault;
    bytes += size;
    if (bytes < bytesATurn) continue;
    bytes = 0;
    await setImmediate();
  }
  return inspected;
}

/** Reads one after the other into the same memory: new memory for each costs ten times what reading does. */
class SegmentReader {
  #memory = Buffer.alloc(0);

  inspect(path: string): { fault: string | null; size: number } {
    const file = openSync(path, "r");
    try {
      const { size } = fstatSync(file);
      return { size, fault: size > maxSegmentBytes ? "it is larger than any segment" : faultOf(this.#read(file, size)) };
    } finally {
      closeSync(file);
    }
  }

  #read(file: number, size: number): Buffer {
    if (size > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(size * 2);
    return this.#memory.subarray(0, readSync(file, this.#memory, 0, size, 0));
  }
}
