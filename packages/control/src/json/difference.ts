/** The difference of two JSON values as an RFC 6902 patch of `add`, `remove` and `replace`, each with what was there before. */
import { appendToken, isJsonObject } from "@parley/merge";
import type { Json } from "@parley/stores/ports/config-store";

export interface Change {
  op: "add" | "remove" | "replace";
  path: string;
  before?: Json;
  value?: Json;
}

export function difference(before: Json | undefined, after: Json | undefined): Change[] {
  const changes: Change[] = [];
  compare({ before, after, path: "" }, changes);
  return changes;
}

/** Without `before`, as the audit log keeps it. */
export function asPatch(changes: readonly Change[]): { op: Change["op"]; path: string; value?: Json }[] {
  return changes.map(({ op, path, value }) => (value === undefined ? { op, path } : { op, path, value }));
}

interface Place {
  before: Json | undefined;
  after: Json | undefined;
  path: string;
}

function compare({ before, after, path }: Place, changes: Change[]): void {
  if (before === undefined) {
    if (after !== undefined) changes.push({ op: "add", path, value: after });
  } else if (after === undefined) {
    changes.push({ op: "remove", path, before });
  } else if (Array.isArray(before) && Array.isArray(after)) {
    compareArrays(before, after, { path, changes });
  } else if (isJsonObject(before) && isJsonObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare({ before: own(before, name), after: own(after, name), path: appendToken(path, name) }, changes);
    }
  } else if (before !== after) {
    changes.push({ op: "replace", path, before, value: after });
  }
}

/** Not what every object inherits, such as `toString`. */
function own(object: { [name: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Item by item; what is surplus goes from the end, so that each operation's index is right when it is carried out. */
function compareArrays(before: Json[], after: Json[], into: { path: string; changes: Change[] }): void {
  const shared = Math.min(before.length, after.length);
  for (let index = 0; index < shared; index++) compare({ before: before[index], after: after[index], path: `${into.path}/${index}` }, into.changes);
  for (let index = shared; index < after.length; index++) into.changes.push({ op: "add", path: `${into.path}/${index}`, value: after[index] as Json });
  for (let index = before.length - 1; index >= shared; index--) into.changes.push({ op: "remove", path: `${into.path}/${index}`, before: before[index] as Json });
}
