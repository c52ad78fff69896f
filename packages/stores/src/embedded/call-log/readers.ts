/**
 * How many questions are answered at once. Who comes while all are taken waits in line, for a page asks several things and
 * more than one person looks at pages; past the line's bound, and past the time that anybody would wait, it is refused.
 */
import { CallLogUnavailableError } from "../../ports/call-log.ts";

export interface ReadersOptions {
  atOnce: number;
  inLine: number;
  waitAtMostMs: number;
}

interface Waiting {
  admit: () => void;
}

export class Readers {
  readonly #options: ReadersOptions;
  readonly #line: Waiting[] = [];
  #busy = 0;

  constructor(options: ReadersOptions) {
    this.#options = options;
  }

  /** Resolves with what gives the place back; rejects with `CallLogUnavailableError`. */
  async take(signal?: AbortSignal): Promise<() => void> {
    if (this.#busy < this.#options.atOnce) this.#busy++;
    else await this.#wait(signal);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#giveBack();
    };
  }

  /** The place goes to the next in line as it is. */
  #giveBack(): void {
    const next = this.#line.shift();
    if (next) next.admit();
    else this.#busy--;
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    const { atOnce, inLine, waitAtMostMs } = this.#options;
    if (this.#line.length >= inLine) return Promise.reject(new CallLogUnavailableError(`${atOnce} questions are being answered and ${inLine} wait already`));
    return new Promise((resolve, reject) => {
      const leave = (why: string): void => {
        const place = this.#line.indexOf(waiting);
        if (place === -1) return;
        this.#line.splice(place, 1);
        done();
        reject(new CallLogUnavailableError(why));
      };
      const gone = (): void => leave("nobody waits for the answer any more");
      const timer = setTimeout(() => leave(`${atOnce} other questions took longer than ${waitAtMostMs / 1000} s`), waitAtMostMs);
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", gone);
      };
      const waiting: Waiting = {
        admit: () => {
          done();
          resolve();
        },
      };
      this.#line.push(waiting);
      if (signal?.aborted) gone();
      else signal?.addEventListener("abort", gone, { once: true });
    });
  }
}
