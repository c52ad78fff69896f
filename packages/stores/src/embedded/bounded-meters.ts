/**
 * Hot path (benchmarks: http). State per key under a bound. A meter that has run dry (its time has passed) says the same
 * as no meter, so it can be forgotten at any time; those are cleared away in passing, a few for every new key.
 */
export interface Meter {
  /** On the engine's clock; from then on this meter means nothing. */
  idleAt: number;
  used: number;
}

/** Enough to overtake the keys that come in, and too few to be felt. */
const sweptPerInsertion = 4;

export class BoundedMeters {
  #meters = new Map<string, Meter>();
  #maxKeys: number;

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#meters.size;
  }

  entries(): Iterable<[string, Meter]> {
    return this.#meters;
  }

  get(key: string): Meter | undefined {
    return this.#meters.get(key);
  }

  /** Past the bound the key that came longest ago is forgotten: it gets its full count again, which errs on the open side. */
  add(key: string, meter: Meter, now: number): void {
    this.#sweep(now);
    if (this.#meters.size >= this.#maxKeys) this.#forgetOldest();
    this.#meters.set(key, meter);
  }

  /** A map iterates in the order of insertion: live meters that were looked at go to the end, as under a clock's hand. */
  #sweep(now: number): void {
    let budget = Math.min(sweptPerInsertion, this.#meters.size);
    for (const [key, meter] of this.#meters) {
      if (budget-- === 0) return;
      this.#meters.delete(key);
      if (meter.idleAt > now) this.#meters.set(key, meter);
    }
  }

  #forgetOldest(): void {
    const oldest = this.#meters.keys().next();
    if (!oldest.done) this.#meters.delete(oldest.value);
  }
}
