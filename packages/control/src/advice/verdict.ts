/**
 * The rules by which a recorded conflict is replayed under another mode and strategy. Pure. Where a record does not tell, the
 * verdict is `unknown`: advice is counted, never guessed.
 */
import type { ReplayVerdict } from "@parley/contract/api/conflict-advice";
import type { Conflict } from "@parley/contract/config/conflict";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { areApart, mayMerge } from "./merge-rules.ts";

export interface Setting {
  mode: Conflict["mode"];
  strategy: Conflict["strategy"];
}

export function replay(record: ConflictRecord, setting: Setting, merge: Conflict["merge"]): ReplayVerdict {
  const guarded = setting.mode === "enforce" || setting.mode === "require";
  return guarded ? underGuard(record, setting, merge) : withoutGuard(record);
}

/** Off and observe: whatever the upstream does not refuse by itself is written. */
function withoutGuard(record: ConflictRecord): ReplayVerdict {
  if (record.cause === "lost-update") return "lost";
  if (record.cause === "outcome-unknown") return "unknown";
  if (record.origin === "upstream") return "refused";
  // A PUT replaces everything: what had changed since it was read is gone.
  if (record.cause === "concurrent-modification" && record.method === "PUT") return "lost";
  return "unguarded";
}

function underGuard(record: ConflictRecord, setting: Setting, merge: Conflict["merge"]): ReplayVerdict {
  switch (record.cause) {
    case "lost-update":
      return lostUpdate(record, setting, merge);
    case "concurrent-modification":
      return concurrentModification(record, setting, merge);
    case "precondition-required":
      // In enforce it goes out as it came.
      return setting.mode === "require" ? "refused" : setting.strategy === "last-write-wins" ? "restorable" : "unguarded";
    case "busy":
      return busy(record, setting);
    case "outcome-unknown":
      return "unknown";
    case "version-mismatch":
    case "state-mismatch":
    case "locked":
    case "idempotency":
    case "already-applied":
    case "ledger-unavailable":
      // A tag of something else, a duplicate, a lease, a key: no strategy changes what these mean.
      return "refused";
  }
}

/**
 * Read, changed by somebody else, written back. Ordered, the write carries the tag of a state that is no longer current, and is
 * refused. It put back what its writer had read, so its writer had not changed that place: a three-way merge keeps the other's.
 */
function lostUpdate(record: ConflictRecord, { mode, strategy }: Setting, merge: Conflict["merge"]): ReplayVerdict {
  if (strategy === "last-write-wins") return "restorable";
  // Enforce asks nobody for a precondition.
  if (mode === "enforce" && record.expected.length === 0) return "lost";
  return strategy === "merge" && mayMerge(record.pointers, merge) ? "merged" : "prevented";
}

/** A stale tag. Waiting in a queue makes no tag current again: only merging and overwriting change the answer. */
function concurrentModification(record: ConflictRecord, { strategy }: Setting, merge: Conflict["merge"]): ReplayVerdict {
  const isGone = record.subcause === "deleted" || record.subcause === "created";
  if (strategy === "last-write-wins") return isGone || record.origin === "upstream" ? "refused" : "restorable";
  if (strategy !== "merge") return "refused";
  if (record.state === "merged") return "merged";
  if (isGone || record.subcause === "overlap" || (record.conflicts?.length ?? 0) > 0 || record.method === "DELETE") return "refused";
  if (record.changes === undefined || record.intended === undefined || record.truncated) return "unknown";
  const theirs = record.changes.map(({ path }) => path);
  const apart = areApart(theirs, record.intended, merge);
  if (apart === "unknown") return "unknown";
  return apart === "apart" && mayMerge([...theirs, ...record.intended], { ...merge, arrays: "keyed" }) ? "merged" : "refused";
}

function busy(record: ConflictRecord, { strategy }: Setting): ReplayVerdict {
  // Proven not applied, and a second try does no more than one.
  if (record.subcause === "upstream") return strategy === "retry" && (record.method === "PUT" || record.method === "DELETE") ? "passed" : "refused";
  // The queue of `serialize` is ten times as long; whether this write would have had its turn in time nobody wrote down.
  if (record.subcause === "queue") return strategy === "serialize" ? "unknown" : "refused";
  return "refused";
}
