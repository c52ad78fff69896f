/** How large a document may be to be merged or patched. The walk keeps its own stack: a document may be deeper than the machine's. */
import { isJsonObject, type Json } from "./json.ts";

export interface Limits {
  /** Containers within one another; a scalar has depth 0. */
  depth: number;
  /** Values, containers included. */
  values: number;
  /** Operations of one patch, and differences or overlaps of one result. */
  operations: number;
}

/** Of a merge whose rules name none. */
export const defaultLimits: Limits = { depth: 64, values: 100_000, operations: 10_000 };

/** Which limit a document, a patch or a result is beyond. */
export interface LimitsRefusal {
  limit: keyof Limits;
  allowed: number;
  /** In words, to be shown. */
  detail: string;
}

/** Null where the document is within the limits. */
export function exceedsLimits(document: Json, limits: Limits): LimitsRefusal | null {
  let level: Json[] = [document];
  let values = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    values += level.length;
    if (values > limits.values) return refusal("values", limits);
    const next: Json[] = [];
    for (const value of level) pushChildren(value, next);
    if (next.length > 0 && depth >= limits.depth) return refusal("depth", limits);
    level = next;
  }
  return null;
}

export function countValues(document: Json): number {
  let count = 0;
  const pending: Json[] = [document];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    count += 1;
    pushChildren(value, pending);
  }
  return count;
}

function pushChildren(value: Json, into: Json[]): void {
  if (Array.isArray(value)) for (const item of value) into.push(item);
  else if (isJsonObject(value)) for (const name of Object.keys(value)) into.push(value[name] ?? null);
}

const words: Record<keyof Limits, string> = { depth: "nests deeper than", values: "has more values than", operations: "has more operations than" };

export function refusal(limit: keyof Limits, limits: Limits): LimitsRefusal {
  return { limit, allowed: limits[limit], detail: `it ${words[limit]} ${limits[limit]}` };
}
