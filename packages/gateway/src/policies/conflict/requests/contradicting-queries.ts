/** Whether two queries name two resources: the same parameter has another value in each (`?id=7`, `?id=8`). What only one of them has may be a matter of form. */

/** Each with its question mark; "" for none. */
export function contradictingQueries(one: string, other: string): boolean {
  if (one === other || one === "" || other === "") return false;
  const [left, right] = [new URLSearchParams(one), new URLSearchParams(other)];
  return [...new Set(left.keys())].some((name) => right.has(name) && left.getAll(name).join("\n") !== right.getAll(name).join("\n"));
}
