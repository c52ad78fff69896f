// Hot path: once for each attempt at a provider.
/**
 * Which of a provider's keys is taken. Calls are spread by weight; a key that the provider told to wait, or that failed,
 * rests for the model that was asked for, since providers count and refuse by model; one that is wrong, or has no money
 * left, is taken out for all. Where all rest the one that comes back first is taken all the same: the provider knows
 * better than this whether it is ready.
 */
import { retryAfterMs } from "../../exchange/retry-after.ts";
import type { ProviderKey } from "./provider-key.ts";

export interface KeyOutcome {
  /** The provider's status, where it answered. */
  readonly status?: number | undefined;
  /** Name, value, …: what it said about waiting. */
  readonly fields: readonly string[];
  readonly model: string;
}

interface Rest {
  untilMs: number;
  /** The provider itself said until when, or refused the key. */
  isTold: boolean;
  /** As wrong, and not only for a while. */
  isRefused: boolean;
  failures: number;
}

interface Held {
  readonly key: ProviderKey;
  /** Smooth weighted round-robin: what it has coming. */
  due: number;
  /** Null while nothing is known against it. */
  whole: Rest | null;
  readonly byModel: Map<string, Rest>;
}

const firstRestMs = 1000;
const longestRestMs = 60_000;
const longestToldMs = 600_000;
/** A refused key is asked again so often, in case it was renewed at the provider. */
const refusedMs = 600_000;
/** Applications choose the names of models. */
const maxModels = 200;

export class KeyRing {
  readonly #held: Held[];
  readonly #onRefused: (key: ProviderKey, status: number) => void;

  /** `onRefused` is told of each key that is taken out, once. */
  constructor(keys: readonly ProviderKey[], onRefused: (key: ProviderKey, status: number) => void) {
    this.#held = keys.map((key) => ({ key, due: 0, whole: null, byModel: new Map() }));
    this.#onRefused = onRefused;
  }

  get size(): number {
    return this.#held.length;
  }

  /** Null where there is none, or none that is not among `tried`. */
  take(nowMs: number, model?: string, tried?: ReadonlySet<ProviderKey>): ProviderKey | null {
    const [only] = this.#held;
    if (this.#held.length <= 1) return only && !tried?.has(only.key) ? only.key : null;
    const left = tried ? this.#held.filter(({ key }) => !tried.has(key)) : this.#held;
    const ready = left.filter((held) => held.key.weight > 0 && restsUntil(held, model) <= nowMs);
    if (ready.length === 0) return left.toSorted((one, other) => restsUntil(one, model) - restsUntil(other, model))[0]?.key ?? null;
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

  /** Until when all keys were told to wait for the model, or refused; 0 while one may be asked. */
  toldToWaitUntil(nowMs: number, model: string): number {
    let first = Infinity;
    for (const { whole, byModel } of this.#held) {
      const ownMs = Math.max(toldUntil(whole), toldUntil(byModel.get(model)));
      if (ownMs <= nowMs) return 0;
      first = Math.min(first, ownMs);
    }
    return first === Infinity ? 0 : first;
  }

  /** How each key is, for people: it rests where it does for any model. */
  states(nowMs: number): { name: string; state: "ready" | "resting" | "refused"; restsForMs: number }[] {
    return this.#held.map(({ key, whole, byModel }) => {
      const rests = [...(whole ? [whole] : []), ...byModel.values()].filter(({ untilMs }) => untilMs > nowMs);
      const restsForMs = Math.max(0, ...rests.map(({ untilMs }) => untilMs - nowMs));
      return { name: key.name, state: restsForMs === 0 ? "ready" : rests.some(({ isRefused }) => isRefused) ? "refused" : "resting", restsForMs };
    });
  }

  succeeded(key: ProviderKey, model: string): void {
    const held = this.#find(key);
    if (!held) return;
    held.whole = null;
    if (held.byModel.size > 0) held.byModel.delete(model);
  }

  /** True where another key may do better. */
  failed(key: ProviderKey, { status, fields, model }: KeyOutcome, nowMs: number): boolean {
    const held = this.#find(key);
    if (!held || status === undefined) return false;
    if (status === 401 || status === 402 || status === 403) {
      if (restsUntil(held, model) <= nowMs) this.#onRefused(key, status);
      const rest = { untilMs: nowMs + refusedMs, isTold: this.size > 1, isRefused: true, failures: 0 };
      // It may be good for other models: a 403 is a matter of what is asked for.
      if (status === 403) keep(held.byModel, model, { rest, nowMs });
      else held.whole = rest;
      return true;
    }
    if (status !== 429 && status < 500) return false;
    const failures = (held.byModel.get(model)?.failures ?? 0) + 1;
    const told = retryAfterMs(fields, nowMs);
    const ownMs = Math.min(longestRestMs, firstRestMs * 2 ** Math.min(failures - 1, 10));
    const untilMs = nowMs + (told === undefined ? ownMs : Math.min(told, longestToldMs));
    keep(held.byModel, model, { rest: { untilMs, isTold: told !== undefined, isRefused: false, failures }, nowMs });
    return true;
  }

  #find(key: ProviderKey): Held | undefined {
    return this.#held.find((held) => held.key === key);
  }
}

function restsUntil({ whole, byModel }: Held, model: string | undefined): number {
  const ofModel = model === undefined ? undefined : byModel.get(model);
  return Math.max(whole?.untilMs ?? 0, ofModel?.untilMs ?? 0);
}

function toldUntil(rest: Rest | null | undefined): number {
  return rest?.isTold ? rest.untilMs : 0;
}

function keep(byModel: Map<string, Rest>, model: string, { rest, nowMs }: { rest: Rest; nowMs: number }): void {
  if (byModel.size >= maxModels && !byModel.has(model)) {
    for (const [name, { untilMs }] of byModel) if (untilMs <= nowMs) byModel.delete(name);
    if (byModel.size >= maxModels) byModel.clear();
  }
  byModel.set(model, rest);
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
