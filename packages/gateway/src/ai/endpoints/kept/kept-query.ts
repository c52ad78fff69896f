/** The query of a call about kept objects, on its way to the provider. */

/** Without the caller's own key, which may stand in it. */
export function queryOf(target: string): URLSearchParams {
  const query = new URLSearchParams(target.includes("?") ? target.slice(target.indexOf("?")) : "");
  query.delete("key");
  return query;
}

export function withQuery(query: URLSearchParams, change: Record<string, string | null>): string {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) changed.delete(name);
    else changed.set(name, value);
  }
  return changed.size === 0 ? "" : `?${changed.toString()}`;
}
