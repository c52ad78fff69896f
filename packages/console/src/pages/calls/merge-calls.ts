/** Lists of calls in one order, put together without doubles. */
import type { CallRecord } from "@parley/contract/call-record";

export type Compare = (left: CallRecord, right: CallRecord) => number;

/** Newest first; calls of the same moment in a fixed order, so that the list never jumps. */
export function newestFirst(left: CallRecord, right: CallRecord): number {
  return right.at - left.at || (left.id < right.id ? 1 : left.id > right.id ? -1 : 0);
}

/** A call in both lists is taken once. */
export function mergeCalls(known: readonly CallRecord[], added: readonly CallRecord[], compare: Compare = newestFirst): CallRecord[] {
  const ids = new Set(known.map((call) => call.id));
  const fresh = added.filter((call) => !ids.has(call.id) && ids.add(call.id)).toSorted(compare);
  if (fresh.length === 0) return [...known];
  const merged: CallRecord[] = [];
  let next = 0;
  for (const call of known) {
    for (let candidate = fresh[next]; candidate && compare(candidate, call) < 0; candidate = fresh[next]) {
      merged.push(candidate);
      next += 1;
    }
    merged.push(call);
  }
  return [...merged, ...fresh.slice(next)];
}
