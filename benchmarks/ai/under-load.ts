/** Passing calls to a model beside plain calls of the same bytes. */
import type { LoadJob, Target } from "../load/job.ts";
import { chatRequest, openaiCompletion } from "../mock/fixtures.ts";
import { callScenarios, type Scenario } from "../programs/scenario.ts";
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


export function closed(target: Target, limit: Extract<LoadJob, { kind: "closed" }>["limit"]): LoadJob {
  return { kind: "closed", target, connections, limit };
}
