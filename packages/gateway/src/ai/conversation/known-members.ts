// Hot path: for each event of a translated stream, and for each whole request and answer that is translated.
/**
 * Which members of a document somebody reads, by their place. What has a member besides is named, so that nothing of another
 * version of an API, or of a server that only resembles it, is lost without a word. May import JSON only.
 */
import type { JsonObject, JsonValue } from "./json.ts";

/** `true` for a member that is read, or kept, with all that is in it; `[]` behind a name says that it is a list. */
export interface KnownSpec {
  readonly [member: string]: KnownSpec | true;
}

export interface Known {
  /** Null where all that is below is known. */
  readonly members: ReadonlyMap<string, Known | null>;
  /** Of the object, empty at the top. */
  readonly path: string;
}

export function knownMembers(spec: KnownSpec, path = ""): Known {
  const members = Object.entries(spec).map(([written, below]): [string, Known | null] => {
    const name = written.replace(/\[\]$/, "");
    return [name, below === true ? null : knownMembers(below, path === "" ? written : `${path}.${written}`)];
  });
  return { members: new Map(members), path };
}

/** Calls `found` with the path of each member that is not known and says something. */
export function findUnknown(value: JsonValue | undefined, known: Known, found: (path: string) => void): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) findUnknown(item, known, found);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const name in value as JsonObject) {
    const below = known.members.get(name);
    if (below === null) continue;
    const member = (value as JsonObject)[name];
    if (below) findUnknown(member, below, found);
    else if (saysSomething(member)) found(known.path === "" ? name : `${known.path}.${name}`);
  }
}

/** No, none and nothing are what an absent member says as well. */
function saysSomething(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === 0) return false;
  if (typeof value !== "object") return true;
  return Array.isArray(value) ? value.some(saysSomething) : Object.values(value as JsonObject).some(saysSomething);
}
