/** Both arms of a canary, from the call log: the calls that the release carried, and those that it could have. Only what an upstream answered counts. */
import type { Canary } from "@parley/contract/config/canary";
import { parseQuery } from "@parley/contract/query/parse";
import type { Query } from "@parley/contract/query/query";
import type { CallLog } from "@parley/stores/ports/call-log";
import type { Figures } from "@parley/stores/ports/call-figures";
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

/** Times of so many calls of each arm are compared at most. */
const sampleSize = 2_000;

export async function measureArms(callLog: Pick<CallLog, "groups" | "find">, asked: ArmsAsked): Promise<{ release: MeasuredArm; baseline: MeasuredArm }> {
  const release = await measure(callLog, asked, "canary:true");
  const baseline = await measure(callLog, asked, baselineTerms(asked.canary));
  return { release, baseline };
}

/** A release beside one version is compared with that version; a new version with the others. */
function baselineTerms({ target, version }: Canary): string {
  return `-canary:true${target !== undefined && version !== undefined ? ` version:"${version}"` : ""}`;
}

async function measure(callLog: Pick<CallLog, "groups" | "find">, { service, from, to }: ArmsAsked, terms: string): Promise<MeasuredArm> {
  const text = `service:"${service}" attempts:>0 ${terms}`;
  const range = { where: queryOf(text, to), from, to };
  const { totals } = await callLog.groups(range, { by: ["service"], measure: "calls", limit: 1 });
  const sample = { ...range, where: queryOf(`${text}${sampleTerm(totals.calls, sampleSize)}`, to) };
  const { items } = await callLog.find({ ...sample, limit: 2 * sampleSize, members: ["upstreamMs"] });
  const latenciesMs = items.flatMap(({ upstreamMs }) => (upstreamMs === undefined ? [] : [upstreamMs]));
  return { calls: totals.calls, errors: totals.errors, conflicts: totals.conflicts, latenciesMs, figures: totals };
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
