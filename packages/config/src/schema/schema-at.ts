/** Reads the configuration's schema: which keys are known at a path, and what kind of value belongs there. */
import type { z } from "zod";
import type { Path } from "../diagnostics/finding.ts";

type Schema = z.core.$ZodType;
type AnyDef = z.core.$ZodTypes["_zod"]["def"];

/** The schemas that may apply at the path, without optionality and defaults; several where a union stands on the way. */
export function schemasAt(root: Schema, path: Path): Schema[] {
  let here = peel(root);
  for (const part of path) here = here.flatMap((schema) => child(schema, part).flatMap(peel));
  return here;
}

/** The keys that an object at the path may have; empty where any key may stand, or none. */
export function knownKeys(root: Schema, path: Path): string[] {
  return [...new Set(schemasAt(root, path).flatMap(shapeKeys))];
}

export function shapeKeys(schema: Schema): string[] {
  const def = definition(schema);
  return def.type === "object" ? Object.keys(def.shape) : [];
}

export function requiredKeys(schema: Schema): string[] {
  const def = definition(schema);
  return def.type === "object" ? Object.keys(def.shape).filter((key) => !mayBeMissing(def.shape[key] as Schema)) : [];
}

function mayBeMissing(schema: Schema): boolean {
  const def = definition(schema);
  if (def.type === "optional" || def.type === "default" || def.type === "prefault") return true;
  return "innerType" in def && mayBeMissing(def.innerType);
}

/** Whether it is the unit, perhaps with bounds of its own. */
export function isSameUnit(unit: Schema, schema: Schema): boolean {
  const [one, other] = [definition(unit), definition(schema)];
  return unit === schema || (one.type === "pipe" && other.type === "pipe" && one.out === other.out);
}

/** Paths (with `*` for names and items) at which a key is known: for a key that was written at the wrong place. */
export function pathsOfKey(root: Schema, key: string): string[] {
  const found: string[] = [];
  search({ key, found, open: new Set() }, root, []);
  return found;
}

interface Search {
  key: string;
  found: string[];
  /** Schemas on the way down, so that a recursive one ends. */
  open: Set<Schema>;
}

function search(task: Search, schema: Schema, path: string[]): void {
  for (const peeled of peel(schema)) {
    if (task.open.has(peeled)) continue;
    task.open.add(peeled);
    const def = definition(peeled);
    if (def.type === "object") {
      for (const [name, inner] of Object.entries(def.shape)) {
        if (name === task.key) task.found.push([...path, name].join("."));
        search(task, inner, [...path, name]);
      }
    } else if (def.type === "record") search(task, def.valueType, [...path, "*"]);
    else if (def.type === "array") search(task, def.element, [...path, "*"]);
    task.open.delete(peeled);
  }
}

function child(schema: Schema, part: string | number): Schema[] {
  const def = definition(schema);
  if (def.type === "object") return Object.hasOwn(def.shape, part) ? [def.shape[part] as Schema] : [];
  if (def.type === "record") return [def.valueType];
  return def.type === "array" ? [def.element] : [];
}

function peel(schema: Schema): Schema[] {
  const def = definition(schema);
  if ("innerType" in def && def.type !== "promise") return peel(def.innerType);
  if (def.type === "union") return def.options.flatMap(peel);
  // z.preprocess puts a transformation before the schema; a unit such as `duration` is a string with one behind it.
  if (def.type === "pipe" && definition(def.in).type === "transform") return peel(def.out);
  return [schema];
}

function definition(schema: Schema): AnyDef {
  return schema._zod.def as AnyDef;
}
