/**
 * Hot path of services with versions. What is said about a version at a moment: Deprecation (RFC 9745), Sunset (RFC 8594)
 * and links to what comes after it, on every answer; once its day has come, or in a brown-out, a refusal.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { Version } from "@parley/contract/config/versions";
import type { Exchange } from "../../exchange/exchange.ts";
import type { VersionPlan } from "../../pipeline/route-plan.ts";
import { brownedOut, retiredVersion } from "./refusals.ts";

export interface Standing {
  /** Name, value, …: the fields that are the same for every call; links come besides. */
  fields: readonly string[];
  refusal: Refusal | null;
}

export interface LifeCycle {
  readonly name: string;
  /** Exists for consumers only that are pinned to it. */
  readonly draft: boolean;
  readonly settings: Version;
  at(unixMs: number): Standing;
  /** With the links of this call's resource. */
  fieldsFor(exchange: Pick<Exchange, "target" | "rest">, standing: Standing): readonly string[];
}

export function compileLifeCycle(name: string, plan: VersionPlan): LifeCycle {
  const settings = plan.settings.list[name] as Version;
  const sunsetMs = settings.sunset === undefined ? Infinity : Date.parse(settings.sunset);
  const open: Standing = { fields: fieldsOf(settings), refusal: null };
  const brownouts = settings.brownouts.map(({ from, to }) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) }));
  return {
    name, settings,
    draft: settings.status === "draft",
    at(unixMs) {
      if (unixMs >= sunsetMs || settings.status === "retired") return { fields: open.fields, refusal: retiredVersion(name, settings, { plan, unixMs }) };
      for (const { fromMs, toMs } of brownouts) {
        if (unixMs >= fromMs && unixMs < toMs) return { fields: open.fields, refusal: brownedOut(name, { untilMs: toMs, unixMs, settings }) };
      }
      return open;
    },
    fieldsFor: (exchange, standing) => [...standing.fields, ...links(exchange, settings, plan)],
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

function links({ target, rest }: Pick<Exchange, "target" | "rest">, { successor, link }: Version, plan: VersionPlan): string[] {
  const found: string[] = [];
  if (successor !== undefined) found.push("Link", `<${successorTarget(target, rest, { successor, plan })}>; rel="successor-version"`);
  found.push("Link", `<${link ?? plan.page}>; rel="deprecation"`);
  return found;
}

/** By path the successor has a path of its own; else it is the same resource, asked for in another way. */
function successorTarget(target: string, rest: string, { successor, plan }: { successor: string; plan: VersionPlan }): string {
  if (plan.settings.select.by !== "path") return escaped(target);
  const below = rest.replace(/^\/[^/?]+/, "");
  return escaped(`${plan.path === "/" ? "" : plan.path}/${successor}${below}`);
}

/** A target may have what would end the link early. */
function escaped(target: string): string {
  return target.replaceAll("<", "%3C").replaceAll(">", "%3E").replaceAll('"', "%22");
}
