/** What only the present knows: edits that overlap, targets out of rotation, certificates, budgets, and causes that are new. */
import type { Alert, StateMetric } from "@parley/contract/config/alerts";
import type { TargetState } from "@parley/contract/api/targets";
import type { DiskSpace } from "@parley/contract/disk-space";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { allOf } from "@parley/contract/query/write";
import type { CallFigures } from "@parley/stores/ports/call-figures";
import { readQuery } from "../calls/call-question.ts";
import { queryOfRule, type Reading } from "./call-metrics.ts";

export interface StateSources {
  callLog: Pick<CallFigures, "groups">;
  /** Null where no gateway answers. */
  targets: () => Promise<TargetState[] | null>;
  potential: () => Promise<ConflictRecord[] | null>;
  /** When certificates end, by what they belong to; of all services or of one. */
  certificates: (service: string | null) => Promise<{ of: string; endsAt: number }[]>;
  /** Null where it is not known. */
  diskSpace: () => Promise<DiskSpace | null>;
  budgets: (service: string | null) => Promise<{ of: string; used: number }[]>;
}

const weekMs = 7 * 86_400_000;
const named = 5;

export async function stateReading(when: Alert["when"], metric: StateMetric, { sources, now }: { sources: StateSources; now: number }): Promise<Reading> {
  const ofService = <Item extends { service: string }>(items: readonly Item[]): Item[] => items.filter(({ service }) => when.service === undefined || service === when.service);
  switch (metric) {
    case "overlapping_edits": {
      const found = await sources.potential();
      return found === null ? nothing("no gateway answers") : counted(ofService(found).map(({ resource, consumers }) => `${resource} by ${consumers.join(" and ")}`));
    }
    case "targets_out": {
      const found = await sources.targets();
      if (found === null) return nothing("no gateway answers");
      // Each worker judges for itself; out is what one of them keeps its calls from.
      const out = ofService(found).filter(({ state }) => state === "resting" || state === "unhealthy");
      return counted([...new Set(out.map(({ service, target, state }) => `${target} of ${service} is ${state}`))]);
    }
    case "certificate_days": return firstOf((await sources.certificates(when.service ?? null)).map(({ of, endsAt }) => ({ of, value: (endsAt - now) / 86_400_000 })), (one, other) => one - other);
    case "budget_used": return firstOf((await sources.budgets(when.service ?? null)).map(({ of, used }) => ({ of, value: used })), (one, other) => other - one);
    case "disk_free": {
      const space = await sources.diskSpace();
      return space === null ? nothing("the file system does not say") : { ...nothing(`${Math.floor(space.freeBytes / 1024 / 1024)} MiB of the data directory's disk`), value: space.freeBytes / space.totalBytes };
    }
    case "new_conflict_cause": return newCauses(when, { sources, now });
  }
}

function nothing(why: string): Reading {
  return { value: null, usual: null, calls: null, figures: why, windowMs: 0, narrow: "" };
}

function counted(items: readonly string[]): Reading {
  const more = items.length > named ? ` and ${items.length - named} more` : "";
  return { ...nothing(""), value: items.length, figures: items.slice(0, named).join(", ") + more };
}

function firstOf(items: readonly { of: string; value: number }[], order: (one: number, other: number) => number): Reading {
  const [first] = items.toSorted((one, other) => order(one.value, other.value));
  return first ? { ...nothing(first.of), value: first.value } : nothing("there is none");
}

async function newCauses(when: Alert["when"], { sources, now }: { sources: StateSources; now: number }): Promise<Reading> {
  const where = readQuery(allOf(queryOfRule(when), "cause:*"), now);
  const causesOf = async (from: number, to: number): Promise<Map<string, number>> => {
    const { groups } = await sources.callLog.groups({ where, from, to }, { by: ["cause"], measure: "calls", limit: 100 });
    return new Map(groups.flatMap(({ values: [cause], calls }) => (cause === null || cause === undefined ? [] : [[cause, calls] as const])));
  };
  const begin = now - when.window;
  const recent = await causesOf(begin, now);
  const before = recent.size === 0 ? recent : await causesOf(begin - weekMs, begin);
  const fresh = [...recent].filter(([cause]) => !before.has(cause));
  return {
    value: fresh.length, usual: null, calls: fresh.reduce((sum, [, calls]) => sum + calls, 0), windowMs: when.window,
    figures: fresh.map(([cause, calls]) => `${cause} in ${calls} calls, and never in the week before`).join(", "),
    narrow: fresh.length === 0 ? "cause:*" : `cause:${fresh.map(([cause]) => cause).join(",")}`,
  };
}
