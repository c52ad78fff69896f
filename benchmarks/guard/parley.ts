/** Parley with one upstream under several modes side by side, as a user runs it; all of its processes share the program's core. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cpuMicroseconds, processTree } from "../measure/cpu-time.ts";
import { residency } from "../measure/memory.ts";
import { freePort, startPinned, stopChild, untilAnswers } from "../programs/child.ts";
import { partOf } from "../programs/parley.ts";
import { findProgram } from "../../tests/harness/parley-program.ts";

export const key = "benchmark-key-00000000";

const modes: Readonly<Record<string, object>> = {
  off: { mode: "off" },
  observe: { mode: "observe" },
  enforce: { mode: "enforce" },
  /** Small documents, very many of them. */
  tracked: { mode: "enforce" },
  require: { mode: "require" },
  exclusive: { mode: "require", writers: "exclusive" },
  serialize: { mode: "require", strategy: "serialize", writers: "exclusive" },
};

export interface GuardedParley {
  port: number;
  /** Of all processes so far, microseconds. */
  cpu(): number;
  /** MiB, by part. */
  resident(): Record<string, number>;
  stop(): Promise<void>;
}

export async function startGuardedParley(directory: string, about: { core: number; upstreamPort: number; smallPort: number }): Promise<GuardedParley> {
  const [port, adminPort] = [await freePort(), await freePort()];
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "parley.yaml");
  const services = Object.fromEntries(Object.entries(modes).map(([name, conflict]) => [name, { path: `/${name}`, upstream: { targets: [{ url: `http://127.0.0.1:${name === "tracked" ? about.smallPort : about.upstreamPort}` }] }, conflict }]));
  const consumers = { bench: { keys: [{ name: "default", secret: key }] } };
  writeFileSync(file, JSON.stringify({ gateway: { host: "127.0.0.1", port }, admin: { host: "127.0.0.1", port: adminPort }, data: "./data", services, consumers }));
  const child = startPinned([process.execPath, "--disable-warning=ExperimentalWarning", findProgram().module, "up", "--config", file], { core: about.core });
  await untilAnswers(`http://127.0.0.1:${port}/.well-known/parley/readyz`, child, 120_000);
  const processes = (): { part: string; pid: number }[] =>
    processTree(child.process.pid ?? 0).map(({ pid, command }) => ({ pid, part: partOf(command) }));
  return {
    port,
    cpu: () => processes().reduce((sum, { pid }) => sum + cpuMicroseconds(pid), 0),
    resident: () => Object.fromEntries(processes().map(({ part, pid }) => [part, residency(pid).residentMib])),
    stop: () => stopChild(child, 40_000),
  };
}
