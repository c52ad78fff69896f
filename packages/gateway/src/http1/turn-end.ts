/**
 * Hot path (benchmarks: http). What is written in one turn of the event loop goes out at the turn's end, all together.
 * Each write hands its bytes to the kernel, which wakes whoever waits for them; done one by one between the turn's other
 * work, that costs a busy gateway up to a third of its time. It delays nothing beyond the turn and needs no timer.
 */
import { GatheredWrite } from "./gathered-write.ts";

export interface TurnItem {
  endOfTurn(): void;
}

export class TurnEnd {
  /** For all that is written at the end of a turn, one after the other. */
  readonly out = new GatheredWrite();
  #count = 0;
  #items: TurnItem[] = [];
  #spare: TurnItem[] = [];

  /** How many turns had something written at their end: what happens in one turn happens at one count. */
  get count(): number {
    return this.#count;
  }

  add(item: TurnItem): void {
    if (this.#items.push(item) === 1) setImmediate(this.#run);
  }

  /** What is added meanwhile belongs to the next turn. */
  #run = (): void => {
    const items = this.#items;
    this.#count++;
    this.#items = this.#spare;
    let next = 0;
    try {
      while (next < items.length) (items[next++] as TurnItem).endOfTurn();
    } finally {
      // One that threw must not hold up the others.
      while (next < items.length) this.add(items[next++] as TurnItem);
      items.length = 0;
      this.#spare = items;
    }
  };
}
