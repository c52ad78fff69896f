/**
 * How many threads the engine works in: one for a write, as a second one makes taking calls in no faster and costs twice the CPU,
 * and all of them for questions. With each change the engine ends threads and gives back memory that the next batch would need again,
 * so that a write leaves it as it is, and it goes back once somebody asks or no other write has followed for a while.
 */
import type { DuckDBConnection } from "@duckdb/node-api";

interface EngineThreadsOptions {
  /** The engine works in so many now. */
  most: number;
  keepForMs?: number;
}

/** Batches of calls come every 15 s at least while there are calls. */
const defaultKeepForMs = 20_000;

export class EngineThreads {
  readonly #connection: DuckDBConnection;
  readonly #options: Required<EngineThreadsOptions>;
  #current: number;
  #questions = 0;
  #isWriting = false;
  #giveBack: NodeJS.Timeout | undefined;
  #lastChange: Promise<unknown> = Promise.resolve();

  /** The connection is used for nothing else. */
  constructor(connection: DuckDBConnection, options: EngineThreadsOptions) {
    this.#connection = connection;
    this.#options = { keepForMs: defaultKeepForMs, ...options };
    this.#current = options.most;
  }

  /** Of one write at a time. */
  async forWrite<Result>(work: () => Promise<Result>): Promise<Result> {
    clearTimeout(this.#giveBack);
    this.#isWriting = true;
    try {
      await this.#change(1);
      return await work();
    } finally {
      this.#isWriting = false;
      if (this.#questions > 0) await this.#change(this.#options.most);
      else this.#giveBack = setTimeout(() => void this.#change(this.#options.most), this.#options.keepForMs).unref();
    }
  }

  /** A question that comes while something is written has to make do with one until that is done. Resolves with what says that it was answered. */
  async forQuestion(): Promise<() => void> {
    this.#questions++;
    if (!this.#isWriting) await this.#change(this.#options.most);
    return () => void this.#questions--;
  }

  async close(): Promise<void> {
    clearTimeout(this.#giveBack);
    await this.#lastChange;
    this.#connection.closeSync();
  }

  /** One after the other; resolves once it is so, whoever asked for it. The engine refuses none of them; if it did, whatever comes next would say what is wrong with it. */
  #change(threads: number): Promise<unknown> {
    if (this.#current !== threads) {
      this.#current = threads;
      this.#lastChange = this.#lastChange.then(() => this.#connection.run(`set threads = ${threads}`)).catch(() => undefined);
    }
    return this.#lastChange;
  }
}
