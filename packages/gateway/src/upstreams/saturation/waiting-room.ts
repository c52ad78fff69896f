/**
 * Hot path of upstreams that are full. Who waits for one, and who is next: the most important class first, within it the
 * consumers in turn, and of each the call that came first. A room that is full makes place by sending away whoever matters
 * least: the last call of the consumer with the most calls in the lowest class, the newcomer's own class included.
 */
import type { Priority } from "@parley/contract/config/consumer";

export interface Waiting {
  readonly priority: Priority;
  /** The consumer, or whoever else counts as one. */
  readonly holder: string;
}

const fromLowest: readonly Priority[] = ["low", "normal", "high"];

/** By holder; a map's order of insertion is the order in which they take turns. */
type Class<Item> = Map<string, Item[]>;

export class WaitingRoom<Item extends Waiting> {
  readonly #length: number;
  readonly #classes: Record<Priority, Class<Item>> = { low: new Map(), normal: new Map(), high: new Map() };
  #size = 0;

  constructor(length: number) {
    this.#length = length;
  }

  get size(): number {
    return this.#size;
  }

  /** Whoever has to go for it: another, the newcomer itself, or nobody. */
  enter(item: Item): Item | null {
    if (this.#size >= this.#length) {
      const lowest = fromLowest.find((priority) => this.#classes[priority].size > 0);
      if (lowest === undefined || fromLowest.indexOf(item.priority) < fromLowest.indexOf(lowest)) return item;
      const longest = longestLine(this.#classes[lowest]);
      const own = this.#classes[lowest].get(item.holder);
      if (lowest === item.priority && (own?.length ?? 0) + 1 >= longest.length) return item;
      const last = longest.at(-1) as Item;
      this.leave(last);
      this.#add(item);
      return last;
    }
    this.#add(item);
    return null;
  }

  next(): Item | null {
    for (let index = fromLowest.length - 1; index >= 0; index--) {
      const members = this.#classes[fromLowest[index] as Priority];
      for (const [holder, line] of members) {
        const first = line.shift() as Item;
        // To the end: the others first.
        members.delete(holder);
        if (line.length > 0) members.set(holder, line);
        this.#size--;
        return first;
      }
    }
    return null;
  }

  leave(item: Item): boolean {
    const members = this.#classes[item.priority];
    const line = members.get(item.holder);
    const index = line?.indexOf(item) ?? -1;
    if (!line || index === -1) return false;
    line.splice(index, 1);
    if (line.length === 0) members.delete(item.holder);
    this.#size--;
    return true;
  }

  all(): Item[] {
    return fromLowest.flatMap((priority) => [...this.#classes[priority].values()].flat());
  }

  #add(item: Item): void {
    const members = this.#classes[item.priority];
    const line = members.get(item.holder);
    if (line) line.push(item);
    else members.set(item.holder, [item]);
    this.#size++;
  }
}

function longestLine<Item>(members: Class<Item>): Item[] {
  let longest: Item[] = [];
  for (const line of members.values()) if (line.length > longest.length) longest = line;
  return longest;
}
