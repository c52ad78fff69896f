/** Schemas that are referred to by a name of their own (`$anchor`, `$dynamicAnchor`) and not by their place. */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";

interface Anchored {
  value: JsonObject;
  place: string;
}

/** Kept as long as the document: looked for once, and only where something refers to a name. */
const known = new WeakMap<JsonObject, ReadonlyMap<string, Anchored | null>>();

/** Null where no schema has the name, or more than one: which of them is meant depends on who asks. */
export function anchored(root: JsonObject, name: string): Anchored | null {
  return anchorsOf(root).get(name) ?? null;
}

export function isAmbiguous(root: JsonObject, name: string): boolean {
  return anchorsOf(root).get(name) === null;
}

function anchorsOf(root: JsonObject): ReadonlyMap<string, Anchored | null> {
  const found = known.get(root);
  if (found) return found;
  const anchors = new Map<string, Anchored | null>();
  collect(root, { place: "#", namesAreOwn: false }, anchors);
  known.set(root, anchors);
  return anchors;
}

/** Anybody's JSON, and no schemas. */
const data: ReadonlySet<string> = new Set(["example", "examples", "default", "enum", "const"]);
/** Below these the names are the document's own. */
const named: ReadonlySet<string> = new Set(["properties", "patternProperties", "$defs", "schemas", "dependentSchemas", "responses"]);

function collect(value: Json, { place, namesAreOwn }: { place: string; namesAreOwn: boolean }, anchors: Map<string, Anchored | null>): void {
  if (Array.isArray(value)) return value.forEach((item, index) => collect(item, { place: `${place}/${index}`, namesAreOwn: false }, anchors));
  if (!isJsonObject(value)) return;
  for (const name of Object.keys(value)) {
    const member = value[name] as Json;
    if (!namesAreOwn && (name === "$anchor" || name === "$dynamicAnchor") && typeof member === "string") anchors.set(member, isOther(anchors, member, value) ? null : { value, place });
    else if (namesAreOwn || !(data.has(name) || name.startsWith("x-"))) collect(member, { place: `${place}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, namesAreOwn: !namesAreOwn && named.has(name) }, anchors);
  }
}

function isOther(anchors: ReadonlyMap<string, Anchored | null>, name: string, value: JsonObject): boolean {
  return anchors.has(name) && anchors.get(name)?.value !== value;
}
