/**
 * How long Parley takes to start: `node benchmarks/start.ts [--rounds 5] [--sizes small,large] [--sources] [--also folder]`. From the command to
 * the gateway's and the control plane's first readiness, and what CPU each process has used by the first and all have used by the later one. A first start has an empty data
 * directory, a second one what the first has left. `--also` takes the bundles in another folder as well, in turns (`programs-…` of another copy's
 * node_modules/.cache/parley, with its modules there). A round that warms up goes before all.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { findProgram, type ParleyProgram, sources } from "../tests/harness/parley-program.ts";
import { cpuMicroseconds, processTree } from "./measure/cpu-time.ts";
import { summary } from "./measure/statistics.ts";
import { freePort } from "./programs/child.ts";
import { type ParleyPorts, parleyConfig } from "./programs/parley-config.ts";
import { partOf } from "./programs/parley.ts";

const sizes = { small: { routes: 10, keys: 10, variants: 1 }, large: { routes: 10_000, keys: 100_000, variants: 1 } };
const askEveryMs = 8;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" }, sizes: { type: "string", default: "small,large" }, sources: { type: "boolean", default: false }, also: { type: "string", multiple: true, default: [] } } });
const programs: [name: string, program: ParleyProgram][] = [
  ["this", values.sources ? sources() : findProgram()],
  ...values.also.map((folder): [string, ParleyProgram] => [folder, { module: join(resolve(folder), "cli-main.mjs"), compiled: join(resolve(folder), "code") }]),
];

/** Milliseconds, by what they are of. */
type Start = Map<string, number>;

async function start(program: ParleyProgram, folder: string, ports: ParleyPorts): Promise<Start> {
  const begun = performance.now();
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program.module, "up", "--config", join(folder, "parley.yaml")], {
    cwd: folder, stdio: ["ignore", "ignore", "pipe"], env: { PATH: process.env["PATH"], HOME: folder, NODE_COMPILE_CACHE: program.compiled, PARLEY_LOG_LEVEL: "error" },
  });
  const ended = once(child, "exit");
  let output = "";
  child.stderr.on("data", (piece: Buffer) => (output += piece.toString("utf8")));
  const seen: Start = new Map();
  try {
    await untilReady(ports.gateway, child);
    seen.set("gateway ready", performance.now() - begun);
    for (const { pid, command } of processTree(child.pid as number)) seen.set(`CPU ${partOf(command)}`, cpuMicroseconds(pid) / 1000);
    await untilReady(ports.admin, child);
    seen.set("control plane ready", performance.now() - begun);
    seen.set("CPU of all by then", processTree(child.pid as number).reduce((sum, { pid }) => sum + cpuMicroseconds(pid) / 1000, 0));
  } catch (error) {
    throw new Error(`it did not start:\n${output}`, { cause: error });
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
  return seen;
}

async function untilReady(port: number, child: { exitCode: number | null }): Promise<void> {
  const path = port === ports.gateway ? "/.well-known/parley/readyz" : "/readyz";
  while (!(await fetch(`http://127.0.0.1:${port}${path}`).then((answer) => answer.arrayBuffer().then(() => answer.ok), () => false))) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    await pause(askEveryMs);
  }
}

const ports = { gateway: await freePort(), admin: await freePort(), fixed: await freePort(), scripted: await freePort() };
const all = new Map<string, Start[]>();
for (let round = 0; round <= Number(values.rounds); round++) {
  for (const size of values.sizes.split(",") as (keyof typeof sizes)[]) {
    for (const [name, program] of round % 2 === 0 ? programs : programs.toReversed()) {
      const folder = mkdtempSync(join(tmpdir(), "parley-start-"));
      writeFileSync(join(folder, "parley.yaml"), parleyConfig(ports, sizes[size]));
      for (const which of ["first", "second"]) {
        const seen = await start(program, folder, ports);
        const kind = `${size}, ${which} start, ${name}`;
        if (round > 0) all.set(kind, [...(all.get(kind) ?? []), seen]);
      }
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

for (const [kind, starts] of [...all].toSorted(([one], [other]) => one.localeCompare(other))) {
  const figures = [...(starts[0] as Start).keys()].map((figure) => {
    const { median, lowest, highest } = summary(starts.map((seen) => seen.get(figure) ?? Number.NaN));
    return `${figure} ${median.toFixed(0)} (${lowest.toFixed(0)}–${highest.toFixed(0)})`;
  });
  console.log(`${kind}: ${figures.join(", ")} ms`);
}
console.log(`load average ${loadavg().map((load) => load.toFixed(1)).join(", ")}; ${values.rounds} rounds, medians with the lowest and the highest`);
