/** One process of a plane: started, started again when it dies, drained, and killed if it does not drain. */
import { givenText, optionsFollow } from "@parley/contract/given-options";
import type { ChildMessage, SupervisorMessage } from "@parley/contract/processes";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { backoffAfterDeath } from "./backoff.ts";
import type { AheadProcess } from "./ahead.ts";
import { forkProgram, type ForkedProgram } from "./fork-program.ts";

export interface ChildProgram extends ForkedProgram {
  /** As people know it: "gateway", "gateway worker 2", "control plane". */
  name: string;
  options: object;
  /** A process of this program that runs already and waits for its options; null where there is none. */
  ahead?: AheadProcess | undefined;
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
    const child = this.#wasStarted ? forkProgram(this.#program, { argument: JSON.stringify(this.#program.options), hasInput: false }) : this.#first();
    this.#wasStarted = true;
    this.#process = child;
    child.on("message", (message) => this.#events.message(message as ChildMessage));
    child.once("error", (error) => this.#ended(child, error.message));
    child.once("exit", (code, signal) => this.#ended(child, signal === null ? `exit status ${code}` : `signal ${signal}`));
  }

  #first(): ChildProcess {
    const { options, environment, ahead } = this.#program;
    const child = ahead?.take() ?? forkProgram(this.#program, { argument: optionsFollow, hasInput: true });
    child.stdin?.end(givenText({ options, environment }));
    return child;
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
