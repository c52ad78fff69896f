/**
 * Hot path (benchmarks: http). The limits that hold for one consumer on one service, ready for every call: what to ask
 * the counters, and the fields that announce the policies. Limits on tokens and cost are budgets, and the AI side counts them.
 */
import type { Limit, RequestLimit } from "@parley/contract/config/limits";
import type { Period } from "@parley/contract/units";
import type { RateCheck } from "@parley/stores/ports/counters";

export interface CompiledLimits {
  checks: readonly RateCheck[];
  /** The quoted names of the checks, as in both header fields. */
  names: readonly string[];
  /** The value of RateLimit-Policy. */
  policyField: string;
  concurrent: readonly { key: string; limit: number }[];
}

export interface LimitSource {
  /** What the limits belong to, such as `consumer` or `service`; it begins the policies' names. */
  owner: string;
  /** Begins the counters' keys; names the owner and the consumer. */
  keyPrefix: string;
  limits: readonly Limit[];
}

/** Null where nothing is limited. */
export function compileLimits(sources: readonly LimitSource[]): CompiledLimits | null {
  const checks: RateCheck[] = [];
  const names: string[] = [];
  const policies: string[] = [];
  const concurrent: { key: string; limit: number }[] = [];
  for (const { owner, keyPrefix, limits } of sources) {
    for (const limit of limits) {
      if ("concurrent" in limit) addConcurrent(concurrent, `${keyPrefix}:concurrent`, limit.concurrent);
      if (!("requests" in limit)) continue;
      const name = uniqueName(`${owner}-${periodName(limit.per)}`, names);
      checks.push({ key: `${keyPrefix}:${name}`, limit: limit.requests, period: limit.per, cost: 1 });
      names.push(name);
      policies.push(`${name};q=${limit.requests};w=${windowSeconds(limit)}`);
    }
  }
  if (checks.length === 0 && concurrent.length === 0) return null;
  return { checks, names, policyField: policies.join(", "), concurrent };
}

/** Of two for the same owner the lower one holds. */
function addConcurrent(concurrent: { key: string; limit: number }[], key: string, limit: number): void {
  const same = concurrent.find((other) => other.key === key);
  if (same) same.limit = Math.min(same.limit, limit);
  else concurrent.push({ key, limit });
}

function uniqueName(wanted: string, taken: readonly string[]): string {
  let name = `"${wanted}"`;
  for (let number = 2; taken.includes(name); number++) name = `"${wanted}-${number}"`;
  return name;
}

function periodName(period: Period): string {
  return period.kind === "calendar" ? period.unit : `${period.milliseconds / 1000}s`;
}

/** A calendar month is announced by its longest length; RateLimit says when it really ends. */
function windowSeconds(limit: RequestLimit): number {
  if (limit.per.kind === "rolling") return Math.max(1, Math.round(limit.per.milliseconds / 1000));
  return limit.per.unit === "day" ? 86_400 : 31 * 86_400;
}
