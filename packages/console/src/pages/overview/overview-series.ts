/** An overview's series as lines: steps without calls filled in, counts as rates, the period before laid over it. */
import type { Overview } from "./overview-tiles.tsx";

type Point = Overview["series"][number];
type CountMember = "calls" | "errors" | "refused" | "conflicts" | "inputTokens" | "outputTokens" | "costUsd";
type Line = readonly (number | null)[];

export interface Lines {
  calls: Line;
  errors: Line;
  refused: Line;
  conflicts: Line;
  inputTokens: Line;
  outputTokens: Line;
  /** USD an hour. */
  costUsd: Line;
  p50: Line;
  p95: Line;
  p99: Line;
}

export interface Steps {
  /** When each step begins: the range's start, then whole steps. */
  moments: number[];
  now: Lines;
  before: Lines | null;
  /** Whether the last step is still going on: what it says may change until it has passed. */
  running: boolean;
}

const leastPart = 0.9;
/** So little of a step says nothing about its rate. */
const leastMs = 5_000;

export function seriesOf(overview: Overview, now: number): Steps {
  const { from, stepMs, previous } = overview;
  const to = Math.min(overview.to, Math.max(now, from + 1));
  const moments = momentsOf(from, to, stepMs);
  const before = previous && linesOf(shiftedPoints(overview, previous, moments), moments, { to: (moments.at(-1) ?? to) + stepMs, stepMs });
  const lastMs = to - (moments.at(-1) ?? to);
  return { moments, now: linesOf(overview.series, moments, { to, stepMs }), before, running: moments.length > 2 && lastMs >= leastMs && lastMs < stepMs * leastPart && now < overview.to };
}

function momentsOf(from: number, to: number, stepMs: number): number[] {
  const moments = [from];
  for (let at = (Math.floor(from / stepMs) + 1) * stepMs; at < to; at += stepMs) moments.push(at);
  return moments;
}

/** Steps of the period before may begin elsewhere within a step; each stands where its middle falls. */
function shiftedPoints({ from, stepMs }: Overview, previous: NonNullable<Overview["previous"]>, moments: readonly number[]): Point[] {
  return previous.series.map((point) => ({ ...point, at: startOf(moments, point.at + from - previous.from + stepMs / 2) }));
}

function startOf(moments: readonly number[], at: number): number {
  return moments.findLast((moment) => moment <= at) ?? moments[0] ?? at;
}

function linesOf(points: readonly Point[], moments: readonly number[], { to, stepMs }: { to: number; stepMs: number }): Lines {
  const byMoment = new Map(points.map((point) => [point.at, point]));
  const found = moments.map((at) => byMoment.get(at));
  const seconds = moments.map((at, index) => Math.max(1, Math.min(moments[index + 1] ?? to, at + stepMs) - at) / 1_000);
  const saysSomething = (index: number) => index < moments.length - 1 || moments.length < 3 || (seconds[index] ?? 0) * 1_000 >= Math.min(leastMs, stepMs * leastPart);
  const rate = (member: CountMember, factor = 1) => found.map((point, index) => (saysSomething(index) ? ((point?.[member] ?? 0) / (seconds[index] ?? 1)) * factor : null));
  const plain = (member: "p50Ms" | "p95Ms" | "p99Ms") => found.map((point) => point?.[member] ?? null);
  return {
    calls: rate("calls"), errors: rate("errors"), refused: rate("refused"), conflicts: rate("conflicts"), inputTokens: rate("inputTokens"), outputTokens: rate("outputTokens"), costUsd: rate("costUsd", 3_600),
    p50: plain("p50Ms"), p95: plain("p95Ms"), p99: plain("p99Ms"),
  };
}
