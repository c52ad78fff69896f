/**
 * How long a peer may take, counted in looks at what has arrived from it. By the clock alone a process that was held up, by a
 * busy machine or a debugger, would take its own pause for the peer's, with the answer waiting in the socket. Between two looks
 * the event loop has read what was there.
 */
export class Looks {
  readonly #everyMs: number;
  readonly #look: () => boolean;
  #isRunning = false;
  #count = 0;

  /** `look` says whether there is more to look for; until it does not, it is called again. */
  constructor(everyMs: number, look: () => boolean) {
    this.#everyMs = everyMs;
    this.#look = look;
  }

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  begin(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#next();
  }

  #next(): void {
    // A timer comes before what has arrived is read, an immediate after it.
    setTimeout(() => setImmediate(() => this.#take()), this.#everyMs).unref();
  }

  #take(): void {
    this.#count += 1;
    this.#isRunning = this.#look();
    if (this.#isRunning) this.#next();
  }
}
