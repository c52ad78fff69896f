import type { Config } from "@parley/contract/config/config";
import type { Service } from "@parley/contract/config/service";
import type { Upstream } from "@parley/contract/config/upstream";
import type { Finding, Path } from "../diagnostics/finding.ts";
import { type DefinedNames, collision, invalid, unknownReference } from "./check.ts";

export function serviceFindings(config: Config, defined: DefinedNames): Finding[] {
  const names = new Map<string, string>();
  const findings: Finding[] = [];
  // Paths only where there is something to say: of ten thousand services nearly all have nothing wrong with them.
  const services = Object.entries(config.services);
  for (const [name, service] of services) {
    const first = names.get(service.path);
    if (first === undefined) names.set(service.path, name);
    else findings.push(collision(["services", name, "path"], `the path ${service.path} is taken`, ["services", first, "path"]));
    for (const finding of ownFindings(service, ["services", name])) findings.push(finding);
    if (service.access === "mtls") findings.push(...authorityFindings(service, defined, ["services", name]));
  }
  for (const [name, service] of services) if (service.versions !== undefined) findings.push(...versionPathFindings(name, service, names));
  return findings;
}

/** What is wrong with a service by itself, whatever else there is. */
export function ownFindings(service: Service, path: Path): Finding[] {
  if (isPlain(service)) return [];
  return [...upstreamFindings(service.upstream, [...path, "upstream"]), ...accessFindings(service, path), ...duplicateFindings(service, path), ...versionFindings(service, path)];
}

/** Nothing in it could be wrong by itself, as in most of ten thousand: told without a list or a path of any. */
function isPlain({ upstream, access, conflict, versions, canary }: Service): boolean {
  if (versions !== undefined || canary !== undefined || access === "jwt" || conflict.onDuplicate !== "reject") return false;
  return upstream === undefined || (upstream.targets[0]?.weight ?? 0) > 0;
}

/** The longer path wins: a service at a version's address would take all of its calls away. */
function versionPathFindings(name: string, service: Service, names: ReadonlyMap<string, string>): Finding[] {
  return versionPaths(service).flatMap(({ path, place }) => {
    const other = names.get(path);
    return other !== undefined ? [collision(["services", other, "path"], `calls to ${path} are those of a version already`, ["services", name, ...place])] : [];
  });
}

/** Of a service, as it is written or as it is read. */
export interface VersionedPath {
  path: string;
  versions?: { select: { by: string; aliases?: Record<string, string> | undefined }; list: Record<string, unknown> } | undefined;
}

/** Where each version and each alias is called, by path. */
export function versionPaths({ path, versions }: VersionedPath): { path: string; place: Path }[] {
  if (versions?.select.by !== "path") return [];
  const below = path === "/" ? "/" : `${path}/`;
  return [
    ...Object.keys(versions.list).map((name) => ({ path: below + name, place: ["versions", "list", name] })),
    ...Object.keys(versions.select.aliases ?? {}).map((name) => ({ path: below + name, place: ["versions", "select", "aliases", name] })),
  ];
}

function upstreamFindings(upstream: Upstream | undefined, path: Path): Finding[] {
  if (!upstream || upstream.targets.some((target) => target.weight > 0)) return [];
  return [invalid([...path, "targets"], "no target has a weight above 0, so no call could be sent anywhere")];
}

/** Of a service, and of the AI side. */
export function accessFindings(side: Pick<Service, "access" | "jwt">, path: Path): Finding[] {
  if (side.access !== "jwt" || side.jwt) return [];
  return [invalid([...path, "access"], "access: jwt needs to know whose tokens to believe", "add jwt: { issuer: …, jwks: …, audience: … } beside it")];
}

/** Of a service, and of the AI side: without authorities nobody's certificate is believed, and every call would be refused. */
export function authorityFindings(side: Pick<Service, "access" | "mtls">, { clientAuthorities }: Pick<DefinedNames, "clientAuthorities">, path: Path): Finding[] {
  if (side.access !== "mtls" || side.mtls?.ca !== undefined || clientAuthorities) return [];
  return [invalid([...path, "access"], "access: mtls needs to know whose certificates to believe", "add mtls: { ca: … } beside it, or clientCa to gateway.tls")];
}

/** Without a key that is unique nothing says what a duplicate is. */
function duplicateFindings({ conflict }: Service, path: Path): Finding[] {
  if (conflict.onDuplicate === "reject" || conflict.uniqueKey !== undefined) return [];
  return [invalid([...path, "conflict", "onDuplicate"], `onDuplicate: ${conflict.onDuplicate} needs to know what makes a create a duplicate`, "add uniqueKey: a JSON pointer such as /email beside it")];
}

function versionFindings(service: Service, path: Path): Finding[] {
  const { versions, canary } = service;
  if (versions === undefined && canary === undefined) return [];
  const names = Object.keys(versions?.list ?? {});
  const wanted: [reference: string | undefined, at: Path][] = [
    [canary?.version, [...path, "canary", "version"]],
    ...Object.entries(versions?.select.aliases ?? {}).map(([alias, name]): [string, Path] => [name, [...path, "versions", "select", "aliases", alias]]),
    [versions?.select.default, [...path, "versions", "select", "default"]],
    ...Object.entries(versions?.list ?? {}).map(([name, version]): [string | undefined, Path] => [version.successor, [...path, "versions", "list", name, "successor"]]),
  ];
  const unknown = wanted.flatMap(([name, at]) =>
    name === undefined || names.includes(name) ? [] : [unknownReference(at, `the service has no version "${name}"`, { name, known: names })],
  );
  return [...unknown, ...selectionFindings(service, path), ...lifeFindings(service, path), ...successorCycles(service, path)];
}

/** Names that no call could mean, or that mean two versions at once. */
function selectionFindings({ versions }: Service, path: Path): Finding[] {
  if (versions === undefined) return [];
  const { by, name, aliases, default: usual } = versions.select;
  const at = [...path, "versions", "select"];
  const findings = Object.keys(aliases)
    .filter((alias) => Object.hasOwn(versions.list, alias) && aliases[alias] !== alias)
    .map((alias) => invalid([...at, "aliases", alias], `${alias} is a version itself, so that it cannot be another name of ${aliases[alias]}`));
  const meant = usual === undefined ? undefined : versions.list[usual];
  if (meant?.status === "draft") findings.push(invalid([...at, "default"], `${usual} is a draft, which is there for consumers alone that are pinned to it`, "take a published version as the default, or none"));
  if (name !== undefined && (by === "header" || by === "media-type") && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) findings.push(invalid([...at, "name"], by === "header" ? "not the name of a header field" : "not the name of a media type's parameter"));
  return findings;
}

/** The Sunset header's date never lies before the Deprecation header's (RFC 9745 §4). */
function lifeFindings(service: Service, path: Path): Finding[] {
  return Object.entries(service.versions?.list ?? {}).flatMap(([name, version]) => {
    const at = [...path, "versions", "list", name];
    const upstream = upstreamFindings(version.upstream, [...at, "upstream"]);
    const { deprecated, sunset } = version;
    if (deprecated === undefined || sunset === undefined || Date.parse(sunset) >= Date.parse(deprecated)) return upstream;
    return [...upstream, invalid([...at, "sunset"], `the version would end (${sunset}) before it is deprecated (${deprecated})`)];
  });
}

/** Reported once for each cycle, at the member that is written first. */
function successorCycles(service: Service, path: Path): Finding[] {
  const list = service.versions?.list ?? {};
  const done = new Set<string>();
  return Object.keys(list).flatMap((start) => {
    const trail: string[] = [];
    let name: string | undefined = start;
    while (name !== undefined && !done.has(name) && !trail.includes(name)) {
      trail.push(name);
      name = list[name]?.successor;
    }
    const cycle = name === undefined || done.has(name) ? [] : trail.slice(trail.indexOf(name));
    for (const member of trail) done.add(member);
    if (cycle.length === 0) return [];
    return [invalid([...path, "versions", "list", cycle[0] as string, "successor"], `the successors go round in a circle: ${[...cycle, cycle[0]].join(" → ")}`)];
  });
}
