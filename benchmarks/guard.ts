/**
 * What guarding costs: `node benchmarks/guard.ts [--rounds 5] [--calls 6000] [--resources 1000000] [--only reads,writes,queue,memory] [--out results/guard.md]`. Writes what it found. Needs Linux, two cores,
 * taskset and setpriv; it may import nothing of Parley, and ends everything that it started.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Figure, memoryFigure, queueFigure, readFigures, type Setting, writeFigures } from "./guard/figures.ts";
import { startGuardedParley } from "./guard/parley.ts";
import { describeMachine, type Machine } from "./measure/machine.ts";
import { startPinned, stopChild } from "./programs/child.ts";

const cores = { load: 0, program: 1 };
const repository = fileURLToPath(new URL("..", import.meta.url));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" }, calls: { type: "string", default: "6000" }, resources: { type: "string", default: "1000000" }, only: { type: "string", default: "reads,writes,queue,memory" }, out: { type: "string", default: "benchmarks/results/guard.md" } } });
  const parts = new Set(values.only.split(","));
  const machine = describeMachine({ nginx: "", portkey: "", repository });
  execFileSync("taskset", ["-acp", String(cores.load), String(process.pid)], { stdio: "ignore" });
  const directory = mkdtempSync(join(tmpdir(), "parley-guard-"));
  const upstream = startPinned([process.execPath, fileURLToPath(new URL("guard/upstream.ts", import.meta.url))], { core: cores.load, ipc: true });
  const [{ port: upstreamPort, smallPort }] = (await once(upstream.process, "message")) as [{ port: number; smallPort: number }];
  const parley = await startGuardedParley(directory, { core: cores.program, upstreamPort, smallPort });
  try {
    const setting: Setting = { parley, upstreamPort, rounds: Number(values.rounds), callsEach: Number(values.calls), resources: Number(values.resources), say };
    const figures: Figure[] = [];
    // First, since it is about a fresh start.
    if (parts.has("memory")) figures.push(...(await memoryFigure(setting)));
    if (parts.has("reads")) figures.push(...(await readFigures(setting)));
    if (parts.has("writes")) figures.push(...(await writeFigures(setting)));
    if (parts.has("queue")) figures.push(await queueFigure(setting));
    writeFileSync(resolve(repository, values.out), report(figures, machine));
  } finally {
    await parley.stop();
    await stopChild(upstream);
    rmSync(directory, { recursive: true, force: true });
  }
}

function report(figures: readonly Figure[], machine: Machine): string {
  const rows = figures.map(({ what, unit, measured, beside, budget }) => {
    const digits = unit === "MiB" || unit === "/s" || unit === "µs" ? 0 : 2;
    const [median, lowest, highest] = [measured.median, measured.lowest, measured.highest].map((value) => value.toFixed(digits));
    return `| ${what} | ${median} ${unit} (${lowest}–${highest}) | ${beside} | ${budget} |`;
  });
  return `# What guarding costs, ${new Date().toISOString().slice(0, 10)}

${machine.cpu}, ${machine.cores} cores, Linux ${machine.kernel}, Node ${machine.node}, Parley ${machine.parley}. Load average ${machine.loadAverage.toFixed(1)} before the run and ${(loadavg()[0] ?? 0).toFixed(1)} after it:
a machine with other work makes calls dearer, which is why every figure stands beside the unguarded path of the same round. CPU is that of all of Parley's processes, the call log included,
so that a difference of two calls also has the noise of both in it. Command: \`node benchmarks/guard.ts ${process.argv.slice(2).join(" ")}\`.

| figure | median (lowest–highest) | beside it | budget |
| --- | ---: | ---: | ---: |
${rows.join("\n")}
`;
}

try {
  await main();
} catch (error) {
  say((error as Error).message);
  process.exitCode = 1;
}
