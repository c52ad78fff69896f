/** Figures of windows of the past, all asked for at once: a preview looks at thousands of them. */
import { allOf } from "@parley/contract/query/write";
import type { CallFigures, Figures } from "@parley/stores/ports/call-figures";
import { readQuery } from "../calls/call-question.ts";
import { inputsOf, queryOfRule, type Input, type When } from "./call-metrics.ts";

export interface Past {
  from: number;
  to: number;
  stepMs: number;
  /** Of a window that ends at a multiple of the step. */
  figures(input: Input): Figures;
}

const maxSteps = 20_000;
/** A window moves on by a fifth of itself. */
const movesAWindow = 5;
const leastStepMs = 1_000;

export const noFigures: Figures = { calls: 0, errors: 0, refused: 0, conflicts: 0, requestBytes: 0, responseBytes: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, meanMs: null, p50Ms: null, p90Ms: null, p95Ms: null, p99Ms: null };

export async function readPast(callLog: Pick<CallFigures, "series">, when: When, range: { from: number; to: number; signal: AbortSignal }): Promise<Past> {
  return when.metric === "burn_rate" ? readBurn(callLog, when, range) : readWindows(callLog, when, range);
}

async function readWindows(callLog: Pick<CallFigures, "series">, when: When, { from, to, signal }: { from: number; to: number; signal: AbortSignal }): Promise<Past> {
  const earliest = Math.min(...inputsOf(when, from).map(({ end, windowMs }) => end - windowMs));
  const stepMs = stepOf(when.window / movesAWindow, to - earliest);
  const series = await callLog.series({ where: readQuery(queryOfRule(when), to), from: earliest, to }, { stepMs, overlap: Math.max(1, Math.round(when.window / stepMs)), percentiles: when.metric.startsWith("latency_p") }, signal);
  const byMoment = new Map(series.map((figures) => [figures.at, figures]));
  return { from, to, stepMs, figures: ({ end }) => byMoment.get(Math.floor(end / stepMs) * stepMs) ?? noFigures };
}

/** Windows of several lengths, of which only sums are needed: differences of running sums. */
async function readBurn(callLog: Pick<CallFigures, "series">, when: When, { from, to, signal }: { from: number; to: number; signal: AbortSignal }): Promise<Past> {
  const inputs = inputsOf(when, from);
  const earliest = Math.min(...inputs.map(({ end, windowMs }) => end - windowMs));
  const stepMs = stepOf(Math.min(...inputs.map(({ windowMs }) => windowMs)), to - earliest);
  const sums = new Map<string, RunningSums>();
  for (const narrow of new Set(inputs.map((input) => input.narrow))) {
    const series = await callLog.series({ where: readQuery(allOf(queryOfRule(when), narrow), to), from: earliest, to }, { stepMs, overlap: 1, percentiles: false }, signal);
    sums.set(narrow, runningSums(series, { earliest, to, stepMs }));
  }
  return { from, to, stepMs, figures: ({ end, windowMs, narrow }) => ({ ...noFigures, ...sums.get(narrow)?.(end - windowMs, end) }) };
}

type RunningSums = (from: number, to: number) => Pick<Figures, "calls" | "errors">;

function runningSums(series: readonly (Figures & { at: number })[], { earliest, to, stepMs }: { earliest: number; to: number; stepMs: number }): RunningSums {
  const first = Math.floor(earliest / stepMs);
  const length = Math.ceil(to / stepMs) - first + 2;
  const calls = new Float64Array(length);
  const errors = new Float64Array(length);
  for (const figures of series) {
    const index = Math.round(figures.at / stepMs) - first;
    calls[index] = (calls[index] ?? 0) + figures.calls;
    errors[index] = (errors[index] ?? 0) + figures.errors;
  }
  for (let index = 1; index < length; index++) {
    calls[index] = (calls[index] ?? 0) + (calls[index - 1] ?? 0);
    errors[index] = (errors[index] ?? 0) + (errors[index - 1] ?? 0);
  }
  const at = (sums: Float64Array, moment: number): number => sums[Math.min(length - 1, Math.max(0, Math.round(moment / stepMs) - first))] ?? 0;
  return (begin, end) => ({ calls: at(calls, end) - at(calls, begin), errors: at(errors, end) - at(errors, begin) });
}

function stepOf(wishedMs: number, spanMs: number): number {
  return Math.max(leastStepMs, Math.ceil(Math.max(wishedMs, spanMs / maxSteps) / 1_000) * 1_000);
}
