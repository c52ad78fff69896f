/** Examines documents without holding up the control plane: short ones at once, others in a thread, one after the other. */
import { AnsweringThread } from "@parley/contract/answering-thread";
import { examine, type Examination, type ExaminationOrder, type HeldDocument } from "./examination.ts";

type Answer = { found: Examination } | { failure: string };

/** Below it, examining takes less time than sending it to another thread. */
const shortLength = 64 * 1024;
const maxWaiting = 32;

/** The document could not be examined, and nothing is known of it. */
export class NotExamined extends Error {}

export class DocumentReader {
  readonly #thread = new AnsweringThread<ExaminationOrder, Answer>(new URL("./examination-thread.ts", import.meta.url), "reading the document");
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Rejects with `NotExamined` where it takes too long, or too many wait. */
  async examine(order: ExaminationOrder): Promise<Examination> {
    if (order.text.length + lengthOf(order.before) <= shortLength) return examine(order);
    if (this.#waiting >= maxWaiting) throw new NotExamined("too many documents are being read");
    this.#waiting++;
    const answer = this.#last.then(() => this.#thread.ask(order)).finally(() => this.#waiting--);
    this.#last = answer;
    const told = await answer;
    if ("failure" in told) throw new NotExamined(told.failure);
    return told.found;
  }

  end(): Promise<void> {
    return this.#thread.end();
  }
}

function lengthOf(held: HeldDocument | null): number {
  return held === null ? 0 : "text" in held ? held.text.length : held.published.length;
}
