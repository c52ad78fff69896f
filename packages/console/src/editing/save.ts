/**
 * Saving with If-Match. Where somebody else saved meanwhile, their fields and mine are merged; only what both changed is
 * handed back, to be decided by a person. Nothing typed is lost on any way.
 */
import type { Entity } from "@parley/contract/api/entities";
import { isProblem } from "../api/problem-error.ts";
import type { EntityPort } from "./entity-port.ts";
import { type Merge, mergeThreeWay } from "./three-way.ts";

export interface Draft<Spec> {
  name: string;
  /** As it was read; null for a new one. */
  base: Entity<Spec> | null;
  spec: Spec;
}

export type Saved<Spec> =
  | { outcome: "saved"; entity: Entity<Spec>; /** Pointers of fields that came from somebody else. */ merged: string[]; by: string }
  | { outcome: "overlap"; merge: Merge; theirs: Entity<Spec> };

/** Others may save faster than we merge; past this many rounds something is wrong. */
const mostRounds = 5;

export async function save<Spec>(port: EntityPort<Spec>, draft: Draft<Spec>): Promise<Saved<Spec>> {
  let { base, spec } = draft;
  const merged: string[] = [];
  let by = "";
  for (let round = 1; ; round += 1) {
    try {
      const entity = await port.write(draft.name, spec, base?.etag ?? null);
      return { outcome: "saved", entity, merged, by };
    } catch (error) {
      if (base === null || round === mostRounds || !isProblem(error, "precondition-failed")) throw error;
    }
    const theirs = await port.read(draft.name);
    const merge = mergeThreeWay({ base: base.spec, mine: spec, theirs: theirs.spec });
    if (merge.overlaps.length > 0) return { outcome: "overlap", merge, theirs };
    merged.push(...merge.taken);
    by = theirs.updatedBy;
    base = theirs;
    spec = merge.merged as Spec;
  }
}
