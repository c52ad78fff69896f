/** Hot path. Reads the version that a call names, as configured; null where it names none. Nothing is decided here. */
import type { Versions } from "@parley/contract/config/versions";
import type { Exchange } from "../../exchange/exchange.ts";
import { preferredVersion } from "../../exchange/media-type-version.ts";

export type Selector = (exchange: Pick<Exchange, "rest" | "headers">) => string | null;

const defaultNames = { header: "api-version", query: "version", "media-type": "version" } as const;

export function compileSelector({ by, name }: Versions["select"], exists: (version: string) => boolean): Selector {
  switch (by) {
    case "path":
      return ({ rest }) => firstSegment(rest);
    case "header": {
      const lowerName = (name ?? defaultNames.header).toLowerCase();
      return ({ headers }) => written(headers[lowerName]);
    }
    case "query": {
      const key = name ?? defaultNames.query;
      return ({ rest }) => inQuery(rest, key);
    }
    case "media-type": {
      const parameter = (name ?? defaultNames["media-type"]).toLowerCase();
      // What is asked for says it; a write whose answer's form does not matter says it with what it sends.
      return ({ headers }) => preferredVersion(headers.accept, parameter, exists) ?? preferredVersion(headers["content-type"], parameter, exists);
    }
  }
}

function written(value: string | string[] | undefined): string | null {
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  return text === undefined || text === "" ? null : text;
}

function firstSegment(rest: string): string | null {
  if (rest.charCodeAt(0) !== 47) return null;
  let end = 1;
  while (end < rest.length && rest.charCodeAt(end) !== 47 && rest.charCodeAt(end) !== 63) end++;
  return end === 1 ? null : rest.slice(1, end);
}

/** Said twice it has to be the same: a service that reads the other one would serve what nobody let the caller have. */
function inQuery(rest: string, key: string): string | null {
  const query = rest.indexOf("?");
  if (query === -1) return null;
  const [first, ...more] = new URLSearchParams(rest.slice(query + 1)).getAll(key);
  return written(more.some((value) => value !== first) ? [first, ...more].join(", ") : first);
}
