/** A new alert may begin with the filter of the page that it was asked for on. */
export function parseNewAlertSearch(search: Record<string, unknown>): { query?: string } {
  const { query } = search;
  return typeof query === "string" && query !== "" ? { query } : {};
}
