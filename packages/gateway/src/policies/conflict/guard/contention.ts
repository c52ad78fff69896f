/**
 * How many conflicts a consumer may cause: who floods pays before costing more. Counted by the counters, so over all workers;
 * asked only when a conflict has happened, so that a write costs no more than a look into a map that is nearly always empty.
 */
import type { Conflict } from "@parley/contract/config/conflict";
import type { Counters, RateCheck, RateVerdict } from "@parley/stores/ports/counters";

const maxBlocked = 10_000;

export interface ContentionParts {
  service: string;
  budget: Conflict["contention"];
  counters: Pick<Counters, "admit">;
  monotonicMs(): number;
}

export class ContentionBudgets {
  readonly #parts: ContentionParts;
  /** Until when somebody's budget is spent, as far as this worker has been told. */
  readonly #blockedUntil = new Map<string, number>();

  constructor(parts: ContentionParts) {
    this.#parts = parts;
  }

  /** 0 while something is left; else when there will be. */
  waitMs(who: string): number {
    if (this.#blockedUntil.size === 0) return 0;
    const until = this.#blockedUntil.get(who);
    if (until === undefined) return 0;
    const waitMs = until - this.#parts.monotonicMs();
    if (waitMs > 0) return waitMs;
    this.#blockedUntil.delete(who);
    return 0;
  }

  spend(who: string): void {
    const { service, budget, counters } = this.#parts;
    const check: RateCheck = { key: `contention:${service}:${who}`, limit: budget.conflicts, period: budget.per, cost: 1 };
    const verdicts = counters.admit([check]);
    if (verdicts instanceof Promise) void verdicts.then(([verdict]) => this.#spent(who, check, verdict));
    else this.#spent(who, check, verdicts[0]);
  }

  #spent(who: string, check: RateCheck, verdict: RateVerdict | undefined): void {
    if (verdict === undefined || verdict.remaining > 0) return;
    const { period, limit } = check;
    // The last one was admitted: the next will be once a cell has run out of the full meter.
    const afterLastMs = period.kind === "calendar" ? verdict.resetMs : verdict.resetMs + period.milliseconds / limit - period.milliseconds;
    const waitMs = verdict.admitted ? afterLastMs : verdict.retryAfterMs;
    if (this.#blockedUntil.size >= maxBlocked) this.#blockedUntil.clear();
    this.#blockedUntil.set(who, this.#parts.monotonicMs() + waitMs);
  }
}
