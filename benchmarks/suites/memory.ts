/** Resident memory of Parley's processes after many calls, whether it is flat, and what open streams add. */
import { residency } from "../measure/memory.ts";
import { type Parley, startParley } from "../programs/parley.ts";
import { usualSize } from "../programs/parley-config.ts";
import { callScenarios, heldScenario } from "../programs/scenario.ts";
import type { Bench } from "./bench.ts";

export interface MemorySample {
  calls: number;
  openStreams: number;
  /** MiB, by part of the program. */
  residentMib: Record<string, number>;
}

const connections = 64;
/** Plain and OpenAI calls take turns in batches of this many. */
const batchCalls = 5_000;
const sampleEveryCalls = 50_000;

/** On a Parley of its own, so that nothing before counts. */
export async function measureMemory(bench: Bench): Promise<MemorySample[]> {
  const parley = await startParley({ ...bench, name: "parley-memory", core: bench.cores.program, size: usualSize });
  try {
    return await takeSamples(bench, parley);
  } finally {
    await parley.stop();
  }
}

async function takeSamples(bench: Bench, parley: Parley): Promise<MemorySample[]> {
  const samples = [sample(parley, 0, 0)];
  const { first, further } = bench.effort.memoryCalls;
  let calls = await callMany(bench, parley, 2 * batchCalls);
  samples.push(sample(parley, calls, 0));
  while (calls < first + further) {
    const until = calls < first ? first : Math.min(calls + sampleEveryCalls, first + further);
    calls += await callMany(bench, parley, until - calls);
    samples.push(sample(parley, calls, 0));
    bench.say(`memory: after ${calls} calls ${describe(samples.at(-1)!)}`);
  }
  const held = await bench.load.run({ kind: "hold", target: parley.target(heldScenario)!, connections: bench.effort.heldStreams });
  samples.push(sample(parley, calls, held.answered));
  bench.say(`memory: with ${held.answered} open streams ${describe(samples.at(-1)!)}`);
  await bench.load.run({ kind: "release" });
  return samples;
}

async function callMany(bench: Bench, parley: Parley, calls: number): Promise<number> {
  const targets = callScenarios.filter(({ name }) => name === "plain-1k" || name === "openai-1k").map((scenario) => parley.target(scenario)!);
  for (let done = 0; done < calls; done += batchCalls) {
    const limit = { calls: Math.min(batchCalls, calls - done) };
    const result = await bench.load.run({ kind: "closed", target: targets[(done / batchCalls) % targets.length]!, connections, limit });
    if (result.failed > 0) throw new Error(`${result.failed} calls failed: ${result.failure}`);
  }
  return calls;
}

function sample(parley: Parley, calls: number, openStreams: number): MemorySample {
  const residentMib: Record<string, number> = {};
  for (const { part, pid } of parley.processes()) residentMib[part] = (residentMib[part] ?? 0) + residency(pid).residentMib;
  return { calls, openStreams, residentMib };
}

function describe(sampled: MemorySample): string {
  return Object.entries(sampled.residentMib).map(([part, mebibytes]) => `${part} ${mebibytes.toFixed(0)} MiB`).join(", ");
}
