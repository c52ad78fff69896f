/** Both arms of a canary, from the call log: the calls that the release carried, and those that it could have. Only what an upstream answered counts. */
import { hash } from "node:crypto";
import type { Canary } from "@parley/contract/config/canary";
import { parseQuery } from "@parley/contract/query/parse";
import type { Query } from "@parley/contract/query/query";
import type { CallLog } from "@parley/stores/ports/call-log";
import type { Figures, Groups } from "@parley/stores/ports/call-figures";
import type { Caller } from "./callers.ts";
import type { Arm } from "./judge.ts";

export interface MeasuredArm extends Arm {
  figures: Figures;
}

export interface ArmsAsked {
  service: string;
  canary: Canary;
  from: number;
  to: number;
}

/** So many of each arm are compared at most, those with the most calls. */
const mostCallers = 20_000;

/** Times of so many calls of each arm are compared at most. */
const sampleSize = 2_000;

export async function measureArms(callLog: Pick<CallLog, "groups" | "find">, asked: ArmsAsked): Promise<{ release: MeasuredArm; baseline: MeasuredArm }> {
  const release = await measure(callLog, asked, "canary:true");
  const baseline = await measure(callLog, asked, baselineTerms(asked.canary));
  if (!asked.canary.sticky) return { release: release.arm, baseline: baseline.arm };
  // Where one arm's callers are not all listed, the other's with as few calls are left out as well.
  const fewestCalls = Math.max(release.fewestCalls, baseline.fewestCalls);
  return { release: withCallers(release, fewestCalls), baseline: withCallers(baseline, fewestCalls) };
}

function withCallers({ arm, callers }: Measured, fewestCalls: number): MeasuredArm {
  const listed = [...callers].filter(([, { calls }]) => calls >= fewestCalls);
  // Names that are alike may well be callers that are alike.
  const shuffled = listed.map(([name, caller]) => ({ caller, place: hash("sha256", name) })).toSorted((one, other) => (one.place < other.place ? -1 : 1));
  return { ...arm, callers: shuffled.map(({ caller }) => caller) };
}

interface Measured {
  arm: MeasuredArm;
  /** Empty where calls were assigned, each for itself. */
  callers: ReadonlyMap<string, Caller>;
  /** Of callers with fewer some are not listed. */
  fewestCalls: number;
}

/** A release beside one version is compared with that version; a new version with the others. */
function baselineTerms({ target, version }: Canary): string {
  return `-canary:true${target !== undefined && version !== undefined ? ` version:"${version}"` : ""}`;
}

async function measure(callLog: Pick<CallLog, "groups" | "find">, { service, canary, from, to }: ArmsAsked, terms: string): Promise<Measured> {
  const text = `service:"${service}" attempts:>0 ${terms}`;
  const range = { where: queryOf(text, to), from, to };
  const groups = await callLog.groups(range, canary.sticky ? { by: ["consumer", "client"], measure: "calls", limit: mostCallers } : { by: ["service"], measure: "calls", limit: 1 });
  const { totals } = groups;
  const sample = { ...range, where: queryOf(`${text}${sampleTerm(totals.calls, sampleSize)}`, to) };
  const { items } = await callLog.find({ ...sample, limit: 2 * sampleSize, members: ["upstreamMs", "consumer", "clientAddress"] });
  const times = items.flatMap(({ upstreamMs, consumer, clientAddress }) => (upstreamMs === undefined ? [] : [{ ms: upstreamMs, caller: callerName(consumer, clientAddress) }]));
  const arm = { calls: totals.calls, errors: totals.errors, conflicts: totals.conflicts, latenciesMs: times.map(({ ms }) => ms), figures: totals };
  if (!canary.sticky) return { arm, callers: new Map(), fewestCalls: 0 };
  return { arm, callers: callersOf(groups, times), fewestCalls: groups.found > groups.groups.length ? (groups.groups.at(-1)?.calls ?? 0) : 0 };
}

/** As a sticky release assigns them: by the consumer, or without one by the address. */
function callerName(consumer: string | null | undefined, address: string | null | undefined): string {
  return consumer ?? `${address ?? ""} without a key`;
}

function callersOf({ groups }: Groups, times: readonly { ms: number; caller: string }[]): Map<string, Caller> {
  const callers = new Map<string, Caller & { timesMs: number[] }>();
  for (const { values, calls, errors, conflicts } of groups) {
    const name = callerName(values[0], values[1]);
    const known = callers.get(name) ?? { calls: 0, errors: 0, conflicts: 0, timesMs: [] };
    callers.set(name, { calls: known.calls + calls, errors: known.errors + errors, conflicts: known.conflicts + conflicts, timesMs: known.timesMs });
  }
  for (const { ms, caller } of times) callers.get(caller)?.timesMs.push(ms);
  return callers;
}

/**
 * Of many calls a random sample of nearly `most`, by the ends of their ids, which are random. Of the newest ones the larger arm's
 * would be of the last moments and the smaller one's of the whole step, so that a busy hour would look like the release's doing.
 */
export function sampleTerm(calls: number, most: number): string {
  if (calls <= most) return "";
  let digits = 1;
  while ((most * 16 ** digits) / calls < 1) digits++;
  const endings = Array.from({ length: Math.floor((most * 16 ** digits) / calls) }, (_, number) => `*${number.toString(16).padStart(digits, "0")}`);
  return ` id:${endings.join(",")}`;
}

/** Made of names that the configuration allows only. */
function queryOf(text: string, now: number): Query {
  const parsed = parseQuery(text, now);
  if (!parsed.ok) throw new Error(`the query for a rollout cannot be read: ${parsed.errors[0]?.message ?? text}`);
  return parsed.query;
}
