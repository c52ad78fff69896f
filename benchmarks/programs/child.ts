/** Starts the benchmark's own processes, pinned to a core, and ends exactly those. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** Core of everything that makes or answers load, and core of the program under measurement. */
export interface Cores {
  load: number;
  program: number;
}

export interface StartOptions {
  core: number;
  environment?: NodeJS.ProcessEnv;
  workingDirectory?: string;
  ipc?: boolean;
}

/** The last lines that the process wrote, for when it fails. */
export interface Child {
  process: ChildProcess;
  output(): string;
}

const maxOutputCharacters = 16_384;

export function startPinned(command: readonly string[], options: StartOptions): Child {
  // The kernel ends it should the runner die without having ended it.
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "taskset", "-c", String(options.core), ...command], {
    cwd: options.workingDirectory,
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "pipe", "pipe", ...(options.ipc ? (["ipc"] as const) : [])],
    serialization: "advanced",
  });
  let output = "";
  const keep = (piece: Buffer) => (output = (output + piece.toString("latin1")).slice(-maxOutputCharacters));
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return { process: child, output: () => output };
}

export async function stopChild(child: Child, withinMs = 10_000): Promise<void> {
  if (child.process.exitCode !== null || child.process.signalCode !== null) return;
  const exit = once(child.process, "exit");
  child.process.kill("SIGTERM");
  const force = setTimeout(() => child.process.kill("SIGKILL"), withinMs);
  await exit;
  clearTimeout(force);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Asks until the address answers 200, the child ends or the time is over. */
export async function untilAnswers(url: string, child: Child, withinMs: number): Promise<void> {
  const endsAtMs = performance.now() + withinMs;
  while (performance.now() < endsAtMs) {
    if (child.process.exitCode !== null) throw new Error(`${child.process.spawnargs.join(" ")} ended with ${child.process.exitCode}:\n${child.output()}`);
    const ok = await fetch(url).then((answer) => answer.body?.cancel().then(() => answer.ok) ?? answer.ok, () => false);
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${url} did not answer within ${withinMs} ms:\n${child.output()}`);
}
