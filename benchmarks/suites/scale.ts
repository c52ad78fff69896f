/** What 10,000 routes and 100,000 keys cost beside 10 of each: to start, to reload, in memory, and per call. */
import { residency } from "../measure/memory.ts";
import { type Parley, startParley } from "../programs/parley.ts";
import { type ParleySize, usualSize } from "../programs/parley-config.ts";
import { plain1kScenario } from "../programs/scenario.ts";
import type { Bench } from "./bench.ts";
import { type CpuFigures, measureCalls } from "./calls.ts";
import { measureReloads, type ReloadFigures } from "./reload.ts";

export interface ScaleFigures {
  size: ParleySize;
  /** From the command to the first call that can be served, with an empty data directory and with last time's. */
  firstStartMs: number;
  secondStartMs: number;
  residentMib: number;
  cpu: CpuFigures;
  reloads: ReloadFigures;
}

const large: ParleySize = { routes: 10_000, keys: 100_000, variants: 20_000 };

export async function measureScale(bench: Bench): Promise<ScaleFigures[]> {
  const small = await startTwice(bench, "parley-small", usualSize);
  const big = await startTwice(bench, "parley-large", large);
  try {
    const cpu = await measureCalls({ ...bench, programs: [small.parley, big.parley] }, [plain1kScenario]);
    const say = (text: string): void => bench.say(text);
    const reloads = [await measureReloads(small.parley, say), await measureReloads(big.parley, say)];
    return [small, big].map((started, index) => ({
      size: started.size,
      firstStartMs: started.firstStartMs,
      secondStartMs: started.parley.startedInMs,
      residentMib: residency(started.parley.gatewayPid()).residentMib,
      cpu: cpu[index]!,
      reloads: reloads[index]!,
    }));
  } finally {
    await Promise.all([small.parley.stop(), big.parley.stop()]);
  }
}

async function startTwice(bench: Bench, name: string, size: ParleySize): Promise<{ parley: Parley; size: ParleySize; firstStartMs: number }> {
  const options = { ...bench, name, size, core: bench.cores.program };
  const first = await startParley(options);
  await first.stop();
  const parley = await startParley(options);
  bench.say(`${name}: started in ${Math.round(first.startedInMs)} ms, again in ${Math.round(parley.startedInMs)} ms`);
  return { parley, size, firstStartMs: first.startedInMs };
}
