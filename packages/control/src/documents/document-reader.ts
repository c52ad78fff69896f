/**
 * Examines documents without holding up the control plane: short ones at once, others in a thread, one after the other. The
 * thread is there while there is something to examine and for a while after.
 */
import { Worker } from "node:worker_threads";
import { examine, type Examination, type ExaminationOrder, type HeldDocument } from "./examination.ts";

type Answer = { found: Examination } | { failure: string };

/** Below it, examining takes less time than sending it to another thread. */
const shortLength = 64 * 1024;
const withinMs = 60_000;
const idleMs = 30_000;
const mostHeapMb = 1_024;
const maxWaiting = 32;

/** The document could not be examined, and nothing is known of it. */
export class NotExamined extends Error {}

export class DocumentReader {
  #thread: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Rejects with `NotExamined` where it takes too long, or too many wait. */
  async examine(order: ExaminationOrder): Promise<Examination> {
    if (order.text.length + lengthOf(order.before) <= shortLength) return examine(order);
    if (this.#waiting >= maxWaiting) throw new NotExamined("too many documents are being read");
    this.#waiting++;
    const answer = this.#last.then(() => this.#ask(order)).finally(() => this.#waiting--);
    this.#last = answer;
    const told = await answer;
    if ("failure" in told) throw new NotExamined(told.failure);
    return told.found;
  }

  async end(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
  }

  async #ask(order: ExaminationOrder): Promise<Answer> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const answer = await answerOf(this.#thread ?? this.#start(), order);
    if (answer === null) await this.end();
    this.#idle = setTimeout(() => void this.end(), idleMs).unref();
    return answer ?? { failure: "reading the document takes too long" };
  }

  #start(): Worker {
    const thread = new Worker(new URL("./examination-thread.ts", import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: mostHeapMb } });
    thread.unref();
    // What failed is told to whoever waits for it.
    thread.on("error", () => undefined);
    thread.on("exit", () => {
      if (this.#thread === thread) this.#thread = null;
    });
    this.#thread = thread;
    return thread;
  }
}

/** Null where it takes too long. */
function answerOf(thread: Worker, order: ExaminationOrder): Promise<Answer | null> {
  return new Promise((resolve) => {
    const told = (answer: Answer | null): void => {
      clearTimeout(timer);
      thread.off("message", told).off("error", failed).off("exit", ended);
      resolve(answer);
    };
    const failed = (error: unknown): void => told({ failure: (error as Error).message });
    const ended = (): void => told({ failure: "the thread that reads documents ended" });
    const timer = setTimeout(() => told(null), withinMs);
    thread.on("message", told).on("error", failed).on("exit", ended);
    thread.postMessage(order);
  });
}

function lengthOf(held: HeldDocument | null): number {
  return held === null ? 0 : "text" in held ? held.text.length : held.published.length;
}
