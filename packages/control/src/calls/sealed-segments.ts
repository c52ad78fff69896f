/** The sealed segments that lie in the spool, oldest first, and how they are taken together. */
import { readdir, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { sealedSegment } from "@parley/contract/call-record";
import type { Segment } from "@parley/stores/ports/call-log";

export interface SealedSegment extends Segment {
  bytes: number;
}

/** What the call log reads in one statement, which it has to have in memory. */
const maxBatchBytes = 24 * 1024 * 1024;

/** What could not be taken in is kept for who looks after it; so many at most, as nothing counts them against the spool's bound. */
const mostSetAside = 20;
const asideEnding = ".refused";

/** None where the folder cannot be read. */
export async function sealedSegments(spool: string): Promise<SealedSegment[]> {
  const names = (await readdir(spool).catch(() => [])).filter((name) => sealedSegment.test(name)).toSorted(bySequence);
  return Promise.all(names.map(async (name) => ({ name, path: join(spool, name), bytes: await stat(join(spool, name)).then(({ size }) => size, () => 0) })));
}

/** The oldest of those before give way. What cannot be moved is met again. */
export async function setSegmentAside(spool: string, name: string): Promise<void> {
  await rename(join(spool, name), join(spool, name + asideEnding)).catch(() => undefined);
  const aside = (await readdir(spool).catch(() => [])).filter((found) => found.endsWith(asideEnding)).toSorted((one, other) => bySequence(one.slice(0, -asideEnding.length), other.slice(0, -asideEnding.length)));
  for (const old of aside.slice(0, -mostSetAside)) await unlink(join(spool, old)).catch(() => undefined);
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
