/** The signals that stop Parley: the first one drains, a second one does not wait any longer. */
import { isatty } from "node:tty";

const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

export class Shutdown {
  /** Resolves at the first signal. */
  readonly requested: Promise<"stop">;
  forced = false;
  /** Asked at the start: a terminal that has hung up is none any more. */
  readonly #hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
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
    // Under nohup, which Node undoes, and for scripts that mean "read your files again".
    if (signal === "SIGHUP" && !this.#hasTerminal) return this.#note("SIGHUP: going on, as no terminal has hung up; files that change are read again by themselves");
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
