import { expect, it } from "vitest";
import { ContentionBudgets } from "./contention.ts";

it("lets a consumer cause conflicts until its budget is spent, and again after a while; others have their own", () => {
  let now = 0;
  const budgets = new ContentionBudgets(() => now);
  let spent = 0;
  while (budgets.waitMs("ann") === 0) {
    budgets.spend("ann");
    spent += 1;
  }
  expect(spent).toBe(6_000);
  const waitMs = budgets.waitMs("ann");
  expect(waitMs).toBeGreaterThan(0);
  expect(budgets.waitMs("bob")).toBe(0);
  now += waitMs;
  expect(budgets.waitMs("ann")).toBe(0);
});
