/** The signals that stop Parley: the first one drains, a second one does not wait any longer. */
const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

export class Shutdown {
  /** Resolves at the first signal. */
  readonly requested: Promise<"stop">;
  forced = false;
  #count = 0;
  #resolve: (stop: "stop") => void = () => undefined;
  #force: () => void = () => undefined;
  readonly #note: (line: string) => void;
  readonly #listener = (signal: NodeJS.Signals): void => this.#heard(signal);

  constructor(note: (line: string) => void) {
    this.#note = note;
    this.requested = new Promise((resolve) => (this.#resolve = resolve));
    for (const signal of signals) process.on(signal, this.#listener);
  }

  onForce(force: () => void): void {
    this.#force = force;
  }

  close(): void {
    for (const signal of signals) process.off(signal, this.#listener);
  }

  #heard(signal: NodeJS.Signals): void {
    if (++this.#count === 1) {
      this.#note(`${signal}: ending the calls in flight; once more ends them at once`);
      this.#resolve("stop");
    } else if (this.#count === 2) {
      this.forced = true;
      this.#note(`${signal} again: ending at once`);
      this.#force();
    }
  }
}
