/** Where a budget's spending is counted: in slots of a rolling period, or in the calendar's days and months of a time zone. */
import { type CalendarPeriod, CalendarPeriods } from "@parley/contract/calendar-periods";
import type { Period } from "@parley/contract/units";

/** Its start names it; from its end on it counts no more. */
export type BudgetSlot = CalendarPeriod;

const slotsPerPeriod = 60;

export class BudgetWindows {
  readonly #calendar = new CalendarPeriods();

  /** A slot counts until all of it is out of the period: never too much is admitted, and up to a sixtieth too late. */
  slotOf(period: Period, zone: string, now: number): BudgetSlot {
    if (period.kind === "calendar") return this.#calendar.at(now, period.unit, zone);
    const slotMs = Math.max(1, Math.min(Math.ceil(period.milliseconds / slotsPerPeriod), period.milliseconds));
    const start = Math.floor(now / slotMs) * slotMs;
    return { start, ends: start + slotMs + period.milliseconds };
  }
}
