/** Runs the command line's program itself, in an environment that has nothing of the developer's own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { sources } from "./parley-program.ts";

/** What is undefined is not set. */
export type Environment = Record<string, string | undefined>;

/** As where nobody could compile anything ahead: the sources run, and each data directory keeps what was compiled of them. */
export const nothingCompiled: Environment = { NODE_COMPILE_CACHE: undefined, PARLEY_TESTED_PROGRAM: undefined };

export interface Running {
  child: ChildProcess;
  /** The exit status, or -1 after a signal. */
  exited: Promise<number>;
  /** Both streams so far. */
  output: () => string;
}

/** Starts a command and does not wait for anything. */
export function runCommand(directory: string, start: { args: string[]; environment?: Environment }): Running {
  const child = spawnCommand(directory, start);
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  const exited = once(child, "close").then(([code]) => {
    process.off("exit", killWithUs);
    return (code as number | null) ?? -1;
  });
  return { child, exited, output: () => output };
}

/** Runs a command to its end. */
export async function parleyCommand(args: string[], environment: Environment = {}, directory: string = tmpdir()): Promise<{ status: number; out: string; error: string }> {
  const child = spawnCommand(directory, { args, environment });
  const text = { out: "", error: "" };
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (text.out += chunk));
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (text.error += chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { status: code ?? -1, ...text };
}

function spawnCommand(directory: string, start: { args: string[]; environment?: Environment }): ChildProcess {
  const { NODE_COMPILE_CACHE, PARLEY_TESTED_PROGRAM } = process.env;
  const { PARLEY_TESTED_PROGRAM: program, ...environment } = { NODE_COMPILE_CACHE, PARLEY_TESTED_PROGRAM, ...start.environment };
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program ?? sources().module, ...start.args], {
    cwd: directory,
    env: { PATH: process.env["PATH"] ?? "", HOME: directory, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
