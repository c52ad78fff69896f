/**
 * What is added to the first token while other calls go through. Each round looks anew for the rate of calls that keeps Parley
 * at 60 % of its core together with the streams (a call costs more when it comes alone than when many wait, so 60 % of the highest
 * throughput would be far more than that), takes the same stream direct, through nginx, through the plain proxy and to a model under that very load, and
 * says how much of the core Parley and other programs took meanwhile, so that it can be told which rounds mean something.
 */
import type { Target } from "../load/job.ts";
import { runSteadyLoad } from "../load/steady-load.ts";
import { coreMicroseconds, cpuMicroseconds } from "../measure/cpu-time.ts";
import { percentile } from "../measure/statistics.ts";
import { benchmarkKey } from "../programs/parley-config.ts";
import type { Program } from "../programs/program.ts";
import { rawRequest } from "../programs/raw-request.ts";
import { callScenarios, streamScenarios, type Scenario } from "../programs/scenario.ts";
import type { Bench } from "../suites/bench.ts";
import { closed } from "./under-load.ts";

export const firstTokenPaths = ["direct", "nginx", "plain", "through"] as const;
export type FirstTokenPath = (typeof firstTokenPaths)[number];

interface PathFigures {
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Of the core's time while the streams ran: what the program took of it through which the calls beside them went, and what all others did. */
  own: number;
  others: number;
  /** Of the other core's, on which the load is made and answered. */
  load: number;
  /** Calls under way beside the streams that were answered, of those that were due. */
  kept: number;
}

/** `direct` has the load go through Parley and the streams past it; `plain` is the same stream through Parley's plain proxy, which knows nothing of models. */
export type FirstTokenRound = Record<FirstTokenPath, PathFigures> & { ratePerSecond: number };

/** Past it a round tells of the machine more than of Parley. */
const quietShare = 0.05;
const loadShare = 0.6;
/** How far from it Parley's own part of its core may lie: what a rate costs differs by that much from one measurement to the next. */
const shareTolerance = 0.05;
const maxSteps = 8;
/** The load runs so long before the streams begin, and is given as much after they should have ended. */
const aroundMs = 700;
const concurrentStreams = 20;
const chunksPerStream = 20;

export function isQuiet(round: FirstTokenRound): boolean {
  return firstTokenPaths.every((path) => round[path].others <= quietShare);
}

/** While the model's streams ran Parley took 60 % of its core, give or take. */
export function isAtLoad(round: FirstTokenRound): boolean {
  return isAtShare(round.through.own);
}

function isAtShare(own: number): boolean {
  return Math.abs(own - loadShare) <= shareTolerance;
}

export async function measureFirstToken(bench: Bench, nginx: Program): Promise<FirstTokenRound[]> {
  const parley = bench.programs.find(({ name }) => name === "parley");
  const calls = callScenarios.find(({ name }) => name === "openai-1k") as Scenario;
  const stream = streamScenarios.find(({ name }) => name === "openai-stream-20") as Scenario;
  const [through, direct, limit] = [parley?.target(stream), bench.upstreams.target(stream), nginx.target(stream)];
  const [throughParley, throughNginx] = [parley?.target(calls), nginx.target(calls)];
  if (!parley || !throughParley || !throughNginx || !through || !direct || !limit) throw new Error("the first token needs parley and nginx");
  const paths: Record<FirstTokenPath, Omit<Beside, "ratePerSecond">> = {
    direct: { bench, program: parley, calls: throughParley, streams: direct },
    nginx: { bench, program: nginx, calls: throughNginx, streams: limit },
    plain: { bench, program: parley, calls: throughParley, streams: plainStream(through, stream) },
    through: { bench, program: parley, calls: throughParley, streams: through },
  };
  const rounds: FirstTokenRound[] = [];
  // The first round warms up.
  for (let round = 0; round <= bench.effort.rounds; round++) {
    const ratePerSecond = await rateAtShare(paths.through);
    const take = (path: FirstTokenPath) => underLoad({ ...paths[path], ratePerSecond });
    const taken = { ratePerSecond, direct: await take("direct"), nginx: await take("nginx"), plain: await take("plain"), through: await take("through") };
    if (round === 0) continue;
    rounds.push(taken);
    const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
    bench.say(`first token: round ${round} at ${ratePerSecond} calls/s, p99 ${firstTokenPaths.map((path) => `${path} ${taken[path].p99.toFixed(2)} ms (the program ${percent(taken[path].own)}, others ${percent(taken[path].others)}, the load's core ${percent(taken[path].load)})`).join(", ")}`);
  }
  return rounds;
}

interface Beside {
  bench: Bench;
  program: Program;
  /** The load, which goes through the program. */
  calls: Target;
  streams: Target;
  ratePerSecond: number;
}

/** From 60 % of the highest throughput towards the rate that takes 60 % of the core, streams to a model included, until a whole measurement shows it. */
async function rateAtShare(beside: Omit<Beside, "ratePerSecond">): Promise<number> {
  const { bench, calls } = beside;
  const full = await bench.load.run(closed(calls, { durationMs: bench.effort.roundMs }));
  let rate = (loadShare * full.answered * 1000) / full.elapsedMs;
  for (let step = 0; step < maxSteps; step++) {
    const { own } = await underLoad({ ...beside, ratePerSecond: Math.round(rate) });
    if (isAtShare(own)) break;
    rate *= Math.min(1.5, loadShare / own);
  }
  return Math.round(rate);
}

/** The load begins before the streams and outlasts them, alike for each path. */
async function underLoad({ bench, program, calls, streams: target, ratePerSecond }: Beside): Promise<PathFigures> {
  const streams = Math.max(40, Math.round(bench.effort.openRoundMs / 5));
  const running = runSteadyLoad({ target: calls, ratePerSecond, durationMs: bench.effort.openRoundMs + 2 * aroundMs, core: bench.cores.load });
  await new Promise((resolve) => setTimeout(resolve, aroundMs));
  const before = { core: coreMicroseconds(bench.cores.program), load: coreMicroseconds(bench.cores.load), own: used(program), at: performance.now() };
  const result = await bench.load.run({ kind: "streams", target, concurrent: concurrentStreams, streams, chunksPerStream });
  const elapsedMicros = (performance.now() - before.at) * 1000;
  const own = (used(program) - before.own) / elapsedMicros;
  const others = (coreMicroseconds(bench.cores.program) - before.core) / elapsedMicros - own;
  const load = (coreMicroseconds(bench.cores.load) - before.load) / elapsedMicros;
  const kept = await running;
  if (result.failed > 0) throw new Error(`${result.failed} streams failed: ${result.failure}`);
  const sorted = result.latenciesMs.toSorted((one, other) => one - other);
  return { p50: percentile(sorted, 50), p99: percentile(sorted, 99), own, others: Math.max(0, others), load, kept };
}

function used(program: Program): number {
  return program.processes().reduce((sum, { pid }) => sum + cpuMicroseconds(pid), 0);
}

function plainStream({ port }: Target, { path, body }: Scenario): Target {
  return { port, requests: [rawRequest({ method: "POST", path: `/streams${path}`, port, headers: { Authorization: `Bearer ${benchmarkKey(0)}` }, body })], expect: { containing: "" } };
}
