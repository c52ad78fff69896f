/**
 * Three-way merge of configured things, field by field. A field that only one side changed is taken from that side; one
 * that both changed differently is an overlap, which a person decides. Arrays are one field: their order means something.
 */
import { pointerTo } from "../format/json-pointer.ts";

export interface Overlap {
  /** JSON pointer of the field. */
  pointer: string;
  path: readonly string[];
  /** Undefined: absent there. */
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export interface Merge {
  /** With mine in the place of every overlap. */
  merged: unknown;
  overlaps: Overlap[];
  /** Pointers of the fields that were taken from them. */
  taken: string[];
}

interface Sides {
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export function mergeThreeWay(sides: Sides): Merge {
  const outcome: Merge = { merged: undefined, overlaps: [], taken: [] };
  outcome.merged = mergeAt(sides, [], outcome);
  return outcome;
}

function mergeAt({ base, mine, theirs }: Sides, path: readonly string[], outcome: Merge): unknown {
  if (isSame(mine, theirs) || isSame(theirs, base)) return mine;
  if (isMembers(mine) && isMembers(theirs) && (isMembers(base) || base === undefined)) return mergeMembers({ base: base ?? {}, mine, theirs }, path, outcome);
  if (isSame(mine, base)) {
    outcome.taken.push(pointerTo(...path));
    return theirs;
  }
  outcome.overlaps.push({ pointer: pointerTo(...path), path, base, mine, theirs });
  return mine;
}

function mergeMembers(sides: { base: Members; mine: Members; theirs: Members }, path: readonly string[], outcome: Merge): Members {
  const merged: Members = {};
  const names = new Set([...Object.keys(sides.mine), ...Object.keys(sides.theirs)]);
  for (const name of names) {
    const value = mergeAt({ base: sides.base[name], mine: sides.mine[name], theirs: sides.theirs[name] }, [...path, name], outcome);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

/** The value with one field set; undefined takes the field out. */
export function withField(value: unknown, path: readonly string[], field: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return field;
  const members: Members = isMembers(value) ? { ...value } : {};
  const inner = withField(members[name], rest, field);
  if (inner === undefined) delete members[name];
  else members[name] = inner;
  return members;
}

type Members = Record<string, unknown>;

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Equal as JSON, whatever the order of members. */
export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) return Array.isArray(right) && left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  if (!isMembers(left) || !isMembers(right)) return false;
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => isSame(left[name], right[name]));
}
