/**
 * Hot path. Of which calls it is noted what they use: the first of each consumer and operation, and then one in sixteen,
 * so that rare callers are known at once and frequent ones cost little. Bounded: past the bound it begins anew.
 */
const first = 3;
const oneIn = 16;
const maxPairs = 20_000;

export class UseSampler {
  readonly #counts = new Map<string, Map<string, number>>();
  #pairs = 0;

  wants(consumer: string, operation: string): boolean {
    let counts = this.#counts.get(consumer);
    if (counts === undefined) this.#counts.set(consumer, (counts = new Map()));
    const before = counts.get(operation);
    if (before === undefined && ++this.#pairs > maxPairs) {
      this.#counts.clear();
      this.#pairs = 0;
    }
    counts.set(operation, (before ?? 0) + 1);
    return (before ?? 0) < first || (before ?? 0) % oneIn === 0;
  }
}
