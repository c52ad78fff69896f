/** CPU per call of whole answers, closed loop, so that the program's core is full. */
import type { Limit, LoadJob, Target } from "../load/job.ts";
import type { Program } from "../programs/program.ts";
import type { Scenario } from "../programs/scenario.ts";
import type { Bench } from "./bench.ts";
import { type CpuRound, cpuRound } from "./cpu-round.ts";

export interface CpuFigures {
  scenario: string;
  title: string;
  program: string;
  rounds: CpuRound[];
}

const connections = 32;

export async function measureCalls(bench: Bench, scenarios: readonly Scenario[]): Promise<CpuFigures[]> {
  const figures: CpuFigures[] = [];
  for (const scenario of scenarios) figures.push(...(await measureScenario(bench, scenario)));
  return figures;
}

async function measureScenario(bench: Bench, scenario: Scenario): Promise<CpuFigures[]> {
  const entries = bench.programs.flatMap((program) => entry(program, scenario));
  for (const { program, target } of entries) {
    bench.say(`${scenario.name}: warming up ${program.name}`);
    await bench.load.run(job(target, bench.effort.warmUp));
  }
  for (let round = 1; round <= bench.effort.rounds; round++) {
    for (const { program, target, figures } of entries) {
      const measured = await cpuRound(bench.load, program, job(target, { durationMs: bench.effort.roundMs }));
      figures.rounds.push(measured.round);
      bench.say(`${scenario.name}: round ${round}, ${program.name} ${line(measured.round)}`);
    }
  }
  return entries.map(({ figures }) => figures);
}

function entry(program: Program, scenario: Scenario): { program: Program; target: Target; figures: CpuFigures }[] {
  const target = program.target(scenario);
  if (!target) return [];
  return [{ program, target, figures: { scenario: scenario.name, title: scenario.title, program: program.name, rounds: [] } }];
}

function job(target: Target, limit: Limit): LoadJob {
  return { kind: "closed", target, connections, limit };
}

function line(round: CpuRound): string {
  return `${round.perCall.toFixed(1)} µs a call, ${Math.round(round.callsPerSecond)} calls/s, core ${Math.round(round.busy * 100)} % full${round.failed > 0 ? `, ${round.failed} FAILED` : ""}`;
}
