/**
 * What is added to the first token while other calls go through. Each round looks anew for the rate of calls that keeps Parley
 * at 60 % of its core together with the streams (a call costs more when it comes alone than when many wait, so 60 % of the highest
 * throughput would be far more than that), takes the same stream direct, through the plain proxy and to a model under that very load, and
 * says how much of the core other programs took meanwhile, so that it can be told which rounds mean something.
 */
import { startLoad, type Load } from "../load/client.ts";
import type { Target } from "../load/job.ts";
import { untimedMs } from "../load/open-loop.ts";
import { coreMicroseconds, cpuMicroseconds } from "../measure/cpu-time.ts";
import { percentile } from "../measure/statistics.ts";
import { benchmarkKey } from "../programs/parley-config.ts";
import type { Program } from "../programs/program.ts";
import { rawRequest } from "../programs/raw-request.ts";
import { callScenarios, streamScenarios, type Scenario } from "../programs/scenario.ts";
import type { Bench } from "../suites/bench.ts";
import { closed } from "./under-load.ts";

const paths = ["direct", "plain", "through"] as const;
type Path = (typeof paths)[number];

interface FirstTokenPath {
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Of the core's time while the streams ran: what Parley took of it, and what other programs did. */
  own: number;
  others: number;
  /** Of the other core's, on which the load is made and answered. */
  load: number;
  /** Calls under way beside the streams that were answered, of those that were due. */
  kept: number;
}

/** `plain` is the same stream through Parley's plain proxy, which knows nothing of models. */
export type FirstTokenRound = Record<Path, FirstTokenPath> & { ratePerSecond: number };

/** Past it a round tells of the machine more than of Parley. */
const quietShare = 0.05;
const loadShare = 0.6;
const maxConnections = 256;

export function isQuiet(round: FirstTokenRound): boolean {
  return paths.every((path) => round[path].others <= quietShare);
}

export async function measureFirstToken(bench: Bench): Promise<FirstTokenRound[]> {
  const parley = bench.programs.find(({ name }) => name === "parley");
  const calls = parley?.target(callScenarios.find(({ name }) => name === "openai-1k") as Scenario);
  const stream = streamScenarios.find(({ name }) => name === "openai-stream-20") as Scenario;
  const [through, direct] = [parley?.target(stream), bench.upstreams.target(stream)];
  if (!parley || !calls || !through || !direct) throw new Error("the first token needs parley");
  const targets = { direct, plain: plainStream(through, stream), through };
  const background = await startLoad(bench.cores.load);
  try {
    const rounds: FirstTokenRound[] = [];
    // The first round warms up.
    for (let round = 0; round <= bench.effort.rounds; round++) {
      const quiet = { bench, parley, background, calls };
      const beside = { ...quiet, ratePerSecond: await rateAtShare(quiet, targets.through) };
      const taken = { ratePerSecond: beside.ratePerSecond, direct: await underLoad(beside, targets.direct), plain: await underLoad(beside, targets.plain), through: await underLoad(beside, targets.through) };
      if (round === 0) continue;
      rounds.push(taken);
      bench.say(`first token: round ${round} at ${taken.ratePerSecond} calls/s, p99 ${paths.map((path) => `${path} ${taken[path].p99.toFixed(2)} ms (Parley ${(100 * taken[path].own).toFixed(0)} %, others ${(100 * taken[path].others).toFixed(0)} %, the load's core ${(100 * taken[path].load).toFixed(0)} %)`).join(", ")}`);
    }
    return rounds;
  } finally {
    await background.stop();
  }
}

/** From 60 % of the highest throughput in steps towards the rate that takes 60 % of the core, streams to a model included. */
async function rateAtShare(beside: Omit<Beside, "ratePerSecond">, stream: Target): Promise<number> {
  const { bench, calls } = beside;
  const full = await bench.load.run(closed(calls, { durationMs: bench.effort.roundMs }));
  let rate = (loadShare * full.answered * 1000) / full.elapsedMs;
  for (let step = 0; step < 3; step++) {
    const { own } = await underLoad({ ...beside, ratePerSecond: Math.round(rate) }, stream);
    rate *= Math.min(2, loadShare / own);
  }
  return Math.round(rate);
}

interface Beside {
  bench: Bench;
  parley: Program;
  background: Load;
  calls: Target;
  ratePerSecond: number;
}

/** The load begins before the streams and outlasts them, alike for each path. */
async function underLoad({ bench, parley, background, calls, ratePerSecond }: Beside, target: Target): Promise<FirstTokenPath> {
  const streams = Math.max(40, Math.round(bench.effort.openRoundMs / 5));
  const durationMs = bench.effort.openRoundMs + 1_500;
  const running = background.run({ kind: "open", target: calls, ratePerSecond, durationMs, maxConnections });
  await new Promise((resolve) => setTimeout(resolve, untimedMs));
  const before = { core: coreMicroseconds(bench.cores.program), load: coreMicroseconds(bench.cores.load), own: used(parley), at: performance.now() };
  const result = await bench.load.run({ kind: "streams", target, concurrent: 20, streams, chunksPerStream: 20 });
  const elapsedMicros = (performance.now() - before.at) * 1000;
  const own = (used(parley) - before.own) / elapsedMicros;
  const others = (coreMicroseconds(bench.cores.program) - before.core) / elapsedMicros - own;
  const load = (coreMicroseconds(bench.cores.load) - before.load) / elapsedMicros;
  const answered = await running;
  if (result.failed > 0) throw new Error(`${result.failed} streams failed: ${result.failure}`);
  const sorted = result.latenciesMs.toSorted((one, other) => one - other);
  return { p50: percentile(sorted, 50), p99: percentile(sorted, 99), own, others: Math.max(0, others), load, kept: answered.answered / ((ratePerSecond * (untimedMs + durationMs)) / 1000) };
}

function used(program: Program): number {
  return program.processes().reduce((sum, { pid }) => sum + cpuMicroseconds(pid), 0);
}

function plainStream({ port }: Target, { path, body }: Scenario): Target {
  return { port, requests: [rawRequest({ method: "POST", path: `/streams${path}`, port, headers: { Authorization: `Bearer ${benchmarkKey(0)}` }, body })], expect: { containing: "" } };
}
