/** Answers that no provider was seen to give, and that are next to ones that were: a member is missing, null, empty, of another type, or new. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Place = readonly (string | number)[];

/** Every place in a value but its own. */
export function placesIn(value: Json, at: Place = []): Place[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, each]) => {
    const place = [...at, Array.isArray(value) ? Number(name) : name];
    return [place, ...placesIn(each, place)];
  });
}

export const changes = {
  missing: () => undefined,
  null: () => null,
  empty: (old: Json) => (typeof old === "string" ? "" : typeof old === "number" ? -1 : Array.isArray(old) ? [] : {}),
  "of another type": (old: Json) => (typeof old === "string" ? 5 : typeof old === "number" ? "x" : Array.isArray(old) ? { a: 1 } : typeof old === "boolean" ? "yes" : [1]),
  "out of bounds": (old: Json) => (typeof old === "number" ? 1e308 : "\ud800"),
} satisfies Record<string, (old: Json) => Json | undefined>;

export function changed(value: Json, place: Place, change: keyof typeof changes): Json {
  const copy = structuredClone(value);
  const last = place.at(-1) as string;
  const holder = place.slice(0, -1).reduce<Json>((each, name) => (each as Record<string, Json>)[name] as Json, copy) as Record<string, Json>;
  const made = changes[change](holder[last] as Json);
  if (made !== undefined) holder[last] = made;
  else if (Array.isArray(holder)) (holder as unknown as Json[]).splice(Number(last), 1);
  else delete holder[last];
  return copy;
}
