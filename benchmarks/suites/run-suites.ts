/** Runs the chosen suites one after another; each says what it measures in its own file. */
import type { Options, SuiteName } from "../options.ts";
import { callScenarios, streamScenarios } from "../programs/scenario.ts";
import type { Bench } from "./bench.ts";
import { type CpuFigures, measureCalls } from "./calls.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import type { Results } from "./results.ts";
import { measureScale } from "./scale.ts";
import { measureStreams } from "./streams.ts";

type Figures = Pick<Results, "calls" | "streams" | "latency" | "memory" | "scale">;

/** A suite that fails costs its own figures, not those of the others; `failures` says why. */
export async function runSuites(bench: Bench, options: Options): Promise<Figures & { failures: string[] }> {
  const failures: string[] = [];
  async function run<Figure>(name: SuiteName, isWanted: boolean, suite: () => Promise<Figure[]>): Promise<Figure[]> {
    if (!isWanted) return [];
    try {
      return await suite();
    } catch (error) {
      bench.say(`${name} FAILED: ${(error as Error).message}`);
      failures.push(`${name}: ${(error as Error).message}`);
      return [];
    }
  }
  const wants = (name: SuiteName) => options.suites.includes(name);
  const wantsOfParley = (name: SuiteName) => wants(name) && options.programs.includes("parley");
  const families = (["plain", "openai", "anthropic"] as const).filter(wants);
  const calls: CpuFigures[] = [];
  for (const family of families) calls.push(...(await run(family, true, () => measureCalls(bench, callScenarios.filter((scenario) => scenario.family === family)))));
  return {
    calls,
    streams: await run("stream", wants("stream"), () => measureStreams(bench, streamScenarios)),
    latency: await run("latency", wantsOfParley("latency"), () => measureLatency(bench, callScenarios.filter(({ name }) => name.endsWith("-1k")))),
    memory: await run("memory", wantsOfParley("memory"), () => measureMemory(bench)),
    scale: await run("scale", wantsOfParley("scale"), () => measureScale(bench)),
    failures,
  };
}
