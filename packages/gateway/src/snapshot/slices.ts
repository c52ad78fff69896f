/** Divides long work on the event loop: calls get their turn after each slice. */
import { setImmediate as nextTurn } from "node:timers/promises";

const sliceMs = 6;

export class Slices {
  #beganMs = performance.now();

  isOver(): boolean {
    return performance.now() - this.#beganMs > sliceMs;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.#beganMs = performance.now();
  }
}
