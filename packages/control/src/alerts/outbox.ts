/**
 * Sends what waits in the store, and again with growing pauses until the receiver has it or a day is over. The store decides
 * what there is to send, so a restart loses nothing; a message that was sent and not yet noted is sent again under the same id.
 */
import type { AlertStore, StoredDelivery } from "@parley/stores/ports/alert-store";
import type { AlertMessage } from "./message.ts";
import type { Sent } from "./send.ts";

export interface OutboxPorts {
  store: Pick<AlertStore, "due" | "nextDue" | "settle">;
  /** Null where there is no such channel (any more). */
  send: (channel: string, message: AlertMessage) => Promise<Sent | null>;
  now: () => number;
  onGivenUp: (delivery: StoredDelivery, error: string) => void;
  onError: (error: unknown) => void;
}

const atOnce = 8;
const firstPauseMs = 2_000;
const longestPauseMs = 15 * 60_000;
const giveUpAfterMs = 24 * 3_600_000;
const idleMs = 60_000;

export class Outbox {
  readonly #ports: OutboxPorts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
  }

  /** To be called when something was put into the store. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#running = this.#run().catch(this.#ports.onError).finally(() => {
      this.#running = null;
      if (this.#again) {
        this.#again = false;
        this.wake();
      }
    });
  }

  /** What is on its way is waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    const { store, now } = this.#ports;
    for (;;) {
      const due = this.#stopped ? [] : await store.due(now(), atOnce);
      if (due.length === 0) break;
      await Promise.all(due.map((delivery) => this.#deliver(delivery)));
    }
    const next = await store.nextDue();
    if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), next === null ? idleMs : Math.min(idleMs, Math.max(0, next - now()))).unref();
  }

  async #deliver(delivery: StoredDelivery): Promise<void> {
    const { store, send, now, onGivenUp } = this.#ports;
    const sent = await send(delivery.channel, JSON.parse(delivery.message) as AlertMessage);
    if (sent?.delivered) return store.settle({ id: delivery.id, delivered: true, at: now() });
    const error = sent === null ? `there is no channel ${delivery.channel} any more` : `${sent.status === null ? "" : `${sent.status}: `}${sent.detail}`;
    const nextAt = now() + pauseAfter(delivery.attempts);
    const givenUp = sent === null || nextAt - delivery.at > giveUpAfterMs;
    await store.settle({ id: delivery.id, delivered: false, error: error.slice(0, 1_000), nextAt: givenUp ? null : nextAt });
    if (givenUp) onGivenUp(delivery, error);
  }
}

/** Twice as long each time: 2 s, 4 s, … 15 min. */
export function pauseAfter(attempts: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(20, attempts));
}
