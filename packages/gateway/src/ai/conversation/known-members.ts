// Hot path: for each event of a translated stream, and for each whole request and answer that is translated.
/**
 * Which members of a document somebody reads, by their place. What has a member besides is named, so that nothing of another
 * version of an API, or of a server that only resembles it, is lost without a word. May import JSON only.
 */
import { asText, isObject } from "./json.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/**
 * `true` for a member that is read, or kept, with all that is in it; `[]` behind a name says that it is a list. The member `*`
 * stands for all others, where somebody else looks after them.
 */
export interface KnownSpec {
  readonly [member: string]: Spec;
}

type Spec = KnownSpec | Kinds | true;

/** Objects that are told apart by a member, such as `type`; `true` for kinds that are kept as they are, `undefined` for those without it. */
export class Kinds {
  readonly by: string;
  readonly of: Readonly<Record<string, Spec>>;
  readonly others: Spec;

  constructor(by: string, of: Readonly<Record<string, Spec>>, others: Spec) {
    this.by = by;
    this.of = of;
    this.others = others;
  }
}

export interface Known {
  readonly path: string;
  /** Null for what holds whatever it likes. */
  readonly members: ReadonlyMap<string, Known | null>;
  readonly takesAll: boolean;
  readonly kinds?: { readonly by: string; readonly of: ReadonlyMap<string, Known | null>; readonly others: Known | null };
}

interface Writing {
  path?: string;
  /** Names are also known in snake_case, as Google's are. */
  alsoSnakeCase?: boolean;
}

export function knownMembers(spec: KnownSpec | Kinds, writing: Writing = {}): Known {
  const { path = "", alsoSnakeCase = false } = writing;
  const of = (each: Spec, at: string): Known | null => (each === true ? null : knownMembers(each, { path: at, alsoSnakeCase }));
  if (spec instanceof Kinds) {
    const kinds = Object.entries(spec.of).map(([kind, each]): [string, Known | null] => [kind, of(each, path)]);
    return { path, members: new Map(), takesAll: false, kinds: { by: spec.by, of: new Map(kinds), others: of(spec.others, path) } };
  }
  const members = Object.entries(spec).flatMap(([written, below]): [string, Known | null][] => {
    const name = written.replace(/\[\]$/, "");
    const known = of(below, path === "" ? written : `${path}.${written}`);
    return alsoSnakeCase ? [[name, known], [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), known]] : [[name, known]];
  });
  return { path, members: new Map(members), takesAll: "*" in spec };
}

/** Calls `found` with the path of each member that is not known and says something. */
export function findUnknown(value: JsonValue | undefined, known: Known, found: (path: string) => void): void {
  if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) findUnknown(item, known, found);
  else if (isObject(value)) findIn(value, known, found);
}

function findIn(object: JsonObject, known: Known, found: (path: string) => void): void {
  const { kinds } = known;
  if (kinds) {
    const kind = kinds.of.get(asText(object[kinds.by]) ?? "undefined");
    const node = kind === undefined ? kinds.others : kind;
    if (node) findIn(object, node, found);
    return;
  }
  for (const name in object) {
    const below = known.members.get(name);
    if (below) findUnknown(object[name], below, found);
    else if (below === undefined && !known.takesAll && saysSomething(object[name])) found(known.path === "" ? name : `${known.path}.${name}`);
  }
}

/** No, none and nothing are what an absent member says as well. */
function saysSomething(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === 0) return false;
  if (typeof value !== "object") return true;
  return Array.isArray(value) ? value.some(saysSomething) : Object.values(value as JsonObject).some(saysSomething);
}
