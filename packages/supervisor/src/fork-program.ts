/** How a plane's program becomes a process. */
import { type ChildProcess, fork } from "node:child_process";

export interface ForkedProgram {
  /** The module to run. */
  module: string;
  environment: NodeJS.ProcessEnv;
  /** Given to Node before the module. */
  nodeArguments?: readonly string[];
  /** The descriptor of ours that it writes to as its standard output; standard error without it. */
  standardOutput?: 1 | 2;
}

export function forkProgram(program: ForkedProgram, { argument, hasInput }: { argument: string; hasInput: boolean }): ChildProcess {
  const child = fork(program.module, [argument], {
    execPath: process.execPath,
    execArgv: ["--disable-warning=ExperimentalWarning", ...(program.nodeArguments ?? [])],
    env: program.environment,
    // Its logs go to standard error; standard output is for what the supervisor says to people, and for the access log.
    stdio: [hasInput ? "pipe" : "ignore", program.standardOutput ?? 2, 2, "ipc"],
    // In a process group of its own, so that Ctrl-C reaches the supervisor alone, which drains in the right order.
    detached: true,
  });
  // That it dies before it has read all of it is heard by `exit`.
  child.stdin?.on("error", () => undefined);
  return child;
}
