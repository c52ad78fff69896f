/** Whether a three-way merge may put two changes together, by the JSON pointers of what they changed. */
import type { Conflict } from "@parley/contract/config/conflict";

type MergeSettings = Pick<Conflict["merge"], "arrays" | "forbid">;

/** False where a place is forbidden, or in an array that is merged as a whole: there, only the bodies could tell. */
export function mayMerge(pointers: readonly string[] | undefined, merge: MergeSettings): boolean {
  if (pointers === undefined || pointers.length === 0) return false;
  return pointers.every((pointer) => !merge.forbid.some((forbidden) => touches(pointer, forbidden)) && (merge.arrays === "keyed" || arrayOf(pointer) === null));
}

/** Disjoint pointers can be merged. An array is one place, unless it is merged by its items' keys, which pointers do not show. */
export function areApart(theirs: readonly string[], yours: readonly string[], merge: MergeSettings): "apart" | "together" | "unknown" {
  let isCertain = true;
  for (const their of theirs) {
    for (const your of yours) {
      const inOneArray = arrayOf(their) !== null && arrayOf(their) === arrayOf(your);
      if (inOneArray && merge.arrays === "keyed") isCertain = false;
      else if (inOneArray || meet(their, your)) return "together";
    }
  }
  return isCertain ? "apart" : "unknown";
}

function meet(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

/** At, under or above a forbidden place, in which `*` stands for any one segment. */
function touches(pointer: string, forbidden: string): boolean {
  const [segments, pattern] = [pointer.split("/"), forbidden.split("/")];
  const shared = Math.min(segments.length, pattern.length);
  return pattern.slice(0, shared).every((segment, place) => segment === "*" || segment === segments[place]);
}

/** The pointer up to what looks like an index; null where nothing does. */
function arrayOf(pointer: string): string | null {
  const segments = pointer.split("/");
  const index = segments.findIndex((segment, place) => place > 0 && /^(?:0|[1-9]\d*|-)$/.test(segment));
  return index === -1 ? null : segments.slice(0, index).join("/");
}
