/**
 * Hot path (benchmarks: http, memory). A set of things that come and go with every call. Each knows its place, so that
 * removing moves only the last one. A `Set` would do the same work, but it rebuilds its table every few dozen calls, and
 * each dead table keeps the calls of its time alive until the next full garbage collection.
 */
export interface Placed {
  /** Where it is in the list; -1 while it is in none. */
  place: number;
}

export class PlacedList<Item extends Placed> {
  #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: Item): void {
    if (item.place !== -1) return;
    item.place = this.#items.length;
    this.#items.push(item);
  }

  remove(item: Item): void {
    const { place } = item;
    if (place === -1) return;
    const last = this.#items.pop() as Item;
    if (last !== item) {
      this.#items[place] = last;
      last.place = place;
    }
    item.place = -1;
  }

  /** As of now: what comes or goes meanwhile changes nothing in it. */
  all(): Item[] {
    return this.#items.slice();
  }

  clear(): void {
    for (const item of this.#items) item.place = -1;
    this.#items = [];
  }
}
