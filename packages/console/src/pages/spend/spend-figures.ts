/** What the admin API's rows say by name and by day: sums for the table, stacks for the plot. Sums are of whole billionths. */
import type { Answer } from "../../api/types.ts";

export type SpendRow = Answer<"getSpend">["items"][number];

export interface SpendSum {
  /** Null for calls that had none. */
  name: string | null;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  costNanoUsd: number;
  unpricedCalls: number;
}

const dayMs = 86_400_000;

/** The dearest first. */
export function sumsOf(rows: readonly SpendRow[]): SpendSum[] {
  const sums = new Map<string | null, SpendSum>();
  for (const row of rows) {
    const sum = sums.get(row.name) ?? { name: row.name, calls: 0, inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, costNanoUsd: 0, unpricedCalls: 0 };
    sums.set(row.name, added(sum, row));
  }
  return [...sums.values()].toSorted((one, other) => other.costNanoUsd - one.costNanoUsd || other.calls - one.calls);
}

export function totalOf(sums: readonly SpendSum[]): SpendSum {
  return sums.reduce(added, { name: null, calls: 0, inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, costNanoUsd: 0, unpricedCalls: 0 });
}

function added(sum: SpendSum, row: Omit<SpendSum, "name">): SpendSum {
  return {
    name: sum.name,
    calls: sum.calls + row.calls,
    inputTokens: sum.inputTokens + row.inputTokens,
    outputTokens: sum.outputTokens + row.outputTokens,
    cacheReadTokens: sum.cacheReadTokens + row.cacheReadTokens,
    costNanoUsd: sum.costNanoUsd + row.costNanoUsd,
    unpricedCalls: sum.unpricedCalls + row.unpricedCalls,
  };
}

export interface SpendStack {
  label: string;
  /** USD, one for each day. */
  values: number[];
}

/** The dearest names each for themselves, all others together; every day is there, spent on or not. */
export function stacksOf(rows: readonly SpendRow[], days: readonly number[], most: number): SpendStack[] {
  const names = sumsOf(rows).filter(({ costNanoUsd }) => costNanoUsd > 0).map(({ name }) => name);
  const own = names.slice(0, names.length > most ? most - 1 : most);
  const stacks = own.map((name): SpendStack => ({ label: nameText(name), values: days.map(() => 0) }));
  if (names.length > own.length) stacks.push({ label: `${names.length - own.length} others`, values: days.map(() => 0) });
  for (const { name, start, costUsd } of rows) {
    const day = start === null ? -1 : days.indexOf(Date.parse(start));
    const place = own.indexOf(name);
    const stack = stacks[place === -1 ? own.length : place];
    if (stack && day !== -1) stack.values[day] = (stack.values[day] ?? 0) + costUsd;
  }
  return stacks;
}

/** UTC days, as the admin API counts them; the last is today. */
export function daysUntil(now: number, count: number): number[] {
  const today = Math.floor(now / dayMs) * dayMs;
  return Array.from({ length: count }, (_, index) => today - (count - 1 - index) * dayMs);
}

export function nameText(name: string | null): string {
  return name ?? "without one";
}

export function csvOf(by: string, sums: readonly SpendSum[]): string {
  // A cell that begins like a formula is one to spreadsheets.
  const cell = (text: string): string => (/[",\n]|^[=+@-]/.test(text) ? `"${text.replace(/^(?=[=+@-])/, "'").replaceAll('"', '""')}"` : text);
  const lines = sums.map((sum) => [cell(sum.name ?? ""), sum.calls, sum.inputTokens, sum.outputTokens, sum.cacheReadTokens, sum.costNanoUsd / 1_000_000_000, sum.unpricedCalls].join(","));
  return [`${by},calls,input_tokens,output_tokens,cache_read_tokens,cost_usd,unpriced_calls`, ...lines].join("\n");
}
