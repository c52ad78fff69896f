/** Addresses below /.well-known/parley/services/: which of a service's pages is meant, and in which form. Names of versions go before words of ours. */
import { servicesPath } from "@parley/contract/problems/problem";

export type PageForm = "html" | "markdown";

export type Wanted =
  | { kind: "reference"; version: string | undefined; form: PageForm | null }
  | { kind: "tag"; version: string | undefined; slug: string; form: PageForm | null }
  | { kind: "document"; version: string | undefined; type: "json" | "yaml" }
  | { kind: "changes"; from: string; to: string; form: PageForm | null };

/** Null where no service is named. `isService` tells names that are in force. */
export function serviceIn(path: string, isService: (name: string) => boolean): { service: string; rest: string[]; form: PageForm | null } | null {
  if (!path.startsWith(servicesPath)) return null;
  const [name = "", ...rest] = path.slice(servicesPath.length).replace(/\/$/, "").split("/");
  if (isService(name)) return { service: name, rest, form: null };
  const bare = withoutSuffix(name);
  return rest.length === 0 && bare !== null && isService(bare) ? { service: bare, rest, form: "markdown" } : null;
}

export function wantedIn(rest: readonly string[], query: URLSearchParams, { versions, form }: { versions: ReadonlySet<string>; form: PageForm | null }): Wanted | null {
  const [first, ...more] = rest;
  if (first === undefined) return { kind: "reference", version: undefined, form };
  if (versions.has(first)) return below(more, first);
  const bare = withoutSuffix(first);
  if (more.length === 0 && bare !== null && versions.has(bare)) return { kind: "reference", version: bare, form: "markdown" };
  if (more.length === 0 && (bare ?? first) === "changes") return { kind: "changes", from: query.get("from") ?? "", to: query.get("to") ?? "", form: bare === null ? null : "markdown" };
  return below(rest, undefined);
}

function below([first, second, ...more]: readonly string[], version: string | undefined): Wanted | null {
  if (more.length > 0) return null;
  if (first === undefined) return { kind: "reference", version, form: null };
  if (second === undefined) return first === "openapi.json" || first === "openapi.yaml" ? { kind: "document", version, type: first === "openapi.json" ? "json" : "yaml" } : null;
  if (first !== "tags") return null;
  const bare = withoutSuffix(second);
  return { kind: "tag", version, slug: bare ?? second, form: bare === null ? null : "markdown" };
}

function withoutSuffix(name: string): string | null {
  return name.endsWith(".md") ? name.slice(0, -3) : null;
}

export interface PagePlace {
  service: string;
  version: string | undefined;
  form: PageForm;
}

export function referenceAddress({ service, version, form }: PagePlace): string {
  const page = version === undefined ? `${servicesPath}${service}` : `${servicesPath}${service}/${version}`;
  if (form === "markdown") return `${page}.md`;
  return version === undefined ? `${page}/` : page;
}

export function tagAddress(place: PagePlace, slug: string): string {
  return `${placeOf(place)}/tags/${slug}${suffix(place)}`;
}

export function documentAddress(place: PagePlace, type: "json" | "yaml"): string {
  return `${placeOf(place)}/openapi.${type}`;
}

export function changesAddress({ service, form }: PagePlace, from: string, to: string): string {
  return `${servicesPath}${service}/changes${suffix({ form })}?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`;
}

function placeOf({ service, version }: PagePlace): string {
  return `${servicesPath}${service}${version === undefined ? "" : `/${version}`}`;
}

function suffix({ form }: Pick<PagePlace, "form">): string {
  return form === "markdown" ? ".md" : "";
}
