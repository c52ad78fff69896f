/**
 * Hot path (benchmarks: guard, scale). What is to be forgotten next of a map or a set in the order of use: its front. A look for
 * the first member goes past the places of all that were removed before it, tens of microseconds where they are many; so the
 * place of the last look is kept.
 */
export class OldestFirst<Member> {
  readonly #begin: () => Iterator<Member>;
  /**
   * Held weakly: behind an iterator that nobody moves, V8 keeps every table that the map had since, with all that was in them. Where
   * much is used and nothing is forgotten, that would be memory without a bound; so garbage collection takes the place away.
   */
  #place: WeakRef<Iterator<Member>>;

  /** `begin` iterates from the front. What is used again is removed, and added at the end. */
  constructor(begin: () => Iterator<Member>) {
    this.#begin = begin;
    this.#place = new WeakRef(begin());
  }

  /** Whoever asks removes what it gets: then nothing stands before the place. Undefined where nothing is there. */
  next(): Member | undefined {
    let next = this.#place.deref()?.next();
    if (next === undefined || next.done === true) next = this.#fromTheFront().next();
    return next.done === true ? undefined : next.value;
  }

  #fromTheFront(): Iterator<Member> {
    const place = this.#begin();
    this.#place = new WeakRef(place);
    return place;
  }
}
