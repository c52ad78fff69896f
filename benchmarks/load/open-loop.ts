/**
 * Open loop: call number n is due at n / rate, and its latency counts from then, so that a gateway that stalls is
 * charged for every call that it kept waiting (no coordinated omission).
 */
import { bodyCheck } from "./body-check.ts";
import { Connection } from "./connection.ts";
import type { LoadJob, LoadResult } from "./job.ts";
import { startPacer } from "./pacer.ts";
import { Tally } from "./tally.ts";

/** Of each job the beginning is sent but not timed: connections are opened then, here and at the gateway. */
export const untimedMs = 500;

type OpenJob = Extract<LoadJob, { kind: "open" }>;

export async function runOpenLoop(job: OpenJob): Promise<LoadResult> {
  const load = new OpenLoad(job);
  const pacer = startPacer(() => load.sendDue());
  await load.ended;
  await pacer.stop();
  return load.close();
}

class OpenLoad {
  readonly ended: Promise<void>;
  readonly #job: OpenJob;
  readonly #tally = new Tally();
  readonly #idle: Connection[] = [];
  readonly #all: Connection[] = [];
  /** Set when the pacer first wakes: until its thread runs nothing can be sent in time. */
  #startMs: number | null = null;
  readonly #total: number;
  #sent = 0;
  #ended: () => void = () => undefined;

  constructor(job: OpenJob) {
    this.#job = job;
    this.#total = Math.round((job.ratePerSecond * (untimedMs + job.durationMs)) / 1000);
    this.ended = new Promise((resolve) => (this.#ended = resolve));
  }

  sendDue(): void {
    this.#startMs ??= performance.now();
    const due = Math.min(this.#total, Math.ceil(((performance.now() - this.#startMs) * this.#job.ratePerSecond) / 1000));
    while (this.#sent < due && !this.#tally.hopeless) {
      // With every connection busy the call stays due, and its waiting counts.
      const connection = this.#idle.pop() ?? this.#open();
      if (!connection) return;
      this.#send(connection, this.#startMs + (this.#sent * 1000) / this.#job.ratePerSecond);
    }
  }

  close(): LoadResult {
    for (const connection of this.#all) connection.close();
    return this.#tally.result();
  }

  #send(connection: Connection, dueMs: number): void {
    const { requests } = this.#job.target;
    connection.call(requests[this.#sent++ % requests.length]!, (failure) => {
      this.#tally.count(failure);
      if (failure === null && dueMs >= this.#startMs! + untimedMs) this.#tally.latenciesMs.push(performance.now() - dueMs);
      this.#idle.push(connection);
      if (this.#tally.answered + this.#tally.failed === this.#total || this.#tally.hopeless) this.#ended();
    });
  }

  #open(): Connection | null {
    if (this.#all.length >= this.#job.maxConnections) return null;
    const connection = new Connection(this.#job.target.port, bodyCheck(this.#job.target.expect));
    this.#all.push(connection);
    return connection;
  }
}
