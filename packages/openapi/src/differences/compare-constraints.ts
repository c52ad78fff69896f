/** Bounds, patterns and formats of one schema and the other: each tighter, looser or different. */
import { isJsonObject, type JsonObject } from "@parley/merge";
import { textAt } from "../document/document.ts";
import { bounds } from "../schema/keywords.ts";
import type { SchemaComparison } from "./compare-schemas.ts";

interface At {
  place: string;
  pointer: string;
}

interface Sides {
  before: JsonObject;
  after: JsonObject;
}

/** Larger is tighter, or smaller is. */
const least = ["minLength", "minItems", "minProperties"] as const;
const most = ["maxLength", "maxItems", "maxProperties"] as const;

export function compareConstraints(sides: Sides, at: At, comparison: SchemaComparison): void {
  for (const name of least) compareNumbers(name, [countOf(sides.before[name]), countOf(sides.after[name])], at, comparison);
  for (const name of most) compareNumbers(name, [negated(sides.before[name]), negated(sides.after[name])], at, comparison);
  compareBounds(sides, at, comparison);
  comparePatterns(sides, at, comparison);
  compareFormats(sides, at, comparison);
  const [one, other] = [sides.before["uniqueItems"] === true, sides.after["uniqueItems"] === true];
  if (one !== other) tightened(!one, { ...at, message: `items have to be different: ${other ? "now" : "no longer"}` }, comparison);
  const [step, nextStep] = [sides.before["multipleOf"], sides.after["multipleOf"]];
  if (step !== nextStep) comparison.unclear({ ...at, kind: "constraint-tightened", message: `multipleOf was ${JSON.stringify(step ?? null)} and is ${JSON.stringify(nextStep ?? null)}` });
}

/** `null` stands for no bound; larger is tighter. */
function compareNumbers(name: string, [one, other]: [number | null, number | null], at: At, comparison: SchemaComparison): void {
  if (one === other) return;
  const message = `${name} was ${one === null ? "not there" : Math.abs(one)} and is ${other === null ? "gone" : Math.abs(other)}`;
  tightened(other !== null && (one === null || other > one), { ...at, message }, comparison);
}

/** The least length is 0 where none is said. */
function countOf(value: unknown): number | null {
  return typeof value === "number" && value > 0 ? value : null;
}

function negated(value: unknown): number | null {
  return typeof value === "number" ? -value : null;
}

function compareBounds({ before, after }: Sides, at: At, comparison: SchemaComparison): void {
  const [one, other] = [bounds(before), bounds(after)];
  for (const side of ["least", "most"] as const) {
    const [was, is] = [one[side], other[side]];
    if (was?.value === is?.value && was?.exclusive === is?.exclusive) continue;
    const sign = side === "least" ? 1 : -1;
    const isTighter = is !== null && (was === null || is.value * sign > was.value * sign || (is.value === was.value && is.exclusive));
    const text = (bound: typeof was): string => (bound === null ? "none" : `${bound.exclusive ? (side === "least" ? "above" : "below") : side === "least" ? "at least" : "at most"} ${bound.value}`);
    tightened(isTighter, { ...at, message: `the bound was ${text(was)} and is ${text(is)}` }, comparison);
  }
}

function comparePatterns({ before, after }: Sides, at: At, comparison: SchemaComparison): void {
  const [one, other] = [textAt(before, "pattern"), textAt(after, "pattern")];
  if (one === other) return;
  if (one === null) return tightened(true, { ...at, message: `has to match ${other} now` }, comparison);
  if (other === null) return tightened(false, { ...at, message: `need not match ${one} any more` }, comparison);
  comparison.unclear({ ...at, kind: "pattern-changed", message: `the pattern was ${one} and is ${other}` });
}

function compareFormats({ before, after }: Sides, at: At, comparison: SchemaComparison): void {
  const [one, other] = [textAt(before, "format"), textAt(after, "format")];
  if (one === other) return;
  const change = { ...at, kind: "format-changed" as const, message: `the format was ${one ?? "any"} and is ${other ?? "any"}` };
  if (one === null || (one === "int64" && other === "int32") || (one === "double" && other === "float")) comparison.narrowed(change);
  else if (other === null || (one === "int32" && other === "int64") || (one === "float" && other === "double")) comparison.widened(change);
  else comparison.unclear(change);
}

function tightened(isTighter: boolean, change: At & { message: string }, comparison: SchemaComparison): void {
  if (isTighter) comparison.narrowed({ ...change, kind: "constraint-tightened" });
  else comparison.widened({ ...change, kind: "constraint-loosened" });
}

/** Places of components that are the same in both documents with all that they refer to. */
export function sameComponents(before: JsonObject, after: JsonObject): ReadonlySet<string> {
  const [one, other] = [componentsOf(before), componentsOf(after)];
  const same = new Set([...one].filter(([place, { text }]) => other.get(place)?.text === text).map(([place]) => place));
  // What refers to something that changed has changed; round by round, until nothing is left to take out.
  for (let isDone = false; !isDone; ) {
    isDone = true;
    for (const place of same) {
      if (one.get(place)?.references.every((reference) => same.has(reference))) continue;
      same.delete(place);
      isDone = false;
    }
  }
  return same;
}

interface Component {
  text: string;
  references: readonly string[];
}

function componentsOf(root: JsonObject): Map<string, Component> {
  const schemas = isJsonObject(root["components"]) && isJsonObject(root["components"]["schemas"]) ? root["components"]["schemas"] : {};
  return new Map(Object.entries(schemas).map(([name, schema]) => {
    const text = JSON.stringify(schema);
    const references = [...new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] as string))];
    return [`#/components/schemas/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, { text, references }];
  }));
}
