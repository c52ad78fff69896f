/** One operation of a JSON Patch (RFC 6902 §4), carried out in place on a document of our own. */
import { copyJson, equalJson, isJsonObject, type Json, type JsonObject, setMember } from "./json.ts";
import { countValues } from "./limits.ts";
import { arrayIndex, child, parsePointer } from "./pointer.ts";

export type Outcome = { ok: true } | { ok: false; reason: "malformed" | "not-applicable" | "too-large"; detail: string };

export interface PatchState {
  document: Json;
  /** How many values may still be added: copying a document into itself doubles it each time. */
  room: number;
}

const done: Outcome = { ok: true };

export function applyOperation(state: PatchState, operation: JsonObject): Outcome {
  const path = pointerMember(operation, "path");
  if (!Array.isArray(path)) return path;
  const value = Object.hasOwn(operation, "value") ? operation["value"] : undefined;
  const name = typeof operation["op"] === "string" ? operation["op"] : "";
  switch (name) {
    case "add":
      return value === undefined ? missing("value") : add(state, path, copyJson(value));
    case "remove":
      return remove(state, path);
    case "replace":
      return value === undefined ? missing("value") : replace(state, path, copyJson(value));
    case "test":
      return value === undefined ? missing("value") : test(state, path, value);
    case "copy":
    case "move":
      return transfer(state, path, operation);
    default:
      return { ok: false, reason: "malformed", detail: "op has to be add, remove, replace, move, copy or test" };
  }
}

function transfer(state: PatchState, path: string[], operation: JsonObject): Outcome {
  const from = pointerMember(operation, "from");
  if (!Array.isArray(from)) return from;
  const value = lookUp(state.document, from);
  if (value === undefined) return notThere("from");
  if (operation["op"] === "copy") return add(state, path, copyJson(value));
  const inside = path.length > from.length && from.every((token, index) => path[index] === token);
  if (inside) return { ok: false, reason: "not-applicable", detail: "a value cannot be moved into itself" };
  if (path.length === from.length && from.every((token, index) => path[index] === token)) return done;
  const removed = remove(state, from);
  return removed.ok ? add(state, path, value) : removed;
}

function add(state: PatchState, path: string[], value: Json): Outcome {
  state.room -= countValues(value);
  if (state.room < 0) return { ok: false, reason: "too-large", detail: "the document would become too large" };
  const last = path.at(-1);
  if (last === undefined) return setDocument(state, value);
  const parent = lookUp(state.document, path.slice(0, -1));
  if (Array.isArray(parent)) {
    const index = last === "-" ? parent.length : arrayIndex(last);
    if (index === null || index > parent.length) return { ok: false, reason: "not-applicable", detail: "the array has no such place" };
    parent.splice(index, 0, value);
    return done;
  }
  if (!isJsonObject(parent)) return notThere("its parent");
  setMember(parent, last, value);
  return done;
}

function remove(state: PatchState, path: string[]): Outcome {
  const last = path.at(-1);
  if (last === undefined) return { ok: false, reason: "not-applicable", detail: "the whole document cannot be removed" };
  const parent = lookUp(state.document, path.slice(0, -1));
  const value = parent === undefined ? undefined : child(parent, last);
  if (value === undefined) return notThere("it");
  state.room += countValues(value);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isJsonObject(parent)) delete parent[last];
  return done;
}

function replace(state: PatchState, path: string[], value: Json): Outcome {
  if (path.length === 0) {
    state.room += countValues(state.document);
    return add(state, path, value);
  }
  const parent = lookUp(state.document, path.slice(0, -1));
  const last = path.at(-1) ?? "";
  const before = parent === undefined ? undefined : child(parent, last);
  if (before === undefined) return notThere("it");
  state.room += countValues(before) - countValues(value);
  if (state.room < 0) return { ok: false, reason: "too-large", detail: "the document would become too large" };
  if (Array.isArray(parent)) parent[Number(last)] = value;
  else if (isJsonObject(parent)) setMember(parent, last, value);
  return done;
}

function test(state: PatchState, path: string[], value: Json): Outcome {
  const found = lookUp(state.document, path);
  if (found === undefined) return notThere("it");
  return equalJson(found, value) ? done : { ok: false, reason: "not-applicable", detail: "the value there is another one" };
}

function setDocument(state: PatchState, value: Json): Outcome {
  state.document = value;
  return done;
}

function lookUp(document: Json, path: string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const token of path) value = value === undefined ? undefined : child(value, token);
  return value;
}

function pointerMember(operation: JsonObject, name: "path" | "from"): string[] | (Outcome & { ok: false }) {
  const text = Object.hasOwn(operation, name) ? operation[name] : undefined;
  const tokens = typeof text === "string" ? parsePointer(text) : null;
  return tokens ?? { ok: false, reason: "malformed", detail: `${name} has to be a JSON pointer` };
}

function missing(name: string): Outcome {
  return { ok: false, reason: "malformed", detail: `${name} is missing` };
}

function notThere(what: string): Outcome {
  return { ok: false, reason: "not-applicable", detail: `${what} is not there` };
}
