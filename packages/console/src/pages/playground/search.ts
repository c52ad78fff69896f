/** Which models are compared stands in the address. */
export interface PlaygroundSearch {
  models?: string;
}

export function parsePlaygroundSearch(search: Record<string, unknown>): PlaygroundSearch {
  return typeof search["models"] === "string" && search["models"] !== "" ? { models: search["models"] } : {};
}
