import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BudgetClaim } from "../../ports/budgets.ts";
import type { Ledger } from "../../ports/ledger.ts";
import type { LedgerOpener } from "./harness.ts";

const ttlMs = 30_000;
const minute = { kind: "rolling", milliseconds: 60_000 } as const;

function claim(change: Partial<BudgetClaim> = {}): BudgetClaim {
  const amount = change.amount ?? 10;
  return { key: "consumer:acme:tokens:60s", limit: 100, period: minute, zone: "UTC", amount, least: amount, floor: 0, ...change };
}

async function reserve(ledger: Ledger, reservation: string, ...claims: BudgetClaim[]): Promise<"reserved" | "exhausted"> {
  return (await ledger.reserveBudget({ reservation, claims, ttlMs })).kind;
}

/** What is used of a budget, asked for without taking anything. */
async function usedOf(ledger: Ledger, change: Partial<BudgetClaim> = {}): Promise<number> {
  const looked = await ledger.reserveBudget({ reservation: "look", claims: [claim({ ...change, amount: 0, least: 0 })], ttlMs });
  await ledger.settleBudget({ reservation: "look", amounts: [0] });
  return looked.states[0]?.used ?? -1;
}

export function budgetGuarantees(open: LedgerOpener): void {
  describe("budgets", () => {
    it("never grants more than the limit, whatever is reserved and settled at the same time by several workers", async () => {
      const { ledger, connect } = await open();
      const workers = [ledger, await connect()];
      let run = 0;
      const calls = fc.array(fc.record({ amount: fc.integer({ min: 1, max: 60 }), share: fc.double({ min: 0, max: 1, noNaN: true }) }), { minLength: 2, maxLength: 30 });
      await fc.assert(
        fc.asyncProperty(calls, async (wanted) => {
          const key = `run:${(run += 1)}`;
          let spent = 0;
          await Promise.all(
            wanted.map(async ({ amount, share }, index) => {
              const worker = workers[index % 2] as Ledger;
              const reservation = `${key}:${index}`;
              if ((await reserve(worker, reservation, claim({ key, amount }))) === "exhausted") return;
              const real = Math.floor(amount * share);
              spent += real;
              await worker.settleBudget({ reservation, amounts: [real] });
            }),
          );
          expect(spent).toBeLessThanOrEqual(100);
          expect(await usedOf(ledger, { key })).toBe(spent);
        }),
        { numRuns: 25 },
      );
    });

    it("takes nothing from any budget where one refuses, and says when to come again", async () => {
      const { ledger, advance } = await open();
      await reserve(ledger, "one", claim({ key: "a", amount: 100 }));
      advance(20_000);
      const refused = await ledger.reserveBudget({ reservation: "two", claims: [claim({ key: "b" }), claim({ key: "a" })], ttlMs });
      expect(refused).toMatchObject({ kind: "exhausted", claim: 1, states: [{ used: 0 }, { used: 100, limit: 100 }] });
      const retryAfterMs = refused.kind === "exhausted" ? (refused.retryAfterMs ?? 0) : 0;
      expect(retryAfterMs).toBeGreaterThan(38_000);
      expect(await usedOf(ledger, { key: "b" })).toBe(0);
      advance(retryAfterMs);
      expect(await reserve(ledger, "two", claim({ key: "b" }), claim({ key: "a" }))).toBe("reserved");
    });

    it("says that a claim past the whole limit never fits", async () => {
      const { ledger } = await open();
      expect(await ledger.reserveBudget({ reservation: "one", claims: [claim({ amount: 101 })], ttlMs })).toMatchObject({ kind: "exhausted", retryAfterMs: null });
    });

    it("gives what is left where the claim can do with less, so that nothing is left for a second", async () => {
      const { ledger } = await open();
      await reserve(ledger, "one", claim({ amount: 70 }));
      expect(await ledger.reserveBudget({ reservation: "two", claims: [claim({ amount: 500, least: 5 })], ttlMs })).toMatchObject({ kind: "reserved", states: [{ granted: 30, used: 100 }] });
      expect(await reserve(ledger, "three", claim({ amount: 500, least: 5 }))).toBe("exhausted");
    });

    it("keeps what was spent, and what is reserved, through kill and restart", async () => {
      const under = await open();
      await reserve(under.ledger, "one", claim({ amount: 40 }));
      await under.ledger.settleBudget({ reservation: "one", amounts: [33] });
      await reserve(under.ledger, "two", claim({ amount: 50, floor: 7 }));
      await under.restart();
      expect(await usedOf(under.ledger)).toBe(83);
      expect(await under.ledger.settleBudget({ reservation: "two", amounts: [44] })).toEqual({ kind: "settled" });
      expect(await usedOf(under.ledger)).toBe(77);
    });

    it("lets a reservation that nobody renews run out, and leaves what the call cost at least", async () => {
      const { ledger, advance, sweep } = await open();
      const day = { period: { kind: "calendar", unit: "day" } as const };
      await reserve(ledger, "lost", claim({ ...day, amount: 60, floor: 4 }));
      await reserve(ledger, "kept", claim({ ...day, amount: 30, floor: 1 }));
      advance(20_000);
      await ledger.renewBudget({ reservations: [{ reservation: "kept", floors: [9] }], ttlMs });
      advance(20_000);
      sweep();
      expect(await usedOf(ledger, day)).toBe(34);
      // The worker was only cut off, and tells the true figure now.
      await ledger.settleBudget({ reservation: "lost", amounts: [50] });
      expect(await usedOf(ledger, day)).toBe(80);
      advance(40_000);
      sweep();
      expect(await usedOf(ledger, day)).toBe(59);
    });

    it("settles in the day in which the call began", async () => {
      // The suite's clock starts at midnight of the first of January 2026, UTC.
      const { ledger, advance } = await open();
      const day = { period: { kind: "calendar", unit: "day" } as const };
      advance(86_400_000 - 1_000);
      await reserve(ledger, "late", claim({ ...day, amount: 90 }));
      advance(2_000);
      expect(await usedOf(ledger, day)).toBe(0);
      await ledger.settleBudget({ reservation: "late", amounts: [90] });
      expect(await usedOf(ledger, day)).toBe(0);
    });

    it("begins days and months with the time zone's", async () => {
      const { ledger, advance } = await open();
      const berlin = { period: { kind: "calendar", unit: "month" } as const, zone: "Europe/Berlin" };
      const newYork = { ...berlin, key: "new-york", zone: "America/New_York" };
      await reserve(ledger, "one", claim({ ...berlin, amount: 100 }), claim({ ...newYork, amount: 100 }));
      // New York's January begins five hours after UTC's.
      advance(5 * 3_600_000 + 1_000);
      expect([await usedOf(ledger, berlin), await usedOf(ledger, newYork)]).toEqual([100, 0]);
      advance(31 * 86_400_000 - 7 * 3_600_000);
      expect(await usedOf(ledger, berlin)).toBe(100);
      advance(3_600_000);
      expect(await usedOf(ledger, berlin)).toBe(0);
    });
  });
}
