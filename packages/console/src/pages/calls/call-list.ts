/**
 * The list of calls that match a filter: what the log has, what ends at this moment, and older ones as they are asked for.
 * Holding it back (a pause, or having scrolled away) loses nothing: calls wait, and past a bound they are read again from
 * the log. Newest first or in another order, each call once, a bounded number in memory.
 */
import type { CallRecord } from "@parley/contract/call-record";
import type { LiveHandlers } from "../../api/live-calls.ts";
import { type Compare, mergeCalls } from "./merge-calls.ts";

export interface CallPage {
  items: CallRecord[];
  next: string | null;
}

export interface CallListPorts {
  /** `after` is a page's `next`; `to` (exclusive, Unix milliseconds) begins anywhere. */
  readPage(position: { after?: string; to?: number }): Promise<CallPage>;
  openLive(handlers: LiveHandlers): () => void;
  /** Another order than newest first: such a list does not go on for ever, and nothing arrives in it live. */
  compare?: Compare;
  /** Runs the action a little later, once, so that a burst of calls is drawn together. */
  soon(action: () => void): void;
}

export interface CallListState {
  calls: readonly CallRecord[];
  /** How many arrived while held back. */
  waiting: number;
  /** More arrived than are counted: the server had no room to send them. The log has them. */
  hasMore: boolean;
  live: "connecting" | "open" | "lost";
  /** False until the first page was read. */
  read: boolean;
  hasOlder: boolean;
  problem: unknown;
}

const mostWaiting = 2_000;
/** Past this many the oldest are left out, and read again when somebody scrolls to them. */
const mostKept = 5_000;
const keptAfterTrim = 3_000;
/** Of a list in another order: who needs what stands further down narrows the search. */
export const mostSorted = 2_000;

export class CallList {
  state: CallListState = { calls: [], waiting: 0, hasMore: false, live: "connecting", read: false, hasOlder: false, problem: null };
  readonly #ports: CallListPorts;
  readonly #listeners = new Set<() => void>();
  /** Of the calls that are shown, and of those that arrived and are not yet. */
  #knownIds = new Set<string>();
  #arrivedIds = new Set<string>();
  #arrived: CallRecord[] = [];
  #waitingOverflow = 0;
  #older: { after?: string; to?: number } | null = null;
  #readingOlder = false;
  #drawing = false;
  #held = false;
  #stop: (() => void) | null = null;

  constructor(ports: CallListPorts) {
    this.#ports = ports;
  }

  /** For `useSyncExternalStore`. The list is live from the first subscription to the last. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#stop ??= this.#ports.openLive(this.#liveHandlers());
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = null;
    };
  };

  readonly snapshot = (): CallListState => this.state;

  hold(held: boolean): void {
    if (this.#held === held) return;
    this.#held = held;
    if (!held) this.#draw();
  }

  async loadOlder(): Promise<void> {
    const position = this.#older;
    if (!position || this.#readingOlder) return;
    this.#readingOlder = true;
    try {
      const page = await this.#ports.readPage(position);
      const calls = this.#merged(this.state.calls, page.items);
      const isFull = this.#ports.compare !== undefined && calls.length >= mostSorted;
      this.#older = page.next === null || isFull ? null : { after: page.next };
      this.#change({ calls, hasOlder: this.#older !== null, problem: null });
    } catch (problem) {
      this.#change({ problem });
    } finally {
      this.#readingOlder = false;
    }
  }

  /** Reads the newest page; whatever the live stream missed is in it, or below it. */
  readonly refresh = async (): Promise<void> => {
    try {
      const page = await this.#ports.readPage({});
      const joins = page.next === null || page.items.some((call) => this.#knownIds.has(call.id) || this.#arrivedIds.has(call.id));
      // What is held back stays as it is; the gap is closed when it is let go.
      if (this.#held && this.state.read && !joins) this.#change({ hasMore: true, problem: null });
      else if (joins && this.state.read) this.#take(page.items);
      else this.#startFrom(page);
    } catch (problem) {
      this.#change({ problem });
    }
  };

  #liveHandlers(): LiveHandlers {
    return {
      onOpen: () => {
        this.#change({ live: "open" });
        void this.refresh();
      },
      onCall: (call) => this.#take([call]),
      onDropped: () => {
        if (this.#held && this.state.read) this.#change({ hasMore: true });
        else this.#ports.soon(() => void this.refresh());
      },
      onLost: () => {
        this.#change({ live: "lost" });
        if (!this.state.read) void this.refresh();
      },
    };
  }

  /** There is a gap between what is known and what is new: the list begins anew, and the gap is read by scrolling. */
  #startFrom(page: CallPage): void {
    this.#older = page.next === null ? null : { after: page.next };
    this.#waitingOverflow = 0;
    this.#change({ calls: this.#merged(page.items, this.#takeArrived()), waiting: 0, hasMore: false, read: true, hasOlder: this.#older !== null, problem: null });
  }

  #take(calls: readonly CallRecord[]): void {
    for (const call of calls) {
      if (this.#knownIds.has(call.id) || this.#arrivedIds.has(call.id)) continue;
      if (this.#arrived.length >= mostWaiting) {
        this.#waitingOverflow += 1;
        continue;
      }
      this.#arrived.push(call);
      this.#arrivedIds.add(call.id);
    }
    if (this.#held || !this.state.read) this.#change({ waiting: this.#arrived.length + this.#waitingOverflow, problem: null });
    else this.#drawSoon();
  }

  #drawSoon(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    this.#ports.soon(() => {
      this.#drawing = false;
      if (!this.#held) this.#draw();
    });
  }

  #draw(): void {
    if (this.#waitingOverflow > 0 || this.state.hasMore) {
      // More came than were kept; the log has them all. Keeping nothing makes the newest page begin a new list.
      this.#takeArrived();
      this.#waitingOverflow = 0;
      this.state = { ...this.state, read: false, hasMore: false };
      void this.refresh();
      return;
    }
    this.#change({ calls: this.#trimmed(this.#merged(this.state.calls, this.#takeArrived())), waiting: 0, problem: null, hasOlder: this.#older !== null });
  }

  #merged(known: readonly CallRecord[], added: readonly CallRecord[]): CallRecord[] {
    return mergeCalls(known, added, this.#ports.compare);
  }

  #takeArrived(): CallRecord[] {
    const arrived = this.#arrived;
    this.#arrived = [];
    this.#arrivedIds = new Set();
    return arrived;
  }

  #trimmed(calls: CallRecord[]): CallRecord[] {
    if (calls.length <= mostKept || this.#ports.compare) return calls;
    const kept = calls.slice(0, keptAfterTrim);
    const oldest = kept.at(-1);
    // `to` is exclusive; the millisecond more brings what shares the oldest one's moment, and doubles fall out.
    if (oldest) this.#older = { to: oldest.at + 1 };
    return kept;
  }

  #change(change: Partial<CallListState>): void {
    this.state = { ...this.state, ...change };
    if (change.calls) this.#knownIds = new Set(change.calls.map((call) => call.id));
    for (const listener of this.#listeners) listener();
  }
}
