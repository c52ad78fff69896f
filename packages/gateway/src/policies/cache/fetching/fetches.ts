/**
 * What is being fetched now, so that of many who ask for the same only one goes to the service. Whoever waits is let go as soon as
 * the answer is kept, or turns out to be one that is not, or a write has put it out of date, or it takes too long.
 */

import { hash } from "node:crypto";

/** Why somebody who waited is let go: to find the kept answer, to ask for himself, or to be the next who fetches it for the others. */
export type Release = "look" | "ask" | "fetch";

const maxWaiting = 1_000;
const patienceMs = 10_000;
/** Keys whose answers were not kept lately: nobody waits for those. */
const maxPassing = 10_000;
const passingMs = 10_000;
const longestKey = 256;

export class Fetches {
  readonly #leaders = new Map<string, Leader>();
  readonly #passing = new Map<string, number>();

  /** Null where nobody fetches it, or too many wait already. */
  join(key: string): Promise<Release> | null {
    return this.#leaders.get(key)?.join() ?? null;
  }

  /** Null where somebody does already. To be released in the end. */
  lead(key: string): Leader | null {
    if (this.#leaders.has(key)) return null;
    const leader = new Leader(() => {
      if (this.#leaders.get(key) === leader) this.#leaders.delete(key);
    });
    this.#leaders.set(key, leader);
    return leader;
  }

  isPassing(key: string, nowMs: number): boolean {
    const until = this.#passing.get(shortened(key));
    return until !== undefined && until > nowMs;
  }

  passes(key: string, nowMs: number): void {
    const short = shortened(key);
    this.#passing.delete(short);
    this.#passing.set(short, nowMs + passingMs);
    const [oldest] = this.#passing.keys();
    if (this.#passing.size > maxPassing && oldest !== undefined) this.#passing.delete(oldest);
  }

  keeps(key: string): void {
    this.#passing.delete(shortened(key));
  }
}

/** Whoever asks with long queries must not fill the memory with them. */
function shortened(key: string): string {
  return key.length <= longestKey ? key : hash("sha256", key, "base64url");
}

export class Leader {
  readonly #over: () => void;
  #waiting: ((release: Release) => void)[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(over: () => void) {
    this.#over = over;
  }

  join(): Promise<Release> | null {
    if (this.#waiting.length >= maxWaiting) return null;
    this.#timer ??= setTimeout(() => this.release("ask"), patienceMs).unref();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(how: Release): void {
    this.#over();
    if (this.#timer) clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(how);
  }
}
