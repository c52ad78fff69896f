// Hot path: for each part and tool of a request that is translated.
/**
 * Members that the model of a conversation has no place for, on parts and tools. Towards their own dialect they are written
 * word for word; any other one leaves them out, and `noteUnsaidParts` says so.
 */
import type { DialectName } from "./content.ts";
import { isList } from "./json.ts";
import type { JsonDraft, JsonObject } from "./json.ts";

export interface OwnMembers {
  readonly dialect: DialectName;
  readonly members: JsonObject;
}

/** Undefined where every member that says something is in `modelled`. */
export function ownMembers(dialect: DialectName, object: JsonObject, modelled: ReadonlySet<string>): OwnMembers | undefined {
  let members: JsonDraft | undefined;
  for (const name in object) {
    const value = object[name];
    if (value === undefined || value === null || value === false || (isList(value) && value.length === 0) || modelled.has(name) || name === "__proto__") continue;
    members ??= {};
    members[name] = value;
  }
  return members && { dialect, members };
}

/** What a writer of this dialect adds to what it writes. */
export function membersFor(dialect: DialectName, own: OwnMembers | undefined): JsonObject | undefined {
  return own?.dialect === dialect ? own.members : undefined;
}
