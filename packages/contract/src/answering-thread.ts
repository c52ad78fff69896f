/**
 * A thread that answers one order at a time: there while somebody asks, and gone with all that it holds once nobody has for a
 * while, or where an answer takes too long.
 */
import { Worker } from "node:worker_threads";

export interface ThreadFailure {
  failure: string;
}

const withinMs = 60_000;
const idleMs = 30_000;
const mostHeapMb = 1_024;

export class AnsweringThread<Order, Answer> {
  readonly #module: URL;
  readonly #work: string;
  #thread: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;

  /** `module` posts one message for each that it gets; `work` says in failures what it does, as "reading the document". */
  constructor(module: URL, work: string) {
    this.#module = module;
    this.#work = work;
  }

  /** Whoever asks waits for the answer before. */
  async ask(order: Order): Promise<Answer | ThreadFailure> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const answer = await this.#answer(this.#thread ?? this.#start(), order);
    this.#idle = setTimeout(() => void this.end(), idleMs).unref();
    if (answer !== null) return answer;
    await this.end();
    return { failure: `${this.#work} takes too long` };
  }

  async end(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(this.#module, { resourceLimits: { maxOldGenerationSizeMb: mostHeapMb } });
    thread.unref();
    // What failed is told to whoever waits for it.
    thread.on("error", () => undefined);
    thread.on("exit", () => {
      if (this.#thread === thread) this.#thread = null;
    });
    this.#thread = thread;
    return thread;
  }

  /** Null where it takes too long. */
  #answer(thread: Worker, order: Order): Promise<Answer | ThreadFailure | null> {
    return new Promise((resolve) => {
      const told = (answer: Answer | ThreadFailure | null): void => {
        clearTimeout(timer);
        thread.off("message", told).off("error", failed).off("exit", ended);
        resolve(answer);
      };
      const failed = (error: unknown): void => told({ failure: (error as Error).message });
      const ended = (): void => told({ failure: `${this.#work}: its thread ended` });
      const timer = setTimeout(() => told(null), withinMs);
      thread.on("message", told).on("error", failed).on("exit", ended);
      thread.postMessage(order);
    });
  }
}
