/** One measurement: the CPU that a program's processes use while a job runs, and afterwards until its log is digested. */
import type { Load } from "../load/client.ts";
import type { LoadJob, LoadResult } from "../load/job.ts";
import { cpuMicroseconds } from "../measure/cpu-time.ts";
import type { Program } from "../programs/program.ts";

export interface CpuRound {
  /** Microseconds of CPU for each call that was answered correctly, by part of the program. */
  parts: Record<string, number>;
  /** The sum of the parts. */
  perCall: number;
  answered: number;
  failed: number;
  callsPerSecond: number;
  /** How much of one core the program used while the job ran; near 1 it was full. */
  busy: number;
}

/** So long a program may go on working after its calls. */
const digestWithinMs = 8_000;
const stillForMs = 800;
const lookEveryMs = 100;

export async function cpuRound(load: Load, program: Program, job: LoadJob): Promise<{ round: CpuRound; result: LoadResult }> {
  const before = cpuByPart(program);
  const result = await load.run(job);
  const whenAnswered = cpuByPart(program);
  if (before.size > 1) await untilDigested(program);
  const after = before.size > 1 ? cpuByPart(program) : whenAnswered;
  if (result.answered === 0) throw new Error(`${program.name} answered no call correctly: ${result.failure ?? "nothing came"}`);
  const parts = Object.fromEntries([...after].map(([part, used]) => [part, (used - (before.get(part) ?? 0)) / result.answered]));
  const busy = (total(whenAnswered) - total(before)) / (result.elapsedMs * 1000);
  const round: CpuRound = {
    parts,
    perCall: Object.values(parts).reduce((sum, part) => sum + part, 0),
    answered: result.answered,
    failed: result.failed,
    callsPerSecond: (result.answered * 1000) / result.elapsedMs,
    busy,
  };
  return { round, result };
}

function cpuByPart(program: Program): Map<string, number> {
  const parts = new Map<string, number>();
  for (const { part, pid } of program.processes()) parts.set(part, (parts.get(part) ?? 0) + cpuMicroseconds(pid));
  return parts;
}

function total(parts: Map<string, number>): number {
  return [...parts.values()].reduce((sum, part) => sum + part, 0);
}

/** What a program puts off is part of what a call costs. */
async function untilDigested(program: Program): Promise<void> {
  await untilStill(program);
  if (!program.digest) return;
  await program.digest();
  await untilStill(program);
}

/** Waits until the program has used next to nothing for a while. */
async function untilStill(program: Program): Promise<void> {
  const endsAtMs = performance.now() + digestWithinMs;
  let used = total(cpuByPart(program));
  let stillSinceMs = performance.now();
  while (performance.now() < endsAtMs && performance.now() - stillSinceMs < stillForMs) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    const now = total(cpuByPart(program));
    // Two ticks of 10 ms are what idling costs.
    if (now - used > 20_000) [used, stillSinceMs] = [now, performance.now()];
  }
}
