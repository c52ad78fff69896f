/** Which resource, as it stands in the address. */

export interface ResourceSearch {
  service?: string;
  resource?: string;
}

/** Takes what it knows from an address that anybody may have typed. */
export function parseResourceSearch(search: Record<string, unknown>): ResourceSearch {
  const { service, resource } = search;
  return { ...(typeof service === "string" && service ? { service } : {}), ...(typeof resource === "string" && resource ? { resource } : {}) };
}
