/**
 * Hot path of upstreams with `hedge`. One try of a call that may be sent to more than one target: the first head that is an
 * answer wins, and every other is given up at once. To the call it is one try whose target changes until somebody has won.
 */
import type { Target } from "../target.ts";
import type { IncomingAnswer, Sending, TransportFailure } from "../transport.ts";

export interface RaceCourse {
  /** Sends to the target, which counts the call among those under way. */
  send(target: Target, answer: IncomingAnswer): Sending;
  /** Another one to send to, if there is one, and the budget and the upstream's bound have room; it counts the call from now on. */
  another(tried: readonly Target[]): Target | null;
  /** The call's own target is this one from here on, whose `release` is the call's. */
  became(target: Target, since: number): void;
  /** This runner is out of the race, and its target has one call fewer under way. */
  lost(target: Target, since: number, why: TransportFailure | number | null): void;
  monotonicMs(): number;
}

interface Runner {
  target: Target;
  since: number;
  sending: Sending | null;
}

export class Race implements Sending {
  readonly #course: RaceCourse;
  readonly #answer: IncomingAnswer;
  readonly #delayMs: number;
  #left: number;
  #runners: Runner[] = [];
  #tried: Target[] = [];
  /** The one whose target the call knows as its own. */
  #current: Runner;
  #winner: Runner | null = null;
  #timer: NodeJS.Timeout | null;
  #over = false;

  constructor(course: RaceCourse, answer: IncomingAnswer, { first, delayMs, max }: { first: Target; delayMs: number; max: number }) {
    this.#course = course;
    this.#answer = answer;
    this.#delayMs = delayMs;
    this.#left = max;
    this.#timer = this.#hedgeLater();
    this.#current = this.#run(first);
  }

  abort(): void {
    if (this.#over) return;
    this.#finish();
    const runners = this.#runners;
    this.#runners = [];
    for (const runner of runners) {
      if (runner !== this.#current) this.#course.lost(runner.target, runner.since, null);
      runner.sending?.abort();
    }
  }

  resume(): void {
    this.#winner?.sending?.resume();
  }

  #run(target: Target): Runner {
    const runner: Runner = { target, since: this.#course.monotonicMs(), sending: null };
    this.#runners.push(runner);
    this.#tried.push(target);
    runner.sending = this.#course.send(target, {
      head: (status, rawHeaders, statusText) => this.#head(runner, { status, rawHeaders, statusText }),
      data: (chunk) => this.#winner !== runner || this.#answer.data(chunk),
      end: (rawTrailers) => {
        if (this.#winner === runner) this.#end(rawTrailers);
      },
      failure: (failure) => this.#failed(runner, failure),
    });
    return runner;
  }

  /** What has arrived is read first: a timer comes before the sockets, and a gateway that was held up must not ask everybody twice. */
  #hedgeLater(): NodeJS.Timeout {
    return setTimeout(() => void setImmediate(() => this.#hedge()), this.#delayMs);
  }

  #hedge(): void {
    this.#timer = null;
    if (this.#over || this.#winner !== null || this.#left-- <= 0) return;
    const target = this.#course.another(this.#tried);
    if (target === null) return;
    this.#run(target);
    if (this.#left > 0) this.#timer = this.#hedgeLater();
  }

  #head(runner: Runner, { status, rawHeaders, statusText }: { status: number; rawHeaders: string[]; statusText: string }): void {
    if (this.#over || !this.#runners.includes(runner)) return;
    // Hints of one that may still lose are nobody's.
    if (status < 200) return this.#runners.length === 1 ? this.#answer.head(status, rawHeaders, statusText) : undefined;
    if (this.#winner === null && isUnavailable(status) && this.#runners.length > 1) return this.#drop(runner, status);
    this.#win(runner);
    this.#answer.head(status, rawHeaders, statusText);
  }

  #win(runner: Runner): void {
    this.#winner = runner;
    this.#stopTimer();
    this.#become(runner);
    const others = this.#runners.filter((other) => other !== runner);
    this.#runners = [runner];
    for (const other of others) {
      this.#course.lost(other.target, other.since, null);
      other.sending?.abort();
    }
  }

  #failed(runner: Runner, failure: TransportFailure): void {
    if (this.#over || !this.#runners.includes(runner)) return;
    if (this.#winner === null && this.#runners.length > 1) return this.#drop(runner, failure);
    this.#finish();
    this.#become(runner);
    this.#answer.failure(failure);
  }

  /** The others go on. */
  #drop(runner: Runner, why: TransportFailure | number): void {
    this.#runners = this.#runners.filter((other) => other !== runner);
    if (this.#current === runner) this.#become(this.#runners[0] as Runner);
    this.#course.lost(runner.target, runner.since, why);
    if (typeof why === "number") runner.sending?.abort();
  }

  #become(runner: Runner): void {
    if (this.#current === runner) return;
    this.#current = runner;
    this.#course.became(runner.target, runner.since);
  }

  #end(rawTrailers: string[]): void {
    this.#finish();
    this.#answer.end(rawTrailers);
  }

  #finish(): void {
    this.#over = true;
    this.#stopTimer();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function isUnavailable(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}
