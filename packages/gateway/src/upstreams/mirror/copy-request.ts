/** A call as its copy says it: the same resource of the mirror's version, whole and without conditions, in no coding. */
import type { Versions } from "@parley/contract/config/versions";
import type { Exchange } from "../../exchange/exchange.ts";
import { fieldValue, withoutFields } from "../../exchange/raw-fields.ts";
import { withVersion } from "../../exchange/media-type-version.ts";

export interface CopyRequest {
  /** Those that stand in front of what is below the service's path. */
  separate: ReadonlySet<string>;
  /** What a call to the mirror's version says; null where the calls say no version, or the mirror is an address. */
  names: { select: Versions["select"]; version: string } | null;
}

const dropped = new Set(["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range", "accept-encoding"]);
const safe = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

export function copyOf(exchange: Exchange, { separate, names }: CopyRequest): Partial<Exchange> {
  const rawHeaders = withoutFields(exchange.rawHeaders, dropped);
  rawHeaders.push("Accept-Encoding", "identity");
  const { version, rest } = exchange;
  const below = version !== undefined && separate.has(version) && rest.startsWith(`/${version}`) ? rest.slice(version.length + 1) : rest;
  return {
    rest: names === null ? below : inQuery(below, names),
    rawHeaders: names === null ? rawHeaders : inFields(rawHeaders, names),
    upstreamFields: [...(exchange.upstreamFields ?? []), "Parley-Mirror", "copy"],
    // A safe one may go over a connection that turns out to be stale and be sent once more; others are sent once at most.
    sentOnce: !safe.has(exchange.method),
  };
}

/** A copy is to be what a caller of the mirror's version would send. */
function inFields(rawHeaders: string[], { select, version }: NonNullable<CopyRequest["names"]>): string[] {
  if (select.by === "media-type") return inMediaTypes(rawHeaders, select.name?.toLowerCase() ?? "version", version);
  if (select.by !== "header") return rawHeaders;
  const name = select.name ?? "API-Version";
  if (fieldValue(rawHeaders, name.toLowerCase()) === undefined) return rawHeaders;
  return [...withoutFields(rawHeaders, new Set([name.toLowerCase()])), name, version];
}

function inMediaTypes(rawHeaders: string[], parameter: string, version: string): string[] {
  return rawHeaders.map((text, index) => (index % 2 === 1 && ["accept", "content-type"].includes((rawHeaders[index - 1] as string).toLowerCase()) ? withVersion(text, parameter, version) : text));
}

function inQuery(rest: string, { select, version }: NonNullable<CopyRequest["names"]>): string {
  const at = rest.indexOf("?");
  if (select.by !== "query" || at === -1) return rest;
  const key = select.name ?? "version";
  const parameters = new URLSearchParams(rest.slice(at + 1));
  if (!parameters.has(key)) return rest;
  parameters.set(key, version);
  return `${rest.slice(0, at)}?${parameters.toString()}`;
}
