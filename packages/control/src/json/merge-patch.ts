/** JSON merge patch (RFC 7396 §2). */
import type { Json } from "@parley/stores/ports/config-store";

export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  // Without a prototype, so that a member called __proto__ is a member.
  const result: Record<string, Json> = Object.assign(Object.create(null) as Record<string, Json>, isObject(target) ? target : {});
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name] ?? null, value);
  }
  return { ...result };
}

export function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
