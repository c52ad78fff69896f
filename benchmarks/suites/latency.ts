/**
 * Latency at a constant rate, open loop, directly and through each gateway in turn. The rate is 60 % of what Parley
 * can do on its core; a program that cannot do that is taken at 60 % of its own, beside direct calls at that rate.
 */
import type { LoadJob, Target } from "../load/job.ts";
import { percentile } from "../measure/statistics.ts";
import type { Program } from "../programs/program.ts";
import type { Scenario } from "../programs/scenario.ts";
import type { Bench } from "./bench.ts";

export interface LatencyRound {
  p50: number;
  p99: number;
  p999: number;
  failed: number;
}

export interface LatencyFigures {
  scenario: string;
  title: string;
  program: string;
  ratePerSecond: number;
  /** Milliseconds. */
  rounds: LatencyRound[];
}

interface Entry {
  figures: LatencyFigures;
  target: Target;
}

const share = 0.6;
const connections = 32;
const maxConnections = 256;

export async function measureLatency(bench: Bench, scenarios: readonly Scenario[]): Promise<LatencyFigures[]> {
  const figures: LatencyFigures[] = [];
  for (const scenario of scenarios) {
    const entries = await plan(bench, scenario);
    await takeRounds(bench, entries);
    figures.push(...entries.map((entry) => entry.figures));
  }
  return figures;
}

/** Who is called how often: direct calls stand first in each group of one rate. */
async function plan(bench: Bench, scenario: Scenario): Promise<Entry[]> {
  const parley = bench.programs.find(({ name }) => name === "parley")!;
  const parleysRate = Math.round(share * (await capacity(bench, parley.target(scenario)!)));
  const groups = new Map<number, Program[]>([[parleysRate, [bench.upstreams]]]);
  for (const program of bench.programs) {
    const target = program.target(scenario);
    if (!target) continue;
    const own = program === parley ? parleysRate : Math.round(share * (await capacity(bench, target)));
    const rate = Math.min(own, parleysRate);
    groups.set(rate, [...(groups.get(rate) ?? [bench.upstreams]), program]);
  }
  return [...groups].flatMap(([ratePerSecond, programs]) =>
    programs.map((program) => ({
      figures: { scenario: scenario.name, title: scenario.title, program: program.name, ratePerSecond, rounds: [] },
      target: program.target(scenario)!,
    })),
  );
}

async function takeRounds(bench: Bench, entries: readonly Entry[]): Promise<void> {
  for (let round = 1; round <= bench.effort.rounds; round++) {
    for (const { target, figures } of entries) {
      const job: LoadJob = { kind: "open", target, ratePerSecond: figures.ratePerSecond, durationMs: bench.effort.openRoundMs, maxConnections };
      const result = await bench.load.run(job);
      const sorted = result.latenciesMs.toSorted((a, b) => a - b);
      const taken = { p50: percentile(sorted, 50), p99: percentile(sorted, 99), p999: percentile(sorted, 99.9), failed: result.failed };
      figures.rounds.push(taken);
      bench.say(`${figures.scenario}: round ${round}, ${line(figures, taken)}`);
    }
  }
}

function line(figures: LatencyFigures, round: LatencyRound): string {
  return `${figures.program} at ${figures.ratePerSecond}/s, p50 ${round.p50.toFixed(2)} p99 ${round.p99.toFixed(2)} p99.9 ${round.p999.toFixed(2)} ms`;
}

/** Calls a second with the core full. */
async function capacity(bench: Bench, target: Target): Promise<number> {
  const limit = { durationMs: bench.effort.roundMs };
  await bench.load.run({ kind: "closed", target, connections, limit });
  const result = await bench.load.run({ kind: "closed", target, connections, limit });
  return (result.answered * 1000) / result.elapsedMs;
}
