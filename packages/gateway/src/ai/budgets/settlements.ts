/**
 * What the ledger has still to be told of calls: that they run, and what they cost. A settlement is told again until the
 * ledger has heard it; what it does not hear runs out there at what the call had cost at least.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Ledger } from "@parley/stores/ports/ledger";

interface SettlementPorts {
  ledger: Pick<Ledger, "renewBudget" | "settleBudget">;
  warn(message: string, details: Record<string, unknown>): void;
}

const maxUntold = 10_000;
const retryMs = 1_000;
const closeWithinMs = 3_000;

export class Settlements {
  readonly #ports: SettlementPorts;
  readonly #ttlMs: number;
  readonly #running = new Map<string, () => number[]>();
  readonly #untold = new Map<string, number[]>();
  readonly #telling = new Set<Promise<void>>();
  #renewing: NodeJS.Timeout | null = null;
  #retrying: NodeJS.Timeout | null = null;

  constructor(ports: SettlementPorts, ttlMs: number) {
    this.#ports = ports;
    this.#ttlMs = ttlMs;
  }

  watch(reservation: string, atLeast: () => number[]): void {
    this.#running.set(reservation, atLeast);
    this.#renewing ??= setInterval(() => this.#renew(), this.#ttlMs / 4).unref();
  }

  /** Nobody renews it any more. Where this is not heard it runs out sooner, at the floor that it was reserved with. */
  hold(reservation: string, floors: number[], ttlMs: number): void {
    this.#unwatch(reservation);
    this.#ports.ledger.renewBudget({ reservations: [{ reservation, floors }], ttlMs }).catch(() => {});
  }

  settle(reservation: string, amounts: number[]): void {
    this.#unwatch(reservation);
    const told = this.#tell(reservation, amounts).finally(() => this.#telling.delete(told));
    this.#telling.add(told);
  }

  async close(): Promise<void> {
    if (this.#renewing) clearInterval(this.#renewing);
    const until = performance.now() + closeWithinMs;
    await Promise.all(this.#telling);
    while (this.#untold.size > 0 && performance.now() < until) {
      await this.#tellAgain();
      if (this.#untold.size > 0) await delay(100);
    }
    if (this.#retrying) clearTimeout(this.#retrying);
    if (this.#untold.size > 0) this.#ports.warn("calls ended whose cost the ledger could not be told; it counts what they had cost at least", { calls: this.#untold.size });
  }

  #unwatch(reservation: string): void {
    this.#running.delete(reservation);
    if (this.#running.size > 0 || !this.#renewing) return;
    clearInterval(this.#renewing);
    this.#renewing = null;
  }

  async #tell(reservation: string, amounts: number[]): Promise<void> {
    try {
      await this.#ports.ledger.settleBudget({ reservation, amounts });
      this.#untold.delete(reservation);
    } catch {
      if (this.#untold.size >= maxUntold && !this.#untold.has(reservation)) return;
      this.#untold.set(reservation, amounts);
      this.#retrying ??= setTimeout(() => {
        this.#retrying = null;
        void this.#tellAgain();
      }, retryMs).unref();
    }
  }

  async #tellAgain(): Promise<void> {
    await Promise.all([...this.#untold].slice(0, 100).map(([reservation, amounts]) => this.#tell(reservation, amounts)));
  }

  #renew(): void {
    const reservations = [...this.#running].map(([reservation, atLeast]) => ({ reservation, floors: atLeast() }));
    // Lost now, it is renewed the next time; that is what the time to live is for.
    this.#ports.ledger.renewBudget({ reservations, ttlMs: this.#ttlMs }).catch(() => {});
  }
}
