/** What schemas ask of values beside types and bounds: each by its own where that can be, else that it has changed. */
import { equalJson, isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { escapeToken, type Placed } from "../document/document.ts";
import type { SchemaComparison } from "./compare-schemas.ts";

interface Sides {
  before: Placed;
  after: Placed;
}

const conditions = ["not", "discriminator", "propertyNames", "contains", "minContains", "maxContains", "dependentRequired", "dependentSchemas", "if", "then", "else", "unevaluatedItems"] as const;
/** Those that are schemas, or schemas by name: what they refer to may have changed where they have not. */
const ofSchemas: ReadonlySet<string> = new Set(["not", "propertyNames", "contains", "dependentSchemas", "if", "then", "else", "unevaluatedItems"]);

export function compareConditions(sides: Sides, { place, depth }: { place: string; depth: number }, comparison: SchemaComparison): void {
  const changed = (name: string): void => comparison.unclear({ kind: "composition-changed", place, pointer: sides.before.place, message: `\`${name}\` has changed` });
  for (const name of ["prefixItems", "patternProperties"] as const) {
    const pairs = pairsOf(sides, name);
    if (pairs === null) changed(name);
    else for (const [key, was, is] of pairs) comparison.compare(was, is, `${place}/${name === "prefixItems" ? key : "*"}`, depth + 1);
  }
  // Whether it is narrower or wider depends on the value.
  for (const name of conditions) if (isOther(sides, name, { comparison, depth })) changed(name);
}

function isOther(sides: Sides, name: (typeof conditions)[number], { comparison, depth }: { comparison: SchemaComparison; depth: number }): boolean {
  const [one, other] = [sides.before.value[name], sides.after.value[name]];
  if (!equalJson(one, other)) return true;
  if (!ofSchemas.has(name) || !isJsonObject(one) || !isJsonObject(other)) return false;
  if (name === "dependentSchemas") return (pairsOf(sides, name) ?? []).some(([, was, is]) => comparison.differs(was, is, depth + 1));
  return comparison.differs({ value: one, place: `${sides.before.place}/${name}` }, { value: other, place: `${sides.after.place}/${name}` }, depth + 1);
}

/** Schemas by name, or by index; null where the documents have different ones. */
function pairsOf({ before, after }: Sides, name: string): [key: string, was: Placed, is: Placed][] | null {
  const [one, other] = [schemasIn(before.value[name]), schemasIn(after.value[name])];
  if (!equalJson(Object.keys(one), Object.keys(other))) return null;
  const placed = (value: Json | undefined, holder: Placed, key: string): Placed => ({ value: asSchema(value), place: `${holder.place}/${name}/${escapeToken(key)}` });
  return Object.keys(one).map((key) => [key, placed(one[key], before, key), placed(other[key], after, key)]);
}

function schemasIn(value: Json | undefined): Readonly<Record<string, Json>> {
  if (Array.isArray(value)) return Object.fromEntries(value.map((schema, index) => [String(index), schema]));
  return isJsonObject(value) ? value : {};
}

/** What is always right says nothing; what is never is the contrary of that. */
function asSchema(value: Json | undefined): JsonObject {
  if (value === false) return { not: {} };
  return isJsonObject(value) ? value : {};
}
