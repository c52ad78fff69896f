/** How services stand, those included that nobody has called yet. */
import type { RouteGuarantee } from "@parley/contract/api/conflicts";
import type { TargetState } from "@parley/contract/api/targets";
import type { ConflictBook } from "../policies/conflict/book.ts";
import { unguarded } from "../policies/conflict/unguarded.ts";
import type { CurrentSnapshot } from "../snapshot/current-snapshot.ts";
import { type TargetBook, untouched } from "../upstreams/balance/target-book.ts";

type Waiting = Pick<CurrentSnapshot, "waiting">;

export function allGuarantees(book: ConflictBook, snapshot: Waiting): RouteGuarantee[] {
  return [...book.guarantees(), ...Array.from(snapshot.waiting(), ([name, { conflict }]) => unguarded(name, conflict.mode === "off" ? "off" : "observe"))];
}

export function allTargets(targets: TargetBook, snapshot: Waiting): TargetState[] {
  return [...targets.states(), ...Array.from(snapshot.waiting(), ([name, { upstream }]) => (upstream?.targets ?? []).map(({ url }) => untouched(name, url))).flat()];
}
