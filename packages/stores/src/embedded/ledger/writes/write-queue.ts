/** Hot path (benchmark: guard). Who may write to a resource now and who is next: one place each, first in, first out, bounded, in memory. */

/** Whoever asks; its tickets end with it. */
export type Session = object;

export interface Ticket {
  session: Session;
  /** Text of the lock's key. */
  lock: string;
  /** Until when it may wait. */
  waitUntilMs: number;
  /** Its turn has come; false when it has no use for it any more. */
  turn(): boolean;
  /** It waited too long. */
  tooLate(): void;
}

interface Lane {
  holder: Ticket | null;
  waiting: Ticket[];
}

export class WriteQueue {
  readonly #lanes = new Map<string, Lane>();
  /** All that wait, whatever for. */
  readonly #waiting = new Set<Ticket>();
  readonly #maxWaiting: number;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** False where too many wait already. Otherwise its turn comes, at once or later, or it is told that it is too late. */
  enter(ticket: Ticket, maxWaiting: number): boolean {
    const lane = this.#lanes.get(ticket.lock) ?? { holder: null, waiting: [] };
    if (lane.holder !== null && (lane.waiting.length >= maxWaiting || this.#waiting.size >= this.#maxWaiting)) return false;
    this.#lanes.set(ticket.lock, lane);
    lane.waiting.push(ticket);
    this.#waiting.add(ticket);
    if (lane.holder === null) this.#next(ticket.lock, lane);
    return true;
  }

  /** The holder gives its place up, or one that waits goes away. */
  leave(ticket: Ticket): void {
    const lane = this.#lanes.get(ticket.lock);
    if (!lane) return;
    if (lane.holder === ticket) {
      lane.holder = null;
      this.#next(ticket.lock, lane);
      return;
    }
    if (this.#waiting.delete(ticket)) lane.waiting.splice(lane.waiting.indexOf(ticket), 1);
  }

  isHeld(lock: string): boolean {
    return (this.#lanes.get(lock)?.holder ?? null) !== null;
  }

  expire(nowMs: number): void {
    for (const ticket of this.#waiting) {
      if (ticket.waitUntilMs > nowMs) continue;
      this.leave(ticket);
      ticket.tooLate();
    }
  }

  /** Those that wait for a session that has ended; the places that it holds are the caller's to give up. */
  dropSession(session: Session): void {
    for (const ticket of this.#waiting) if (ticket.session === session) this.leave(ticket);
  }

  /** A loop and no recursion: a long queue of tickets that all decline must not grow the stack. */
  #next(lock: string, lane: Lane): void {
    while (lane.holder === null) {
      const ticket = lane.waiting.shift();
      if (!ticket) {
        this.#lanes.delete(lock);
        return;
      }
      this.#waiting.delete(ticket);
      lane.holder = ticket;
      if (!ticket.turn() && lane.holder === ticket) lane.holder = null;
    }
  }
}
