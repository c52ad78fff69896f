/**
 * The benchmarks' one command: starts the upstreams, the load process and the programs side by side, runs the suites in
 * interleaved rounds, and writes a table (Markdown) and the figures (JSON) to results/. It starts Parley only as a user
 * does, by its command, and may import nothing of it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkBudgets, tightenBudgets } from "./budgets.ts";
import { startLoad } from "./load/client.ts";
import { describeMachine, type Machine } from "./measure/machine.ts";
import { type Options, type ProgramName, readOptions, usage } from "./options.ts";
import type { Cores } from "./programs/child.ts";
import { startNginx } from "./programs/nginx.ts";
import { compileAhead, startParley } from "./programs/parley.ts";
import { usualSize } from "./programs/parley-config.ts";
import { ensurePeers, type Peers } from "./programs/peers.ts";
import { startPortkey } from "./programs/portkey.ts";
import type { Program } from "./programs/program.ts";
import { startUpstreams, type Upstreams } from "./programs/upstreams.ts";
import { writeReport } from "./report/write-report.ts";
import { type Bench, quickEffort, thoroughEffort } from "./suites/bench.ts";
import type { Results } from "./suites/results.ts";
import { runSuites } from "./suites/run-suites.ts";

const cores: Cores = { load: 0, program: 1 };
const repository = fileURLToPath(new URL("..", import.meta.url));

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const peers = ensurePeers(say);
  const directory = mkdtempSync(join(tmpdir(), "parley-bench-"));
  const started: { stop(): Promise<void> }[] = [];
  // A person's Ctrl-C ends everything that was started, and nothing else.
  process.once("SIGINT", () => void stopAll(started).then(() => process.exit(130)));
  try {
    const machine = describeMachine({ nginx: peers.nginxVersion, portkey: peers.portkeyVersion, repository });
    const bench = await prepare({ options, peers, directory, started });
    const results = await measure(bench, options, machine);
    writeReport(results, join(repository, "benchmarks/results"));
    if (options.tighten) tightenBudgets(results);
    const exitCode = options.check ? checkBudgets(results, say) : 0;
    return results.failures.length > 0 ? 1 : exitCode;
  } finally {
    await stopAll(started);
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Preparation {
  options: Options;
  peers: Peers;
  directory: string;
  /** Grows as things are started, so that a failure half-way still ends them. */
  started: { stop(): Promise<void> }[];
}

async function prepare({ options, peers, directory, started }: Preparation): Promise<Bench> {
  const load = await startLoad(cores.load);
  started.push(load);
  const upstreams = await startUpstreams(directory, cores.load);
  started.push(upstreams);
  if (options.programs.includes("parley")) compileAhead();
  const programs: Program[] = [];
  for (const name of options.programs) {
    say(`starting ${name}`);
    const program = await start(name, { directory, upstreams, peers });
    started.push(program);
    programs.push(program);
  }
  return { load, cores, directory, upstreams, programs, effort: options.quick ? quickEffort : thoroughEffort, say };
}

function start(name: ProgramName, { directory, upstreams, peers }: { directory: string; upstreams: Upstreams; peers: Peers }): Promise<Program> {
  switch (name) {
    case "nginx":
      return startNginx(directory, cores.program, upstreams);
    case "parley":
      return startParley({ name, directory, core: cores.program, upstreams, size: usualSize });
    case "portkey":
      return startPortkey(peers.portkeyStartScript, cores.program, upstreams);
  }
}

async function measure(bench: Bench, options: Options, machine: Machine): Promise<Results> {
  const takenAt = new Date().toISOString();
  const suites = await runSuites(bench, options);
  return { takenAt, command: `npm run bench -- ${process.argv.slice(2).join(" ")}`.trim(), quick: options.quick, machine, ...suites };
}

async function stopAll(started: { stop(): Promise<void> }[]): Promise<void> {
  for (const one of started.splice(0).toReversed()) await one.stop();
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  say(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 1;
}
