/**
 * Hot path of services with versions. What is said about a version at a moment: Deprecation (RFC 9745), Sunset (RFC 8594)
 * and links to what comes after it, on every answer; once its day has come, or in a brown-out, a refusal.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { Version } from "@parley/contract/config/versions";
import type { VersionPlan } from "../../pipeline/route-plan.ts";
import { brownedOut, retiredVersion } from "./refusals.ts";
import { compileWayForward } from "./way-forward.ts";

export interface CalledResource {
  /** As it was called. */
  target: string;
  /** What stands below the service's path, without a version's segment. */
  below: string;
}

export interface LifeCycle {
  readonly name: string;
  /** Exists for consumers only that are pinned to it. */
  readonly draft: boolean;
  /** Null while it may be called. */
  refusalAt(unixMs: number): Refusal | null;
  /** Name, value, …: with the links of this call's resource. Null where nothing is to be said. */
  readonly fieldsFor: ((resource: CalledResource, unixMs: number) => readonly string[]) | null;
}

export function compileLifeCycle(name: string, plan: VersionPlan): LifeCycle {
  const settings = plan.settings.list[name] as Version;
  const sunsetMs = settings.sunset === undefined ? Infinity : Date.parse(settings.sunset);
  const forward = compileWayForward(name, plan.settings.list);
  const fields = fieldsOf(settings);
  const brownouts = settings.brownouts.map(({ from, to }) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) }));
  return {
    name,
    draft: settings.status === "draft",
    refusalAt(unixMs) {
      if (unixMs >= sunsetMs || settings.status === "retired") return retiredVersion(name, settings, { plan, unixMs, successor: forward(unixMs) });
      for (const { fromMs, toMs } of brownouts) {
        if (unixMs >= fromMs && unixMs < toMs) return brownedOut(name, settings, { untilMs: toMs, unixMs, successor: forward(unixMs) });
      }
      return null;
    },
    fieldsFor: fields.length === 0 ? null : (resource, unixMs) => [...fields, ...links(resource, { successor: forward(unixMs), link: settings.link ?? plan.page, plan })],
  };
}

function fieldsOf({ deprecated, sunset, status }: Version): string[] {
  const fields: string[] = [];
  // A structured-field date: an integer of seconds behind an @ (RFC 9745 §2.1, RFC 9651 §3.3.7).
  if (deprecated !== undefined) fields.push("Deprecation", `@${Math.floor(Date.parse(deprecated) / 1000)}`);
  else if (status === "deprecated" || status === "retired") fields.push("Deprecation", "@0");
  if (sunset !== undefined) fields.push("Sunset", new Date(Date.parse(sunset)).toUTCString());
  return fields;
}

function links(resource: CalledResource, { successor, link, plan }: { successor: string | null; link: string; plan: VersionPlan }): string[] {
  const found: string[] = [];
  if (successor !== null) found.push("Link", `<${escaped(successorTarget(resource, successor, plan))}>; rel="successor-version"`);
  found.push("Link", `<${link}>; rel="deprecation"`);
  return found;
}

/** By path and by query the successor has an address of its own; else it is the same resource, asked for in another way. */
function successorTarget({ target, below }: CalledResource, successor: string, { settings: { select }, path }: VersionPlan): string {
  if (select.by === "path") return `${path === "/" ? "" : path}/${successor}${below}`;
  return select.by === "query" ? withQueryVersion(target, select.name ?? "version", successor) : target;
}

function withQueryVersion(target: string, key: string, successor: string): string {
  const at = target.indexOf("?");
  if (at === -1) return `${target}?${encodeURIComponent(key)}=${successor}`;
  const others = target.slice(at + 1).split("&").filter((part) => part !== "" && !new URLSearchParams(part).has(key));
  return `${target.slice(0, at)}?${[...others, `${encodeURIComponent(key)}=${successor}`].join("&")}`;
}

/** A target may have what would end the link early. */
function escaped(target: string): string {
  return target.replaceAll("<", "%3C").replaceAll(">", "%3E").replaceAll('"', "%22");
}
