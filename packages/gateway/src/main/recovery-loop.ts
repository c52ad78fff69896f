/** Looks after writes that were sent and lost their gateway: asks the ledger for them, and the route that they were sent on. */
import type { Ledger, UnresolvedWrite } from "@parley/stores/ports/ledger";
import type { Logger } from "pino";
import type { ConflictBook } from "../policies/conflict/book.ts";

export interface RecoveryParts {
  ledger: Ledger;
  book: ConflictBook;
  log: Logger;
  /** Unix milliseconds, as the ledger has them. */
  now(): number;
}

const everyMs = 1_000;
const atOnce = 16;

export class RecoveryLoop {
  readonly #parts: RecoveryParts;
  /** Claimed and not resolved yet: the upstream could not be asked. */
  readonly #claimed = new Map<string, UnresolvedWrite>();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#round().finally(() => {
        if (!this.#stopped) this.start();
      });
    }, this.#pauseMs()).unref();
  }

  /** Where a rest ends sooner than the next round it is looked at then: others wait for that. */
  #pauseMs(): number {
    const now = this.#parts.now();
    const ahead = [...this.#claimed.values()].map(({ restUntil }) => restUntil - now).filter((ms) => ms > 0);
    return Math.min(everyMs, ...ahead);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }

  async #round(): Promise<void> {
    const { ledger, log } = this.#parts;
    try {
      const room = atOnce - this.#claimed.size;
      const claimed = room > 0 ? await ledger.claimUnresolved({ limit: room }) : [];
      for (const write of claimed) this.#claimed.set(write.write, write);
    } catch {
      // A ledger that is down has lost this session, and with it what it had claimed.
      this.#claimed.clear();
      return;
    }
    for (const write of this.#claimed.values()) {
      if (write.restUntil > this.#parts.now()) continue;
      await this.#recover(write).catch((error: unknown) => log.warn({ error, service: write.service, callId: write.callId }, "a lost write could not be looked after"));
    }
  }

  async #recover(write: UnresolvedWrite): Promise<void> {
    const { book, log } = this.#parts;
    const recover = book.route(write.service)?.recover ?? null;
    // The route guards no more, so nobody will ever know.
    const outcome = recover === null ? await this.#giveUp(write) : await recover(write);
    if (outcome === null) return;
    this.#claimed.delete(write.write);
    log.info({ service: write.service, resource: write.path, callId: write.callId, outcome }, "a lost write was looked after");
  }

  async #giveUp(write: UnresolvedWrite): Promise<"diverged"> {
    await this.#parts.ledger.resolveWrite({ write: write.write, outcome: "diverged", etag: null, digest: null });
    return "diverged";
  }
}
