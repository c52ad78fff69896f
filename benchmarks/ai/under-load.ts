/** Passing calls to a model beside plain calls of the same bytes, and what is added to the first token while others call. */
import { startLoad } from "../load/client.ts";
import type { LoadJob, Target } from "../load/job.ts";
import { percentile } from "../measure/statistics.ts";
import { chatRequest, openaiCompletion } from "../mock/fixtures.ts";
import { benchmarkKey } from "../programs/parley-config.ts";
import { rawRequest } from "../programs/raw-request.ts";
import { callScenarios, streamScenarios, type Scenario } from "../programs/scenario.ts";
import type { Bench } from "../suites/bench.ts";
import { cpuRound } from "../suites/cpu-round.ts";

const connections = 32;

/** The plain proxy with the very bytes of the call to a model. */
const plainChat: Scenario = {
  name: "plain-chat", title: "plain proxy, POST, the same 1 KB", family: "plain", method: "POST", path: "/v1/chat/completions", upstream: "fixed", body: chatRequest("gpt-5-mini", false), answer: openaiCompletion, stream: null,
};
const scenarios = [plainChat, ...callScenarios.filter(({ name }) => name === "openai-1k" || name === "anthropic-1k")];

export interface PathFigures {
  scenario: string;
  title: string;
  program: string;
  rounds: number[];
}

/** Microseconds of CPU a call: the paths and the programs take turns within each round. */
export async function measurePaths(bench: Bench): Promise<PathFigures[]> {
  const entries = scenarios.flatMap((scenario) => bench.programs.flatMap((program) => {
    const target = program.target(scenario);
    return target ? [{ program, target, figures: { scenario: scenario.name, title: scenario.title, program: program.name, rounds: [] as number[] } }] : [];
  }));
  for (const { target } of entries) await bench.load.run(closed(target, bench.effort.warmUp));
  for (let round = 1; round <= bench.effort.rounds; round++) {
    for (const { program, target, figures } of entries) {
      const measured = await cpuRound(bench.load, program, closed(target, { durationMs: bench.effort.roundMs }));
      if (measured.round.failed > 0) throw new Error(`${program.name} failed ${measured.round.failed} calls of ${figures.scenario}: ${measured.result.failure}`);
      figures.rounds.push(measured.round.perCall);
      bench.say(`${figures.scenario}: round ${round}, ${program.name} ${measured.round.perCall.toFixed(1)} µs a call`);
    }
  }
  return entries.map(({ figures }) => figures);
}

export interface FirstTokenRound {
  /** Milliseconds. */
  direct: { p50: number; p99: number };
  /** The same stream through Parley's plain proxy, which knows nothing of models. */
  plain: { p50: number; p99: number };
  through: { p50: number; p99: number };
}

/** Streams, direct and through Parley in turn, while calls keep its core at 60 % of what it can do. */
export async function measureFirstToken(bench: Bench): Promise<{ ratePerSecond: number; rounds: FirstTokenRound[] }> {
  const parley = bench.programs.find(({ name }) => name === "parley");
  const calls = parley?.target(callScenarios.find(({ name }) => name === "openai-1k") as Scenario);
  const stream = streamScenarios.find(({ name }) => name === "openai-stream-20") as Scenario;
  const [through, direct] = [parley?.target(stream), bench.upstreams.target(stream)];
  const plain = through && plainStream(through, stream);
  if (!calls || !through || !direct || !plain) throw new Error("the first token needs parley");
  const full = await bench.load.run(closed(calls, { durationMs: 2 * bench.effort.roundMs }));
  const ratePerSecond = Math.round((0.6 * full.answered * 1000) / full.elapsedMs);
  const background = await startLoad(bench.cores.load);
  try {
    const rounds: FirstTokenRound[] = [];
    for (let round = 0; round <= bench.effort.rounds; round++) {
      const running = background.run({ kind: "open", target: calls, ratePerSecond, durationMs: 3 * bench.effort.openRoundMs + 1500, maxConnections: 256 });
      const taken = { direct: await firstToken(bench, direct), plain: await firstToken(bench, plain), through: await firstToken(bench, through) };
      await running;
      if (round > 0) rounds.push(taken);
      if (round > 0) bench.say(`first token: round ${round}, direct p99 ${taken.direct.p99.toFixed(2)} ms, plain p99 ${taken.plain.p99.toFixed(2)} ms, through p99 ${taken.through.p99.toFixed(2)} ms`);
    }
    return { ratePerSecond, rounds };
  } finally {
    await background.stop();
  }
}

function plainStream({ port }: Target, { path, body }: Scenario): Target {
  return { port, requests: [rawRequest({ method: "POST", path: `/streams${path}`, port, headers: { Authorization: `Bearer ${benchmarkKey(0)}` }, body })], expect: { containing: "" } };
}

async function firstToken(bench: Bench, target: Target): Promise<{ p50: number; p99: number }> {
  const streams = Math.max(40, Math.round(bench.effort.openRoundMs / 5));
  const result = await bench.load.run({ kind: "streams", target, concurrent: 20, streams, chunksPerStream: 20 });
  if (result.failed > 0) throw new Error(`${result.failed} streams failed: ${result.failure}`);
  const sorted = result.latenciesMs.toSorted((one, other) => one - other);
  return { p50: percentile(sorted, 50), p99: percentile(sorted, 99) };
}

function closed(target: Target, limit: Extract<LoadJob, { kind: "closed" }>["limit"]): LoadJob {
  return { kind: "closed", target, connections, limit };
}
