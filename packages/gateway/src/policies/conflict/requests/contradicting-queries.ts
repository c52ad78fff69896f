/** Whether two queries name two resources: the same parameter has another value in each (`?id=7`, `?id=8`). What only one of them has may be a matter of form. */

/** Each with its question mark; "" for none. `except`: a parameter that names a version, which has the same resources as the others. */
export function contradictingQueries(one: string, other: string, except: string | null): boolean {
  if (one === other || one === "" || other === "") return false;
  const [left, right] = [new URLSearchParams(one), new URLSearchParams(other)];
  return [...new Set(left.keys())].some((name) => name !== except && right.has(name) && left.getAll(name).join("\n") !== right.getAll(name).join("\n"));
}
