/** Runs the chosen suites one after another; each says what it measures in its own file. */
import type { Options } from "../options.ts";
import { callScenarios, type Scenario, streamScenarios } from "../programs/scenario.ts";
import type { Bench } from "./bench.ts";
import { measureCalls } from "./calls.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import type { Results } from "./results.ts";
import { measureScale } from "./scale.ts";
import { measureStreams } from "./streams.ts";

export async function runSuites(bench: Bench, options: Options): Promise<Pick<Results, "calls" | "streams" | "latency" | "memory" | "scale">> {
  const wants = (scenario: Scenario) => options.suites.includes(scenario.family);
  const results: Pick<Results, "calls" | "streams" | "latency" | "memory" | "scale"> = { calls: [], streams: [], latency: [], memory: [], scale: [] };
  results.calls = await measureCalls(bench, callScenarios.filter(wants));
  if (options.suites.includes("stream")) results.streams = await measureStreams(bench, streamScenarios);
  if (!options.programs.includes("parley")) return results;
  const latencyScenarios = callScenarios.filter(({ name }) => name.endsWith("-1k"));
  if (options.suites.includes("latency")) results.latency = await measureLatency(bench, latencyScenarios);
  if (options.suites.includes("memory")) results.memory = await measureMemory(bench);
  if (options.suites.includes("scale")) results.scale = await measureScale(bench);
  return results;
}
