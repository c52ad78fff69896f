/** The thread that makes books: there while somebody reads, and gone with all that it has read once nobody has for a while. */
import { Worker } from "node:worker_threads";
import type { BookAnswer, BookOrder } from "./book.ts";

const makeWithinMs = 60_000;
const idleMs = 30_000;
const mostHeapMb = 1_024;

export class BookMaker {
  #thread: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;

  /** One at a time: whoever asks waits for the answer before. */
  async make(order: BookOrder): Promise<BookAnswer> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const answer = await this.#answer(this.#thread ?? this.#start(), order);
    this.#idle = setTimeout(() => void this.end(), idleMs).unref();
    return answer;
  }

  async end(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(new URL("./book-thread.ts", import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: mostHeapMb } });
    thread.unref();
    // What failed is told to whoever waits for it.
    thread.on("error", () => undefined);
    thread.on("exit", () => {
      if (this.#thread === thread) this.#thread = null;
    });
    this.#thread = thread;
    return thread;
  }

  #answer(thread: Worker, order: BookOrder): Promise<BookAnswer> {
    return new Promise((resolve) => {
      const told = (answer: BookAnswer): void => {
        clearTimeout(timer);
        thread.off("message", told).off("error", failed).off("exit", ended);
        resolve(answer);
      };
      const failed = (error: unknown): void => told({ failure: (error as Error).message });
      const ended = (): void => told({ failure: "the thread that reads documents ended" });
      const timer = setTimeout(() => {
        told({ failure: "reading the document takes too long" });
        void this.end();
      }, makeWithinMs);
      thread.on("message", told).on("error", failed).on("exit", ended);
      thread.postMessage(order);
    });
  }
}
