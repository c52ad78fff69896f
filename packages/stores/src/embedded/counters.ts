/**
 * Hot path (benchmarks: http). The embedded engine of the Counters port: in memory, in one process, answering at once.
 * Other workers share it through counters-server.ts. Rolling limits go with its process; calendar ones are kept by the
 * journal that it is given.
 */
import type { Counters, RateCheck, RateVerdict } from "../ports/counters.ts";
import { BoundedMeters } from "./bounded-meters.ts";
import { BoundedNotes } from "./bounded-notes.ts";
import { BudgetWindows } from "./ledger/budgets/budget-window.ts";
import { QuotaJournal, type QuotaJournalOptions } from "./quota-journal.ts";

export interface CountersClock {
  /** Never goes back; milliseconds. */
  monotonicMs(): number;
  /** Milliseconds since 1970, for calendar windows. */
  unixMs(): number;
}

export const systemCountersClock: CountersClock = { monotonicMs: () => performance.now(), unixMs: () => Date.now() };

/** With the hour that a zone may set its clocks back by. */
const longestMs = { day: 25 * 3_600_000, month: 31 * 24 * 3_600_000 + 3_600_000 } as const;
/** About 150 bytes each. */
const defaultMaxKeys = 500_000;
/** A limit is full again long before most callers are back: of 100 a minute one call is made good after 600 ms. */
const keptOnceFullMs = 60_000;

/** With calendar limits that outlive this process. */
export function openCounters(journal: QuotaJournalOptions): Counters {
  return new MemoryCounters(systemCountersClock, defaultMaxKeys, new QuotaJournal(journal));
}

export class MemoryCounters implements Counters {
  #clock: CountersClock;
  #rolling: BoundedMeters;
  #calendar: BoundedMeters;
  #held = new Map<string, number>();
  #notes = new BoundedNotes();
  #windows = new BudgetWindows();
  #journal: QuotaJournal | null;

  constructor(clock: CountersClock = systemCountersClock, maxKeys: number = defaultMaxKeys, journal: QuotaJournal | null = null) {
    this.#clock = clock;
    this.#journal = journal;
    this.#rolling = new BoundedMeters(maxKeys, keptOnceFullMs);
    this.#calendar = new BoundedMeters(maxKeys);
    const now = clock.unixMs();
    if (journal) for (const [key, meter] of journal.open(now)) this.#calendar.add(key, meter, now);
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#rolling.size + this.#calendar.size + this.#held.size + this.#notes.size;
  }

  admit(checks: readonly RateCheck[]): readonly RateVerdict[] {
    const verdicts = checks.map((check) => this.#judge(check, check.cost));
    if (verdicts.every((verdict) => verdict.admitted)) {
      for (const check of checks) this.#take(check);
      return verdicts;
    }
    // Nothing is taken from those that would have admitted it.
    return checks.map((check, index) => (verdicts[index]?.admitted ? this.#judge(check, 0) : (verdicts[index] as RateVerdict)));
  }

  refund(checks: readonly RateCheck[]): void {
    for (const check of checks) {
      if (check.period.kind === "calendar") this.#refundCalendar(check);
      else this.#refundRolling(check, check.period.milliseconds);
    }
  }

  acquire(key: string, limit: number): boolean {
    const held = this.#held.get(key) ?? 0;
    if (held >= limit) return false;
    this.#held.set(key, held + 1);
    return true;
  }

  release(key: string): void {
    const held = this.#held.get(key) ?? 0;
    if (held > 1) this.#held.set(key, held - 1);
    else this.#held.delete(key);
  }

  note(key: string, text: string, ttlMs: number): void {
    this.#notes.set(key, text, this.#clock.monotonicMs() + ttlMs);
  }

  noted(keys: readonly string[]): (string | null)[] {
    const now = this.#clock.monotonicMs();
    return keys.map((key) => this.#notes.get(key, now));
  }

  async close(): Promise<void> {
    this.#held.clear();
    this.#journal?.close();
  }

  /** What would be said if `cost` were taken now. */
  #judge(check: RateCheck, cost: number): RateVerdict {
    return check.period.kind === "rolling" ? this.#judgeRolling(check, check.period.milliseconds, cost) : this.#judgeCalendar(check, cost);
  }

  /**
   * Generic cell rate algorithm (ITU-T I.371) as virtual scheduling: a meter is idle at its theoretical arrival time, and
   * a call is admitted while that time, moved on by the call's cost, stays within one period from now.
   */
  #judgeRolling(check: RateCheck, periodMs: number, cost: number): RateVerdict {
    const now = this.#clock.monotonicMs();
    const intervalMs = periodMs / check.limit;
    const slot = slotOf(check, this.#rolling);
    const ahead = slot === -1 ? 0 : Math.max(0, this.#rolling.idleAt(slot) - now);
    const after = ahead + cost * intervalMs;
    // A thousandth of a cell: sums of thirds do not add up exactly.
    const admitted = after <= periodMs + intervalMs / 1000;
    const level = admitted ? after : ahead;
    return {
      admitted,
      remaining: Math.max(0, Math.floor((periodMs - level) / intervalMs + 1e-3)),
      resetMs: level,
      retryAfterMs: admitted ? 0 : cost > check.limit ? Infinity : after - periodMs,
    };
  }

  #judgeCalendar(check: RateCheck, cost: number): RateVerdict {
    const now = this.#clock.unixMs();
    const slot = slotOf(check, this.#calendar);
    const live = slot !== -1 && isOfNow(check, this.#calendar.idleAt(slot), now);
    const used = live ? this.#calendar.used(slot) : 0;
    const resetMs = (live ? this.#calendar.idleAt(slot) : this.#windowEnd(check, now)) - now;
    const admitted = used + cost <= check.limit;
    return {
      admitted,
      remaining: Math.max(0, check.limit - used - (admitted ? cost : 0)),
      resetMs,
      retryAfterMs: admitted ? 0 : cost > check.limit ? Infinity : resetMs,
    };
  }

  #take(check: RateCheck): void {
    if (check.period.kind === "calendar") return this.#takeCalendar(check);
    const now = this.#clock.monotonicMs();
    const costMs = (check.cost * check.period.milliseconds) / check.limit;
    const slot = slotOf(check, this.#rolling);
    if (slot !== -1) this.#rolling.put(slot, Math.max(this.#rolling.idleAt(slot), now) + costMs, 0);
    else this.#rolling.add(check.key, { idleAt: now + costMs, used: 0 }, now);
  }

  #takeCalendar(check: RateCheck): void {
    // What only asks takes nothing, and leaves nothing to remember.
    if (check.cost === 0) return;
    const now = this.#clock.unixMs();
    const slot = slotOf(check, this.#calendar);
    const live = slot !== -1 && isOfNow(check, this.#calendar.idleAt(slot), now);
    const meter = { idleAt: live ? this.#calendar.idleAt(slot) : this.#windowEnd(check, now), used: (live ? this.#calendar.used(slot) : 0) + check.cost };
    if (slot === -1) this.#calendar.add(check.key, meter, now);
    else this.#calendar.put(slot, meter.idleAt, meter.used);
    this.#journal?.changed(check.key, meter, () => this.#calendar.entries());
  }

  #refundRolling({ key, cost, limit }: RateCheck, periodMs: number): void {
    const slot = this.#rolling.find(key);
    if (slot !== -1) this.#rolling.put(slot, this.#rolling.idleAt(slot) - (cost * periodMs) / limit, 0);
  }

  /** Of the window that is open now: one that has ended is of use to nobody. */
  #refundCalendar(check: RateCheck): void {
    const slot = this.#calendar.find(check.key);
    if (slot === -1 || check.cost === 0 || !isOfNow(check, this.#calendar.idleAt(slot), this.#clock.unixMs())) return;
    const meter = { idleAt: this.#calendar.idleAt(slot), used: Math.max(0, this.#calendar.used(slot) - check.cost) };
    this.#calendar.put(slot, meter.idleAt, meter.used);
    this.#journal?.changed(check.key, meter, () => this.#calendar.entries());
  }

  #windowEnd(check: RateCheck, now: number): number {
    return this.#windows.slotOf(check.period, check.zone ?? "UTC", now).ends;
  }
}

/** Of a hundred thousand keys a search looks at several places in memory that are in no cache; one that is asked again is found where it was. */
function slotOf(check: RateCheck, meters: BoundedMeters): number {
  const slot = meters.find(check.key, check.foundAt);
  if (check.foundAt !== undefined && check.foundAt !== slot) check.foundAt = slot;
  return slot;
}

/** A window that ends later than one of now can is of a time when the clock was ahead: its limit would hold until that time has come. */
function isOfNow({ period }: RateCheck, ends: number, now: number): boolean {
  return ends > now && (period.kind !== "calendar" || ends - now <= longestMs[period.unit]);
}
