/**
 * Everything about the AI side's speed and memory in one command, beside Portkey: `node benchmarks/ai.ts [--quick] [--rounds 5]`.
 * Writes results/ai.md; with `--only first-token` (or in-process, cpu, memory) it takes that alone and only says it. What it needs and how figures are taken is in README.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureFirstToken } from "./ai/first-token.ts";
import { measureInProcess } from "./ai/in-process.ts";
import { measureLargeRequest, measureOpenStreams } from "./ai/memory.ts";
import { aiReport, type AiResults } from "./ai/report.ts";
import { measurePaths } from "./ai/under-load.ts";
import { startLoad } from "./load/client.ts";
import { describeMachine } from "./measure/machine.ts";
import { compileAhead, startParley } from "./programs/parley.ts";
import { usualSize } from "./programs/parley-config.ts";
import { ensurePeers } from "./programs/peers.ts";
import { startNginx } from "./programs/nginx.ts";
import { startPortkey } from "./programs/portkey.ts";
import { startUpstreams } from "./programs/upstreams.ts";
import { type Bench, quickEffort, thoroughEffort } from "./suites/bench.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, rounds: { type: "string" }, only: { type: "string" } } });
const usual = values.quick ? quickEffort : thoroughEffort;
const effort = values.rounds === undefined ? usual : { ...usual, rounds: Number(values.rounds) };
const cores = { load: 0, program: 1 };
const repository = fileURLToPath(new URL("..", import.meta.url));
const openStreams = 2000;
const failures: string[] = [];
const wants = (part: "in-process" | "cpu" | "first-token" | "memory"): boolean => values.only === undefined || values.only.split(",").includes(part);
const started: { stop(): Promise<void> }[] = [];

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function attempt<Figure>(what: string, measure: () => Figure | Promise<Figure>): Promise<Figure | null> {
  try {
    say(what);
    return await measure();
  } catch (error) {
    failures.push(`${what}: ${(error as Error).message}`);
    say(failures.at(-1) as string);
    return null;
  }
}

async function begun<Started extends { stop(): Promise<void> }>(starting: Promise<Started>): Promise<Started> {
  const one = await starting;
  started.push(one);
  return one;
}

const peers = ensurePeers(say);
const machine = describeMachine({ nginx: peers.nginxVersion, portkey: peers.portkeyVersion, repository });
const directory = mkdtempSync(join(tmpdir(), "parley-bench-ai-"));
try {
  const inProcess = wants("in-process") ? ((await attempt("in process", () => measureInProcess(effort.rounds))) ?? []) : [];
  const load = await begun(startLoad(cores.load));
  const upstreams = await begun(startUpstreams(directory, cores.load));
  compileAhead();
  const parley = await begun(startParley({ name: "parley", directory, core: cores.program, upstreams, size: usualSize }));
  const portkey = await begun(startPortkey(peers.portkeyStartScript, cores.program, upstreams));
  const bench: Bench = { load, cores, directory, upstreams, programs: [parley, portkey], effort, say };
  const paths = wants("cpu") ? ((await attempt("CPU a call", () => measurePaths(bench))) ?? []) : [];
  const firstToken = wants("first-token") ? await attempt("time to the first token", async () => measureFirstToken(bench, await begun(startNginx(directory, cores.program, upstreams)))) : null;
  const held = wants("memory") ? await attempt("open streams", () => measureOpenStreams(bench, openStreams)) : null;
  const largeRequests = wants("memory") ? ((await attempt("large requests", () => measureLargeRequest(bench))) ?? []) : [];
  const results: AiResults = { takenAt: new Date().toISOString(), command: `node benchmarks/ai.ts ${process.argv.slice(2).join(" ")}`.trim(), machine, loadAverageAtEnd: loadavg()[0] ?? 0, inProcess, paths, firstToken, openStreams: held, largeRequests, failures };
  const report = aiReport(results);
  if (values.only === undefined) writeFileSync(join(repository, "benchmarks/results/ai.md"), report);
  say(report);
} finally {
  for (const one of started.toReversed()) await one.stop();
  rmSync(directory, { recursive: true, force: true });
}
process.exitCode = failures.length === 0 ? 0 : 1;
