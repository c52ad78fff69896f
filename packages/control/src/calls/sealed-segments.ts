/** The sealed segments that lie in the spool, oldest first, and how they are taken together. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { sealedSegment } from "@parley/contract/call-record";
import type { Segment } from "@parley/stores/ports/call-log";

export interface SealedSegment extends Segment {
  bytes: number;
}

/** What the call log reads in one statement, which it has to have in memory. */
const maxBatchBytes = 24 * 1024 * 1024;

/** None where the folder cannot be read. */
export async function sealedSegments(spool: string): Promise<SealedSegment[]> {
  const names = (await readdir(spool).catch(() => [])).filter((name) => sealedSegment.test(name)).toSorted(bySequence);
  return Promise.all(names.map(async (name) => ({ name, path: join(spool, name), bytes: await stat(join(spool, name)).then(({ size }) => size, () => 0) })));
}

export function batchesOf(segments: readonly SealedSegment[]): SealedSegment[][] {
  const batches: SealedSegment[][] = [];
  let bytes = Infinity;
  for (const segment of segments) {
    if (bytes + segment.bytes > maxBatchBytes) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(segment);
    bytes += segment.bytes;
  }
  return batches;
}

/** By start, worker and number, each as a number. */
function bySequence(one: string, other: string): number {
  const [a, b] = [one, other].map((name) => (sealedSegment.exec(name) ?? []).slice(1).map(Number));
  for (let index = 0; index < 3; index++) {
    const order = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
