/** What differs between base, theirs and yours, as a tree of places with only those unfolded at which something differs. */
import type { Change, Overlap } from "@parley/contract/conflicts/problem";
import type { ConflictRecord } from "@parley/contract/conflicts/record";

/** One of the three versions at one place. */
export type Side =
  | { kind: "value"; text: string }
  | { kind: "absent" }
  /** As it was in the base. */
  | { kind: "same" }
  /** Changed, and the value is not kept. */
  | { kind: "changed" }
  | { kind: "unknown" };

export interface DifferenceRow {
  pointer: string;
  /** The last segment, or several that have no branch between them. */
  name: string;
  depth: number;
  /** Null for a place that only leads to others. */
  sides: { base: Side; theirs: Side; yours: Side } | null;
  overlap: boolean;
}

/** `base` is the document that was read, where it is kept and may be looked at. */
export function differencesOf(record: Pick<ConflictRecord, "changes" | "conflicts" | "intended" | "pointers">, base?: unknown): DifferenceRow[] {
  const leaves = new Map<string, Omit<DifferenceRow, "name" | "depth">>();
  for (const pointer of record.pointers ?? []) leaves.set(pointer, { pointer, sides: { base: { kind: "unknown" }, theirs: { kind: "changed" }, yours: { kind: "same" } }, overlap: true });
  for (const change of record.changes ?? []) leaves.set(change.path, { pointer: change.path, sides: { base: baseAt(base, change.path), theirs: theirsOf(change), yours: { kind: "same" } }, overlap: false });
  for (const pointer of record.intended ?? []) {
    const known = leaves.get(pointer)?.sides;
    leaves.set(pointer, { pointer, sides: { base: baseAt(base, pointer), theirs: known?.theirs ?? { kind: "same" }, yours: { kind: "changed" } }, overlap: known !== undefined });
  }
  for (const overlap of record.conflicts ?? []) leaves.set(overlap.pointer, { pointer: overlap.pointer, sides: sidesOf(overlap), overlap: true });
  return unfolded([...leaves.values()]);
}

function baseAt(base: unknown, pointer: string): Side {
  if (base === undefined) return { kind: "unknown" };
  const names = pointer.split("/").slice(1).map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  const value = names.reduce<unknown>((outer, name) => (typeof outer === "object" && outer !== null && Object.hasOwn(outer, name) ? (outer as Record<string, unknown>)[name] : undefined), base);
  return value === undefined ? { kind: "absent" } : { kind: "value", text: textOf(value) };
}

function theirsOf(change: Change): Side {
  return change.op === "remove" ? { kind: "absent" } : { kind: "value", text: textOf(change.value) };
}

function sidesOf(overlap: Overlap): NonNullable<DifferenceRow["sides"]> {
  const side = (name: "base" | "theirs" | "yours"): Side => (overlap[name] === undefined ? { kind: "absent" } : { kind: "value", text: textOf(overlap[name]) });
  return { base: side("base"), theirs: side("theirs"), yours: side("yours") };
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

/** A place at which several differences come together gets a line of its own. */
function unfolded(leaves: Omit<DifferenceRow, "name" | "depth">[]): DifferenceRow[] {
  const sorted = leaves.toSorted((one, other) => (one.pointer < other.pointer ? -1 : 1));
  const branches = new Map<string, number>();
  for (const { pointer } of sorted) for (const parent of parentsOf(pointer)) branches.set(parent, (branches.get(parent) ?? 0) + 1);
  const rows: DifferenceRow[] = [];
  const open: string[] = [];
  for (const leaf of sorted) {
    const forks = parentsOf(leaf.pointer).filter((parent) => (branches.get(parent) ?? 0) > 1);
    while (open.length > 0 && !forks.includes(open.at(-1) as string)) open.pop();
    for (const fork of forks) {
      if (open.includes(fork)) continue;
      rows.push({ pointer: fork, name: below(fork, open.at(-1) ?? ""), depth: open.length, sides: null, overlap: false });
      open.push(fork);
    }
    rows.push({ ...leaf, name: below(leaf.pointer, open.at(-1) ?? ""), depth: open.length });
  }
  return rows;
}

/** Without the root, the outermost first. */
function parentsOf(pointer: string): string[] {
  const segments = pointer.split("/");
  return segments.slice(1, -1).map((_, index) => segments.slice(0, index + 2).join("/"));
}

function below(pointer: string, parent: string): string {
  return pointer.slice(parent.length) || "/";
}
