/** JSON merge patches (RFC 7396): applying one, and finding the one between two documents where there is one. */
import { equalJson, isJsonObject, type Json, type JsonObject, member, setMember } from "./json.ts";

/** Shares unchanged parts with both. Every JSON value is a merge patch, so there is nothing to refuse, but both have to be within limits. */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const result: JsonObject = {};
  const before = isJsonObject(target) ? target : {};
  for (const name of Object.keys(before)) {
    if (member(patch, name) !== null) setMember(result, name, before[name] as Json);
  }
  for (const name of Object.keys(patch)) {
    const change = patch[name] as Json;
    if (change !== null) setMember(result, name, applyMergePatch(member(before, name), change));
  }
  return result;
}

/**
 * The smallest merge patch that leads from one document to the other. Undefined where there is none: null means "remove"
 * in a merge patch, so a member that becomes null cannot be said.
 */
export function mergePatchBetween(from: Json, to: Json): Json | undefined {
  if (!isJsonObject(to)) return to;
  if (!isJsonObject(from)) return hasNullMember(to) ? undefined : to;
  const patch: JsonObject = {};
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) setMember(patch, name, null);
  for (const name of Object.keys(to)) {
    const [before, after] = [member(from, name), to[name] as Json];
    if (before !== undefined && equalJson(before, after)) continue;
    const change = after === null ? undefined : mergePatchBetween(before ?? null, after);
    if (change === undefined) return undefined;
    setMember(patch, name, change);
  }
  return patch;
}

/** Inside arrays null is a value as any other. */
function hasNullMember(object: JsonObject): boolean {
  return Object.values(object).some((value) => value === null || (isJsonObject(value) && hasNullMember(value)));
}
