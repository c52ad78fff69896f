/** Where on the gateway the operations of a version's document are, and what of its upstream nobody is to read there. */
import type { Service } from "./config/service.ts";

export interface DocumentPlacing {
  /** What stands in front of every call's path: `/notes`, or `/notes/v1`; empty for the root. */
  base: string;
  /** What the document may have in front of its own paths: the service's path, or the upstream's. */
  prefixes: readonly string[];
  /** The upstream's addresses. */
  hidden: readonly string[];
  /** How a call names this version, where it has to. */
  selector: { in: "header" | "query"; name: string; value: string } | null;
}

export function placingOf(service: Service, version: string | undefined): DocumentPlacing {
  const { path, versions } = service;
  const base = path === "/" ? "" : path;
  const select = versions?.select;
  const isNamedElsewhere = select !== undefined && version !== undefined && select.default !== version;
  const selector = isNamedElsewhere && (select.by === "header" || select.by === "query") ? { in: select.by, name: select.name ?? (select.by === "header" ? "API-Version" : "version"), value: version } : null;
  return {
    base: select?.by === "path" && version !== undefined ? `${base}/${version}` : base,
    prefixes: [path, upstreamPath(service, version)].filter((prefix) => prefix !== "" && prefix !== "/"),
    hidden: upstreamAddresses(service), selector,
  };
}

/** The same operation has the same path in two versions, so that they can be compared. */
export function comparablePlacing(service: Service, version: string | undefined): DocumentPlacing {
  return { ...placingOf(service, version), base: "", selector: null };
}

function upstreamPath({ upstream, versions }: Service, version: string | undefined): string {
  const own = version === undefined ? undefined : versions?.list[version]?.upstream;
  const url = (own ?? upstream)?.targets[0]?.url;
  return url === undefined ? "" : new URL(url).pathname.replace(/\/$/, "");
}

function upstreamAddresses({ upstream, versions, canary, mirror }: Service): string[] {
  const upstreams = [upstream, ...Object.values(versions?.list ?? {}).map((version) => version.upstream)];
  return [...upstreams.flatMap((one) => one?.targets.map(({ url }) => url) ?? []), ...[canary?.target, mirror?.target].filter((url) => url !== undefined)];
}
