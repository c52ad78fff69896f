/** How many conflicts a consumer may cause: who floods pays before costing more. Counted per worker and route, in memory, bounded. */
const perMinute = 6_000;
const maxConsumers = 10_000;

interface Budget {
  left: number;
  atMs: number;
}

export class ContentionBudgets {
  readonly #monotonicMs: () => number;
  readonly #budgets = new Map<string, Budget>();

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** 0 while something is left; else when there will be. */
  waitMs(consumer: string): number {
    const budget = this.#budgets.get(consumer);
    if (!budget) return 0;
    this.#refill(budget);
    return budget.left >= 1 ? 0 : ((1 - budget.left) * 60_000) / perMinute;
  }

  spend(consumer: string): void {
    let budget = this.#budgets.get(consumer);
    if (!budget) {
      if (this.#budgets.size >= maxConsumers) this.#budgets.clear();
      this.#budgets.set(consumer, (budget = { left: perMinute, atMs: this.#monotonicMs() }));
    }
    this.#refill(budget);
    budget.left = Math.max(0, budget.left - 1);
  }

  #refill(budget: Budget): void {
    const now = this.#monotonicMs();
    budget.left = Math.min(perMinute, budget.left + ((now - budget.atMs) / 60_000) * perMinute);
    budget.atMs = now;
  }
}
