/** One process of a plane: started, started again when it dies, drained, and killed if it does not drain. */
import type { ChildMessage, SupervisorMessage } from "@parley/contract/processes";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { backoffAfterDeath } from "./backoff.ts";

export interface ChildProgram {
  /** As people know it: "gateway", "gateway worker 2", "control plane". */
  name: string;
  /** The module to run. */
  module: string;
  options: object;
  environment: NodeJS.ProcessEnv;
  /** Given to Node before the module. */
  nodeArguments?: readonly string[];
  /** Gives what it finds on its standard input when it is started for the first time, and the argument that says so. */
  input?: { argument: string; take: () => string };
  /** The descriptor of ours that it writes to as its standard output; standard error without it. */
  standardOutput?: 1 | 2;
}

/** It died without being asked to, `deaths` times in a row, and starts again in `delayMs`. */
export interface Death {
  pid: number;
  reason: string;
  deaths: number;
  delayMs: number;
}

export interface ChildEvents {
  message(message: ChildMessage): void;
  died(death: Death): void;
}

/** After draining is over a child gets this long to end by itself. */
const graceMs = 2_000;

export class Child {
  readonly name: string;
  readonly #program: ChildProgram;
  readonly #events: ChildEvents;
  #process: ChildProcess | null = null;
  #startedAt = 0;
  #wasStarted = false;
  #deaths = 0;
  #restart: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(program: ChildProgram, events: ChildEvents) {
    this.name = program.name;
    this.#program = program;
    this.#events = events;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  start(): void {
    this.#restart = null;
    this.#startedAt = performance.now();
    const { input, module, options } = this.#program;
    const isFirst = input !== undefined && !this.#wasStarted;
    this.#wasStarted = true;
    const child = fork(module, [JSON.stringify(options), ...(isFirst ? [input.argument] : [])], {
      execPath: process.execPath,
      execArgv: ["--disable-warning=ExperimentalWarning", ...(this.#program.nodeArguments ?? [])],
      env: this.#program.environment,
      // Its logs go to standard error; standard output is for what the supervisor says to people, and for the access log.
      stdio: [isFirst ? "pipe" : "ignore", this.#program.standardOutput ?? 2, 2, "ipc"],
      // In a process group of its own, so that Ctrl-C reaches the supervisor alone, which drains in the right order.
      detached: true,
    });
    this.#process = child;
    // That it dies before it has read all of it is heard by `exit`.
    child.stdin?.on("error", () => undefined);
    if (isFirst) child.stdin?.end(input.take());
    child.on("message", (message) => this.#events.message(message as ChildMessage));
    child.once("error", (error) => this.#ended(child, error.message));
    child.once("exit", (code, signal) => this.#ended(child, signal === null ? `exit status ${code}` : `signal ${signal}`));
  }

  #ended(child: ChildProcess, reason: string): void {
    if (this.#process !== child) return;
    this.#process = null;
    if (this.#stopping) return;
    const { deaths, delayMs } = backoffAfterDeath(this.#deaths, performance.now() - this.#startedAt);
    this.#deaths = deaths;
    this.#restart = setTimeout(() => this.start(), delayMs);
    this.#events.died({ pid: child.pid ?? 0, reason, deaths, delayMs });
  }

  /** Asks it to end what it does and exit. True if it did so by itself, with status 0, in time. */
  async drain(withinMs: number): Promise<boolean> {
    this.#stopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    const child = this.#process;
    if (!child) return true;
    const exited = once(child, "exit") as Promise<[number | null, string | null]>;
    const message: SupervisorMessage = { type: "drain", withinMs };
    // A child that is dying has closed its channel already; then its exit is all there is to wait for.
    if (child.connected) child.send(message, () => undefined);
    const timer = setTimeout(() => child.kill("SIGKILL"), withinMs + graceMs);
    const [code] = await exited;
    clearTimeout(timer);
    return code === 0;
  }

  kill(): void {
    this.#stopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    this.#process?.kill("SIGKILL");
  }
}
