/**
 * Budgets in the ledger. A slot's `used` has what was spent and what is reserved in it, so that admitting is one sum. A
 * reservation that nobody renews runs out: its slot keeps the floor, and the row stays for a while, so that a worker that
 * was only cut off can still settle on the true figure.
 */
import { hash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { BudgetClaim, BudgetOperations, BudgetState } from "../../../ports/budgets.ts";
import { BudgetWindows, type BudgetSlot } from "./budget-window.ts";

type Reserve = BudgetOperations["reserveBudget"];

/** After a restart workers get this long to come back and renew. */
const graceMs = 15_000;
const settleLateMs = 3_600_000;
const perPass = 2_000;

interface Judged {
  claim: BudgetClaim;
  key: Uint8Array;
  slot: BudgetSlot;
  used: number;
  granted: number;
}

interface ReservedRow {
  claim: number;
  key: Uint8Array;
  slot: number;
  amount: number;
  floor: number;
}

export class Budgets {
  readonly #now: () => number;
  readonly #windows = new BudgetWindows();
  readonly #sum: StatementSync;
  readonly #slots: StatementSync;
  readonly #add: StatementSync;
  readonly #change: StatementSync;
  readonly #reserve: StatementSync;
  readonly #find: StatementSync;
  readonly #renew: StatementSync;
  readonly #forget: StatementSync;
  readonly #late: StatementSync;
  readonly #expire: StatementSync;
  readonly #sweepUse: StatementSync;
  readonly #sweepReservations: StatementSync;

  constructor({ database, now }: { database: DatabaseSync; now: () => number }) {
    this.#now = now;
    this.#sum = database.prepare("SELECT coalesce(sum(used), 0) AS used FROM budget_use WHERE key = ? AND ends > ?");
    this.#slots = database.prepare("SELECT ends, used FROM budget_use WHERE key = ? AND ends > ? ORDER BY ends");
    this.#add = database.prepare("INSERT INTO budget_use VALUES (?, ?, ?, ?) ON CONFLICT (key, slot) DO UPDATE SET used = used + excluded.used");
    this.#change = database.prepare("UPDATE budget_use SET used = max(0, used + ?) WHERE key = ? AND slot = ?");
    this.#reserve = database.prepare("INSERT INTO budget_reservation VALUES (?, ?, ?, ?, ?, ?, ?, 'open')");
    this.#find = database.prepare("SELECT claim, key, slot, amount, floor FROM budget_reservation WHERE id = ?");
    this.#renew = database.prepare("UPDATE budget_reservation SET expires_at = ?, floor = max(floor, ?) WHERE id = ? AND claim = ? AND state = 'open'");
    this.#forget = database.prepare("DELETE FROM budget_reservation WHERE id = ?");
    this.#late = database.prepare("SELECT id, claim, key, slot, amount, floor FROM budget_reservation WHERE state = 'open' AND expires_at <= ? LIMIT ?");
    this.#expire = database.prepare("UPDATE budget_reservation SET state = 'expired', amount = ?, expires_at = ? WHERE id = ? AND claim = ?");
    this.#sweepUse = database.prepare("DELETE FROM budget_use WHERE (key, slot) IN (SELECT key, slot FROM budget_use WHERE ends <= ? LIMIT ?)");
    this.#sweepReservations = database.prepare("DELETE FROM budget_reservation WHERE state = 'expired' AND expires_at <= ?");
    database.prepare("UPDATE budget_reservation SET expires_at = max(expires_at, ?) WHERE state = 'open'").run(now() + graceMs);
  }

  reserve({ reservation, claims, ttlMs }: Reserve["input"]): Reserve["output"] {
    const now = this.#now();
    const judged = claims.map((claim) => this.#judge(claim, now));
    const refusing = judged.flatMap((one, claim) => (one.granted < one.claim.least ? [{ claim, retryAfterMs: this.#retryAfterMs(one, now) }] : []));
    if (refusing.length > 0) {
      const worst = refusing.reduce((one, other) => ((other.retryAfterMs ?? Infinity) > (one.retryAfterMs ?? Infinity) ? other : one));
      return { kind: "exhausted", ...worst, states: judged.map((one) => this.#stateOf({ ...one, granted: 0 }, now)) };
    }
    for (const [index, { claim, key, slot, granted }] of judged.entries()) {
      this.#add.run(key, slot.start, slot.ends, granted);
      this.#reserve.run(reservation, index, key, slot.start, granted, Math.min(claim.floor, granted), now + ttlMs);
    }
    return { kind: "reserved", states: judged.map((one) => this.#stateOf(one, now)) };
  }

  renew({ reservations, ttlMs }: BudgetOperations["renewBudget"]["input"]): { renewed: number } {
    const until = this.#now() + ttlMs;
    let renewed = 0;
    for (const { reservation, floors } of reservations) {
      for (const [claim, floor] of floors.entries()) renewed += Number(this.#renew.run(until, floor, reservation, claim).changes);
    }
    return { renewed };
  }

  settle({ reservation, amounts }: BudgetOperations["settleBudget"]["input"]): { kind: "settled" | "unknown" } {
    const rows = this.#find.all(reservation) as unknown as ReservedRow[];
    for (const row of rows) this.#change.run((amounts[row.claim] ?? row.amount) - row.amount, row.key, row.slot);
    this.#forget.run(reservation);
    return { kind: rows.length > 0 ? "settled" : "unknown" };
  }

  sweep(): void {
    const now = this.#now();
    for (const row of this.#late.all(now, perPass) as unknown as (ReservedRow & { id: string })[]) {
      this.#change.run(row.floor - row.amount, row.key, row.slot);
      this.#expire.run(row.floor, now + settleLateMs, row.id, row.claim);
    }
    this.#sweepReservations.run(now);
    this.#sweepUse.run(now, perPass);
  }

  #judge(claim: BudgetClaim, now: number): Judged {
    const key = hash("sha256", claim.key, "buffer").subarray(0, 16);
    const { used } = this.#sum.get(key, now) as { used: number };
    const granted = Math.max(0, Math.min(claim.amount, claim.limit - used));
    return { claim, key, slot: this.#windows.slotOf(claim.period, claim.zone, now), used, granted };
  }

  #stateOf({ claim, key, slot, used, granted }: Judged, now: number): BudgetState {
    const { ends } = (this.#slots.get(key, now) as { ends: number } | undefined) ?? { ends: slot.ends };
    return { limit: claim.limit, used: used + granted, granted, resetMs: Math.max(0, ends - now) };
  }

  /** When enough will have left the period. */
  #retryAfterMs({ claim, key, used }: Judged, now: number): number | null {
    if (claim.least > claim.limit) return null;
    let left = used;
    for (const slot of this.#slots.iterate(key, now) as unknown as Iterable<{ ends: number; used: number }>) {
      left -= slot.used;
      if (claim.limit - left >= claim.least) return slot.ends - now;
    }
    return 0;
  }
}
