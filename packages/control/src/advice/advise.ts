/**
 * Advice from the log: every recorded conflict replayed under every mode and strategy, and counted. Pure: takes records and
 * settings, gives figures and sentences. May import the contract.
 */
import { replayVerdicts, type ReplayedOption, type ReplayVerdict, type ServiceAdvice } from "@parley/contract/api/conflict-advice";
import type { Conflict } from "@parley/contract/config/conflict";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { resourcePattern } from "./resource-pattern.ts";
import { replay, type Setting } from "./verdict.ts";

type Counts = Record<ReplayVerdict, number>;
type Operation = ServiceAdvice["operations"][number];

/** In the order of what they ask of clients: of equals, the first is advised. */
const settings: readonly Setting[] = [
  { mode: "observe", strategy: "reject" },
  { mode: "enforce", strategy: "reject" },
  { mode: "enforce", strategy: "merge" },
  { mode: "enforce", strategy: "last-write-wins" },
  { mode: "require", strategy: "serialize" },
  { mode: "require", strategy: "merge" },
  { mode: "require", strategy: "reject" },
  { mode: "require", strategy: "retry" },
  { mode: "require", strategy: "last-write-wins" },
];
const mostOperations = 20;

export function adviseService(service: string, records: readonly ConflictRecord[], current: Pick<Conflict, "mode" | "strategy" | "merge">): ServiceAdvice {
  const options = optionsOf(records, current);
  const best = bestOf(options);
  const operations = byOperation(records).slice(0, mostOperations).map((group) => operationAdvice(group, current));
  return { service, conflicts: records.length, options, operations, best, sentence: sentenceOf(best, { place: service, conflicts: records.length, current }) };
}

export function replayAll(records: readonly ConflictRecord[], setting: Setting, merge: Conflict["merge"]): Counts {
  const counts = Object.fromEntries(replayVerdicts.map((verdict) => [verdict, 0])) as Counts;
  for (const record of records) counts[replay(record, setting, merge)] += 1;
  return counts;
}

function optionsOf(records: readonly ConflictRecord[], current: Pick<Conflict, "mode" | "strategy" | "merge">): ReplayedOption[] {
  const known = settings.some((setting) => isSame(setting, current));
  return [...settings, ...(known ? [] : [{ mode: current.mode, strategy: current.strategy }])].map((setting) => {
    const counts = replayAll(records, setting, current.merge);
    return { ...setting, current: isSame(setting, current), counts, solved: counts.prevented + counts.merged + counts.passed };
  });
}

/** Strategies mean nothing where nothing is guarded. */
function isSame(one: Setting, other: Setting): boolean {
  return one.mode === other.mode && (one.strategy === other.strategy || one.mode === "observe" || one.mode === "off");
}

/** The one that solves most, and of these the one with which clients have least to do. Null where that is what is set already. */
function bestOf(options: readonly ReplayedOption[]): ServiceAdvice["best"] {
  const now = options.find((option) => option.current);
  const best = options.toSorted((one, other) => other.solved - one.solved || ease(other) - ease(one))[0];
  if (best === undefined || best.solved === 0 || best.current) return null;
  if (now !== undefined && now.solved === best.solved && ease(now) >= ease(best)) return null;
  const { current: _, ...option } = best;
  return option;
}

function ease({ counts }: Pick<ReplayedOption, "counts">): number {
  return counts.merged + counts.passed;
}

function byOperation(records: readonly ConflictRecord[]): { method: string; pattern: string; records: ConflictRecord[] }[] {
  const groups = new Map<string, { method: string; pattern: string; records: ConflictRecord[] }>();
  for (const record of records) {
    const pattern = resourcePattern(record.resource);
    const name = `${record.method} ${pattern}`;
    const group = groups.get(name) ?? { method: record.method, pattern, records: [] };
    group.records.push(record);
    groups.set(name, group);
  }
  return [...groups.values()].toSorted((one, other) => other.records.length - one.records.length);
}

function operationAdvice({ method, pattern, records }: { method: string; pattern: string; records: ConflictRecord[] }, current: Pick<Conflict, "mode" | "strategy" | "merge">): Operation {
  const best = bestOf(optionsOf(records, current));
  return { method, pattern, conflicts: records.length, best, sentence: sentenceOf(best, { place: `${method} ${pattern}`, conflicts: records.length, current }) };
}

function sentenceOf(best: ServiceAdvice["best"], about: { place: string; conflicts: number; current: Setting }): string {
  const { place, conflicts, current } = about;
  if (conflicts === 0) return `No conflict on ${place} is on record.`;
  if (best === null) return `Nothing would have done better than ${settingText(current)} on the ${counted(conflicts)} of ${place}.`;
  const { merged, prevented, passed } = best.counts;
  const parts = [merged > 0 ? `${merged} merged` : "", prevented > 0 ? `${prevented} refused and explained instead of lost` : "", passed > 0 ? `${passed} repeated until they went through` : ""].filter((part) => part !== "");
  return `${settingText(best)} on ${place} would have prevented ${best.solved} of ${conflicts}: ${parts.join(", ")}.`;
}

function settingText({ mode, strategy }: Setting): string {
  return mode === "off" || mode === "observe" ? mode : strategy === "reject" ? mode : `${strategy} (${mode})`;
}

function counted(count: number): string {
  return count === 1 ? "one conflict" : `${count} conflicts`;
}
