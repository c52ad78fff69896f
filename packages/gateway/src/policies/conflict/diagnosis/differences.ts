/** Differences and overlaps as they are shown: redacted, and cut where they are more than anybody reads. */
import type { Change, Overlap as ShownOverlap } from "@parley/contract/conflicts/problem";
import { defaultLimits, diff, exceedsLimits, type Json, type Overlap } from "@parley/merge";
import { redactValue } from "./redact.ts";

const maxBytes = 16 * 1024;
const maxItems = 100;

export interface Shown<Item> {
  items: Item[];
  truncated: boolean;
}

/** Null where the two cannot be compared. */
export function shownChanges(documents: { base: Json | undefined; current: Json | undefined }, redact: readonly string[]): Shown<Change> | null {
  const { base, current } = documents;
  if (base === undefined || current === undefined || exceedsLimits(base, defaultLimits) || exceedsLimits(current, defaultLimits)) return null;
  const changes = diff(base, current).map((change): Change =>
    change.op === "remove" ? { op: "remove", path: change.path } : { op: change.op, path: change.path, value: redactValue(change.value, change.path, redact) },
  );
  return cut(changes);
}

export function shownOverlaps(overlaps: readonly Overlap[], redact: readonly string[]): Shown<ShownOverlap> {
  return cut(
    overlaps.map((overlap) => {
      const shown: ShownOverlap = { pointer: overlap.pointer };
      for (const side of ["base", "theirs", "yours"] as const) {
        const value = overlap[side];
        if (value !== undefined) shown[side] = redactValue(value, overlap.pointer, redact);
      }
      return shown;
    }),
  );
}

function cut<Item>(items: Item[]): Shown<Item> {
  let bytes = 0;
  const kept = items.slice(0, maxItems).filter((item) => (bytes += Buffer.byteLength(JSON.stringify(item))) <= maxBytes);
  return { items: kept, truncated: kept.length < items.length };
}
