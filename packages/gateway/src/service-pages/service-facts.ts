/** What holds for a service's callers beside its document: versions, how to be let in, limits, and what becomes of writes that meet. */
import type { Service } from "@parley/contract/config/service";
import type { Limit } from "@parley/contract/config/limits";
import { problemPath } from "@parley/contract/problems/problem";
import { paragraph, type Block, type Inline } from "@parley/openapi/reference";
import type { VersionsPage } from "../policies/versions/versions-page.ts";
import { changesAddress, referenceAddress, type PagePlace } from "./page-address.ts";

export interface VersionFacts {
  page: VersionsPage;
  /** Those with a document that this caller may see, oldest first as the configuration has them. */
  documented: readonly string[];
}

export function versionBlocks(place: PagePlace, { page, documented }: VersionFacts): Block[] {
  const items = page.versions.map(({ version, state, deprecated, sunset, successor }) => ({
    depth: 0,
    text: [
      documented.includes(version) ? { link: referenceAddress({ ...place, version }), text: version } : { strong: version },
      ...(version === page.select.default ? [", the default"] : []),
      ...(state === "published" || (state === "deprecated" && deprecated !== null) ? [] : [`, ${state}`]),
      ...(deprecated === null ? [] : [`, deprecated from ${deprecated}`]), ...(sunset === null ? [] : [`, gone from ${sunset}`]),
      ...(successor === null ? [] : [`, followed by ${successor}`]),
      ...(successor !== null && documented.includes(successor) && documented.includes(version) ? [": ", changesLink(place, version, successor)] : []),
    ],
  }));
  const steps = documented.slice(1).map((to, index): [string, string] => [documented[index] as string, to]).filter(([from, to]) => page.versions.find(({ version }) => version === from)?.successor !== to);
  return [
    { kind: "heading", level: 2, id: "versions", text: ["Versions"] },
    { kind: "list", items: [...items, ...steps.slice(0, 20).map(([from, to]) => ({ depth: 0, text: [changesLink(place, from, to)] }))] },
  ];
}

function changesLink(place: PagePlace, from: string, to: string): Inline {
  return { link: changesAddress(place, from, to), text: `what changed from ${from} to ${to}` };
}

export function callingBlocks({ access, path, versions }: Service, { origin, version }: { origin: string; version: string | undefined }): Block[] {
  const byPath = versions?.select.by === "path" && version !== undefined;
  const address = `${origin}${path === "/" ? "" : path}${byPath ? `/${version}` : ""}` || "/";
  return [
    { kind: "heading", level: 2, id: "calling", text: ["How to call it"] },
    paragraph("The service is at ", { code: address }, ". ", ...byAccess[access]),
    ...(versions === undefined || version === undefined ? [] : [paragraph(...selection(versions, version))]),
  ];
}

const byAccess: Readonly<Record<Service["access"], readonly Inline[]>> = {
  open: ["It asks for no key."],
  key: ["Every call carries a key, as ", { code: "Authorization: Bearer $PARLEY_KEY" }, " or ", { code: "X-Api-Key: $PARLEY_KEY" }, "; without one the answer is ", problemLink("missing-key"), "."],
  jwt: ["Every call carries a token, as ", { code: "Authorization: Bearer $PARLEY_TOKEN" }, "; without one the answer is ", problemLink("missing-token"), "."],
  mtls: ["Every call is made over TLS with a client certificate that the gateway knows."],
};

function selection({ select }: NonNullable<Service["versions"]>, version: string): Inline[] {
  const isDefault = select.default === version;
  const unnamed = isDefault ? ["A call that names none gets it, unless its key is bound to another."] : [];
  switch (select.by) {
    case "path":
      return ["The version stands in the path.", ...(isDefault ? [" Without it the default answers."] : [])];
    case "header":
      return ["This version is named by the field ", { code: `${select.name ?? "API-Version"}: ${version}` }, ". ", ...unnamed];
    case "query":
      return ["This version is named in the query: ", { code: `${select.name ?? "version"}=${version}` }, ". ", ...unnamed];
    case "media-type":
      return ["This version is named by a parameter of the media type in Accept: ", { code: `application/json; ${select.name ?? "version"}=${version}` }, ". ", ...unnamed];
  }
}

export interface OwnLimits {
  service: readonly Limit[];
  /** Of whoever reads the page, and of their key. */
  caller: readonly Limit[];
}

export function limitBlocks({ service, caller }: OwnLimits): Block[] {
  const items = [...service.map((limit) => limitText(limit, "the service")), ...caller.map((limit) => limitText(limit, "you"))].flatMap((text) => (text === null ? [] : [{ depth: 0, text: [text] }]));
  const heading: Block = { kind: "heading", level: 2, id: "limits", text: ["Limits"] };
  if (items.length === 0) return [heading, paragraph("There is no limit of its own on this service.")];
  return [heading, { kind: "list", items }, paragraph("Answers say what is left, in ", { code: "RateLimit" }, " and ", { code: "RateLimit-Policy" }, "; past a limit the answer is 429, and ", { code: "Retry-After" }, " says when to come again.")];
}

/** Null for what a service's calls never meet. */
function limitText(limit: Limit, owner: string): string | null {
  if ("tokens" in limit || "cost" in limit) return null;
  const where = `${limit.methods === undefined ? "" : `, ${limit.methods.join(", ")} only`}${limit.path === undefined ? "" : `, at ${limit.path}`}`;
  if ("bodyBytes" in limit) return `Bodies of up to ${limit.bodyBytes} bytes${where}`;
  const by = limit.by === undefined ? (owner === "you" ? "you" : "each caller") : `each ${[limit.by].flat().join(" and ")}`;
  if ("concurrent" in limit) return `${limit.concurrent} calls at a time for ${by}${where}`;
  const { per } = limit;
  return `${limit.requests} calls in ${per.kind === "calendar" ? `a ${per.unit}` : spanText(per.milliseconds)} for ${by}${where}`;
}

function spanText(milliseconds: number): string {
  for (const [unit, length] of [["h", 3_600_000], ["m", 60_000], ["s", 1_000]] as const) if (milliseconds % length === 0) return `${milliseconds / length}${unit}`;
  return `${milliseconds}ms`;
}

export function conflictBlocks({ mode, strategy }: Service["conflict"]): Block[] {
  const heading: Block = { kind: "heading", level: 2, id: "conflicts", text: ["When two change the same thing"] };
  if (mode === "off" || mode === "observe") {
    return [heading, paragraph("The gateway refuses no write for having been overtaken by another; whether the service does is for its document to say. Where an answer has an ", { code: "ETag" }, ", send it back as ", { code: "If-Match" }, " with PUT, PATCH or DELETE, and take a 412 as a sign to read again.")];
  }
  const merged = strategy === "merge" ? [" Changes that touch different places are put together, and both count."] : [];
  const overwritten = strategy === "last-write-wins" ? [" A write without it overwrites what is there."] : [];
  const needed: Inline[] = mode === "require" ? [" A PUT, PATCH or DELETE without it is refused with 428 (", problemLink("precondition-required"), "), unless it creates."] : [];
  return [heading, paragraph(
    "No update is lost here if you say what you have read. Answers carry an ", { code: "ETag" }, "; send it back as ", { code: "If-Match" }, " with PUT, PATCH or DELETE. If somebody has changed the resource since, nothing is written, and the answer is 412 (", problemLink("version-mismatch"),
    ") with what changed: read again, make your change to what is there now, and write with the new tag. ", { code: "If-None-Match: *" }, " creates and never overwrites.", ...needed, ...merged, ...overwritten,
  )];
}

function problemLink(code: string): Inline {
  return { link: `${problemPath}${code}`, text: code };
}
