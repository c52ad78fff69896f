/**
 * Streams at a fixed pace: CPU per call and per chunk, time to the first chunk, and how long a chunk is on its way.
 * Chunks come one by one, as from a model, so that no gateway gains by reading many of them at once.
 */
import type { LoadJob, LoadResult, Target } from "../load/job.ts";
import { percentile } from "../measure/statistics.ts";
import type { Program } from "../programs/program.ts";
import type { Scenario } from "../programs/scenario.ts";
import type { Bench } from "./bench.ts";
import { type CpuRound, cpuRound } from "./cpu-round.ts";

export interface StreamRound extends CpuRound {
  perChunk: number;
  firstChunkMs: { p50: number; p99: number };
  chunkDelayMs: { p50: number; p99: number; p999: number };
}

export interface StreamFigures {
  scenario: string;
  title: string;
  program: string;
  rounds: StreamRound[];
}

const concurrent = 20;

export async function measureStreams(bench: Bench, scenarios: readonly Scenario[]): Promise<StreamFigures[]> {
  const figures: StreamFigures[] = [];
  for (const scenario of scenarios) figures.push(...(await measureScenario(bench, scenario)));
  return figures;
}

async function measureScenario(bench: Bench, scenario: Scenario): Promise<StreamFigures[]> {
  const entries = [bench.upstreams, ...bench.programs].flatMap((program) => {
    const target = program.target(scenario);
    return target ? [{ program, target, rounds: [] as StreamRound[] }] : [];
  });
  for (const { target } of entries) await bench.load.run(job(target, scenario, bench.effort.openRoundMs));
  for (let round = 1; round <= bench.effort.rounds; round++) {
    for (const { program, target, rounds } of entries) {
      const measured = await cpuRound(bench.load, program, job(target, scenario, bench.effort.openRoundMs));
      const figures = streamRound(measured, scenario);
      rounds.push(figures);
      bench.say(`${scenario.name}: round ${round}, ${line(program, figures)}`);
    }
  }
  return entries.map(({ program, rounds }) => ({ scenario: scenario.name, title: scenario.title, program: program.name, rounds }));
}

/** As many streams as fill about the given time, each connection carrying at least two. */
function job(target: Target, scenario: Scenario, durationMs: number): LoadJob {
  const { chunks, everyMs } = scenario.stream!;
  const waves = Math.max(2, Math.ceil(durationMs / (chunks * everyMs)));
  return { kind: "streams", target, concurrent, streams: concurrent * waves, chunksPerStream: chunks };
}

function streamRound({ round, result }: { round: CpuRound; result: LoadResult }, scenario: Scenario): StreamRound {
  const first = result.latenciesMs.toSorted((a, b) => a - b);
  const delays = result.chunkDelaysMs.toSorted((a, b) => a - b);
  return {
    ...round,
    perChunk: round.perCall / scenario.stream!.chunks,
    firstChunkMs: { p50: percentile(first, 50), p99: percentile(first, 99) },
    chunkDelayMs: { p50: percentile(delays, 50), p99: percentile(delays, 99), p999: percentile(delays, 99.9) },
  };
}

function line(program: Program, round: StreamRound): string {
  return `${program.name} ${round.perCall.toFixed(0)} µs a call, ${round.perChunk.toFixed(1)} a chunk, chunk delay p50 ${round.chunkDelayMs.p50.toFixed(2)} p99 ${round.chunkDelayMs.p99.toFixed(2)} ms${round.failed > 0 ? `, ${round.failed} FAILED` : ""}`;
}
