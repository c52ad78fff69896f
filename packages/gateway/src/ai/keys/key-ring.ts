// Hot path: once for each attempt at a provider.
/**
 * Which of a provider's keys is taken. Calls are spread by weight; a key that the provider told to wait, or that failed,
 * rests; one that was refused is taken out. Where all rest the one that comes back first is taken all the same: the
 * provider knows better than this whether it is ready.
 */
import { retryAfterMs } from "../../exchange/retry-after.ts";
import type { ProviderKey } from "./provider-key.ts";

export interface KeyOutcome {
  /** The provider's status, where it answered. */
  readonly status?: number | undefined;
  /** Name, value, …: what it said about waiting. */
  readonly fields: readonly string[];
}

interface Held {
  readonly key: ProviderKey;
  /** Smooth weighted round-robin: what it has coming. */
  due: number;
  restsUntil: number;
  /** The provider itself said until when, or refused the key. */
  isTold: boolean;
  /** As wrong, and not only for a while. */
  isRefused: boolean;
  failures: number;
}

const firstRestMs = 1000;
const longestRestMs = 60_000;
const longestToldMs = 600_000;
/** A refused key is asked again so often, in case it was renewed at the provider. */
const refusedMs = 600_000;

export class KeyRing {
  readonly #held: Held[];
  readonly #onRefused: (key: ProviderKey, status: number) => void;

  /** `onRefused` is told of each key that is taken out, once. */
  constructor(keys: readonly ProviderKey[], onRefused: (key: ProviderKey, status: number) => void) {
    this.#held = keys.map((key) => ({ key, due: 0, restsUntil: 0, isTold: false, isRefused: false, failures: 0 }));
    this.#onRefused = onRefused;
  }

  get size(): number {
    return this.#held.length;
  }

  /** Null where there is none, or none that is not among `tried`. */
  take(nowMs: number, tried?: ReadonlySet<ProviderKey>): ProviderKey | null {
    const [only] = this.#held;
    if (this.#held.length <= 1) return only && !tried?.has(only.key) ? only.key : null;
    const left = tried ? this.#held.filter(({ key }) => !tried.has(key)) : this.#held;
    const ready = left.filter(({ restsUntil, key }) => restsUntil <= nowMs && key.weight > 0);
    if (ready.length === 0) return left.toSorted((one, other) => one.restsUntil - other.restsUntil)[0]?.key ?? null;
    return draw(ready);
  }

  /** In the order of the configuration. */
  get names(): readonly string[] {
    return this.#held.map(({ key }) => key.name);
  }

  /** Null where it is gone. */
  named(name: string): ProviderKey | null {
    return this.#held.find(({ key }) => key.name === name)?.key ?? null;
  }

  /** Until when all keys were told to wait or refused; 0 while one may be asked. */
  toldToWaitUntil(nowMs: number): number {
    let first = Infinity;
    for (const { restsUntil, isTold } of this.#held) {
      if (!isTold || restsUntil <= nowMs) return 0;
      first = Math.min(first, restsUntil);
    }
    return first === Infinity ? 0 : first;
  }

  /** How each key is, for people. */
  states(nowMs: number): { name: string; state: "ready" | "resting" | "refused"; restsForMs: number }[] {
    return this.#held.map(({ key, restsUntil, isRefused }) => {
      const restsForMs = Math.max(0, restsUntil - nowMs);
      return { name: key.name, state: restsForMs === 0 ? "ready" : isRefused ? "refused" : "resting", restsForMs };
    });
  }

  succeeded(key: ProviderKey): void {
    const held = this.#find(key);
    if (held && held.restsUntil !== 0) Object.assign(held, { failures: 0, restsUntil: 0, isTold: false, isRefused: false });
  }

  /** True where another key may do better. */
  failed(key: ProviderKey, { status, fields }: KeyOutcome, nowMs: number): boolean {
    const held = this.#find(key);
    if (!held || status === undefined) return false;
    if (status === 401 || status === 402 || status === 403) {
      if (held.restsUntil <= nowMs) this.#onRefused(key, status);
      rest(held, { untilMs: nowMs + refusedMs, isTold: this.size > 1, isRefused: true });
      return true;
    }
    if (status !== 429 && status < 500) return false;
    held.failures += 1;
    const told = retryAfterMs(fields, nowMs);
    const ownMs = Math.min(longestRestMs, firstRestMs * 2 ** Math.min(held.failures - 1, 10));
    rest(held, { untilMs: nowMs + (told === undefined ? ownMs : Math.min(told, longestToldMs)), isTold: told !== undefined, isRefused: false });
    return true;
  }

  #find(key: ProviderKey): Held | undefined {
    return this.#held.find((held) => held.key === key);
  }
}

function rest(held: Held, { untilMs, isTold, isRefused }: { untilMs: number; isTold: boolean; isRefused: boolean }): void {
  held.restsUntil = untilMs;
  held.isTold = isTold;
  held.isRefused = isRefused;
}

function draw(ready: readonly Held[]): ProviderKey | null {
  let total = 0;
  let best: Held | undefined;
  for (const held of ready) {
    total += held.key.weight;
    held.due += held.key.weight;
    if (!best || held.due > best.due) best = held;
  }
  if (!best) return null;
  best.due -= total;
  return best.key;
}
