/** Counts failed attempts in bounded memory: past a limit within a window, no more are looked at until it has passed. */
import { OldestFirst } from "@parley/contract/oldest-first";

interface Count {
  failures: number;
  /** When the first failure of the window was. */
  since: number;
}

export interface AttemptLimit {
  failures: number;
  windowMs: number;
}

const maxNames = 10_000;

export class Attempts {
  readonly #limit: AttemptLimit;
  readonly #now: () => number;
  /** In the order of last failure, so that the first is the one to forget. */
  readonly #counts = new Map<string, Count>();
  readonly #oldest = new OldestFirst(() => this.#counts.keys());

  constructor(limit: AttemptLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** 0 when another attempt may be made. */
  waitMs(name: string): number {
    const count = this.#current(name);
    return count && count.failures >= this.#limit.failures ? count.since + this.#limit.windowMs - this.#now() : 0;
  }

  failed(name: string): void {
    const count = this.#current(name) ?? { failures: 0, since: this.#now() };
    this.#counts.delete(name);
    this.#counts.set(name, { ...count, failures: count.failures + 1 });
    const oldest = this.#counts.size > maxNames ? this.#oldest.next() : undefined;
    if (oldest !== undefined) this.#counts.delete(oldest);
  }

  succeeded(name: string): void {
    this.#counts.delete(name);
  }

  #current(name: string): Count | undefined {
    const count = this.#counts.get(name);
    return count && this.#now() - count.since < this.#limit.windowMs ? count : undefined;
  }
}

/** Whoever has an IPv6 address has a whole /64 of them. */
export function addressGroup(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter(Boolean);
  if (tail !== undefined) groups.push(...Array.from({ length: Math.max(0, 8 - groups.length - tail.split(":").filter(Boolean).length) }, () => "0"));
  return groups.slice(0, 4).join(":");
}
