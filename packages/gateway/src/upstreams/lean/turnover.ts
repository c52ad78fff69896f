/**
 * Hot path (benchmarks: connection-burst). Whether a call that finds every connection of an origin busy does better to wait for one of
 * them than to have another opened. After a stall of the gateway itself a hundred calls come in one turn of the event loop; a
 * connection costs more than three calls, so opening one for each of them is the next stall, where those that there are would
 * all be free again in a moment. An upstream that takes its time has connections opened at once.
 */
/** A stall makes many calls look slow, but all in one turn, which weighs no more than this share. */
const riseShare = 1 / 16;

export class Turnover {
  readonly #patienceMs: number;
  /** How long a call keeps its connection. It falls at once and rises slowly. Unknown at first. */
  #heldMs = Infinity;
  #turnOfRise = -1;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** A call was answered on its connection, in this turn of the event loop. */
  answered(heldMs: number, turn: number): void {
    if (heldMs <= this.#heldMs) this.#heldMs = heldMs;
    else if (turn !== this.#turnOfRise) {
      this.#turnOfRise = turn;
      this.#heldMs += (heldMs - this.#heldMs) * riseShare;
    }
  }

  /** One of so many connections can be expected to be free in time for one more call behind those that wait. */
  isQuick(waiting: number, connections: number): boolean {
    return this.#heldMs <= this.#patienceMs && this.#heldMs * (waiting + 1) <= this.#patienceMs * connections;
  }

  /** None became free for as long as a call is to wait. */
  disappointed(): void {
    this.#heldMs = Infinity;
  }
}
