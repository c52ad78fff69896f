/** Hot path. Whether no two items are equal, as `uniqueItems` asks: by a text that equal values have in common. */
import type { Json } from "@parley/merge";
import type { Run } from "./run.ts";

/** Deeper ones are not compared. */
const maxNesting = 100;

export function areDifferent(items: readonly Json[], run: Run): boolean {
  const texts = new Set(items.map((item) => canonical(item, run)));
  return run.gaveUp || texts.size === items.length;
}

function canonical(value: Json, run: Run, depth = 0): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (depth > maxNesting) run.giveUp("value");
  if (run.gaveUp) return "";
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, run, depth + 1)).join()}]`;
  return `{${Object.keys(value).toSorted().map((name) => `${JSON.stringify(name)}:${canonical(value[name] as Json, run, depth + 1)}`).join()}}`;
}
