/** What callers are told whose version does not exist, is gone or rests; each names the way forward. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { Version } from "@parley/contract/config/versions";
import type { VersionPlan } from "../../pipeline/route-plan.ts";

export function unknownVersion(asked: string, plan: VersionPlan, unixMs: number): Refusal {
  const supported = supportedVersions(plan, unixMs);
  const status = plan.settings.select.by === "path" ? 404 : 400;
  return { code: "unknown-version", status, detail: `The service ${plan.service} has no version "${asked.slice(0, 60)}"; it has ${listed(supported)}.`, extensions: { supported }, ...linked(plan) };
}

export function missingVersion(plan: VersionPlan, unixMs: number): Refusal {
  const supported = supportedVersions(plan, unixMs);
  return { code: "missing-version", detail: `The service ${plan.service} wants a version ${whereSaid(plan)}; it has ${listed(supported)}.`, extensions: { supported }, ...linked(plan) };
}

/** `successor` is the one that callers get at this moment; the configured one may be gone as well. */
export function retiredVersion(name: string, { sunset, successor: next }: Version, { plan, unixMs, successor }: { plan: VersionPlan; unixMs: number; successor: string | null }): Refusal {
  // One that was retired by hand is gone before its day.
  const since = sunset === undefined || Date.parse(sunset) > unixMs ? "" : ` since ${sunset.slice(0, 10)}`;
  const nothing = next === undefined ? "It has no successor." : `What came after it (${next}) cannot be called either.`;
  const forward = successor === null ? nothing : `Its successor is ${successor}.`;
  return { code: "version-retired", detail: `The version ${name} of ${plan.service} is gone${since}. ${forward}`, extensions: { successor, supported: supportedVersions(plan, unixMs) } };
}

export function brownedOut(name: string, { sunset }: Version, { untilMs, unixMs, successor }: { untilMs: number; unixMs: number; successor: string | null }): Refusal {
  const afterSeconds = Math.max(1, Math.ceil((untilMs - unixMs) / 1000));
  const gone = sunset === undefined ? "soon" : `on ${sunset.slice(0, 10)}`;
  const forward = successor === null ? "" : ` Its successor is ${successor}.`;
  return {
    code: "version-brownout",
    detail: `The version ${name} will be gone ${gone} and is refused for a short while, so that whoever still uses it notices.${forward}`,
    headers: { "Retry-After": String(afterSeconds) },
    extensions: { successor, until: new Date(untilMs).toISOString() },
  };
}

/** To the page of all versions (RFC 5829 §4.1), and to the documents where there are some. */
function linked({ link, page }: VersionPlan): Pick<Refusal, "headers"> {
  const versions = `<${page}>; rel="version-history"`;
  return { headers: { Link: link === null ? versions : `${versions}, ${link}` } };
}

/** Those that may be called at this moment. */
function supportedVersions({ settings }: VersionPlan, unixMs: number): string[] {
  return Object.entries(settings.list)
    .filter(([, { status, sunset }]) => status !== "draft" && status !== "retired" && (sunset === undefined || Date.parse(sunset) > unixMs))
    .map(([name]) => name);
}

function whereSaid({ settings: { select }, path }: VersionPlan): string {
  switch (select.by) {
    case "path":
      return `in its path, such as ${path === "/" ? "" : path}/${select.default ?? "v1"}`;
    case "header":
      return `in the field ${select.name ?? "API-Version"}`;
    case "query":
      return `in the query's ${select.name ?? "version"}`;
    case "media-type":
      return `in the parameter ${select.name ?? "version"} of Accept`;
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none at this time" : names.join(", ");
}
