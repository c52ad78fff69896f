/** Hot path. Reads the version that a call names, as configured; null where it names none. Nothing is decided here. */
import type { Versions } from "@parley/contract/config/versions";
import type { Exchange } from "../../exchange/exchange.ts";

export type Selector = (exchange: Pick<Exchange, "rest" | "headers">) => string | null;

const defaultNames = { header: "api-version", query: "version", "media-type": "version" } as const;

export function compileSelector({ by, name }: Versions["select"]): Selector {
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
      return ({ headers }) => mediaTypeParameter(headers.accept, parameter) ?? mediaTypeParameter(headers["content-type"], parameter);
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

function inQuery(rest: string, key: string): string | null {
  const query = rest.indexOf("?");
  return query === -1 ? null : written(new URLSearchParams(rest.slice(query + 1)).get(key) ?? undefined);
}

/** Of the first media range that has it (RFC 9110 §5.6.6); quoted values lose their quotes. */
function mediaTypeParameter(field: string | undefined, parameter: string): string | null {
  if (field === undefined) return null;
  for (const part of field.split(/[,;]/)) {
    const equals = part.indexOf("=");
    if (equals !== -1 && part.slice(0, equals).trim().toLowerCase() === parameter) return written(part.slice(equals + 1).trim().replace(/^"(.*)"$/, "$1"));
  }
  return null;
}
