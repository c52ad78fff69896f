/**
 * Hot path (benchmarks: http, scale). State per key under a bound: two numbers beside each other in one array, so that of a
 * hundred thousand keys a call touches one place and collecting garbage none. A meter that has run dry (its time has passed)
 * says the same as no meter, so it can be forgotten at any time; those are cleared away in passing, a few for every new key.
 * It need not be at once: a key that comes back before that is found where it was, which costs a third of taking it in again.
 */
export interface Meter {
  /** On the engine's clock; from then on this meter means nothing. */
  idleAt: number;
  used: number;
}

/** Enough to overtake the keys that come in, and too few to be felt. */
const sweptPerInsertion = 4;

export class BoundedMeters {
  readonly #slots = new Map<string, number>();
  readonly #maxKeys: number;
  /** How long what has run dry is kept, while there is room for as many again as there are. */
  readonly #dryForMs: number;
  /** By slot; undefined where it is free. */
  #keys: (string | undefined)[] = [];
  /** By slot, `idleAt` and `used`. */
  #numbers = new Float64Array(32);
  #free: number[] = [];
  /** The slot that was looked at longest ago, as under a clock's hand. A map in the order of insertion would have to step over all that were removed from its front. */
  #hand = 0;

  constructor(maxKeys: number, dryForMs = 0) {
    this.#maxKeys = maxKeys;
    this.#dryForMs = dryForMs;
  }

  get size(): number {
    return this.#slots.size;
  }

  *entries(): Generator<[string, Meter]> {
    for (const [key, slot] of this.#slots) yield [key, { idleAt: this.idleAt(slot), used: this.used(slot) }];
  }

  /** Of a key; -1 where there is none. Good until something is added; after that a guess, which is looked at before the map is searched. */
  find(key: string, guess = -1): number {
    if (guess >= 0 && this.#keys[guess] === key) return guess;
    return this.#slots.get(key) ?? -1;
  }

  idleAt(slot: number): number {
    return this.#numbers[slot * 2] as number;
  }

  used(slot: number): number {
    return this.#numbers[slot * 2 + 1] as number;
  }

  put(slot: number, idleAt: number, used: number): void {
    this.#numbers[slot * 2] = idleAt;
    this.#numbers[slot * 2 + 1] = used;
  }

  /** Past the bound the key that was looked at longest ago is forgotten: it gets its full count again, which errs on the open side. */
  add(key: string, { idleAt, used }: Meter, now: number): void {
    this.#sweep(now);
    if (this.#slots.size >= this.#maxKeys) this.#forgetNext();
    const slot = this.#free.pop() ?? this.#keys.length;
    if (slot * 2 === this.#numbers.length) this.#numbers = grown(this.#numbers);
    this.#keys[slot] = key;
    this.#slots.set(key, slot);
    this.put(slot, idleAt, used);
  }

  /** Where room is scarce what is dry goes at once, rather than take the place of what still counts. */
  #sweep(now: number): void {
    const drySince = this.#slots.size * 2 < this.#maxKeys ? now - this.#dryForMs : now;
    for (let looked = Math.min(sweptPerInsertion, this.#keys.length); looked > 0; looked--) {
      const slot = this.#step();
      if (this.idleAt(slot) <= drySince) this.#forget(slot);
    }
  }

  #forgetNext(): void {
    let slot = this.#step();
    while (this.#keys[slot] === undefined) slot = this.#step();
    this.#forget(slot);
  }

  #step(): number {
    const slot = this.#hand;
    this.#hand = slot + 1 < this.#keys.length ? slot + 1 : 0;
    return slot;
  }

  #forget(slot: number): void {
    const key = this.#keys[slot];
    if (key === undefined) return;
    this.#slots.delete(key);
    this.#keys[slot] = undefined;
    this.#free.push(slot);
  }
}

function grown(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
