/** Where a budget's spending is counted: in slots of a rolling period, or in the calendar's days and months of a time zone. */
import type { Period } from "@parley/contract/units";

export interface BudgetSlot {
  /** Unix milliseconds; names the slot. */
  start: number;
  /** From then on it counts no more. */
  ends: number;
}

const slotsPerPeriod = 60;
const maxZones = 200;
const dayMs = 86_400_000;

export class BudgetWindows {
  readonly #zones = new Map<string, Intl.DateTimeFormat>();
  readonly #latest = new Map<string, BudgetSlot>();

  /** A slot counts until all of it is out of the period: never too much is admitted, and up to a sixtieth too late. */
  slotOf(period: Period, zone: string, now: number): BudgetSlot {
    if (period.kind === "calendar") return this.#calendar(period.unit, zone, now);
    const slotMs = Math.max(1, Math.min(Math.ceil(period.milliseconds / slotsPerPeriod), period.milliseconds));
    const start = Math.floor(now / slotMs) * slotMs;
    return { start, ends: start + slotMs + period.milliseconds };
  }

  #calendar(unit: "day" | "month", zone: string, now: number): BudgetSlot {
    const key = `${unit} ${zone}`;
    const latest = this.#latest.get(key);
    if (latest && now >= latest.start && now < latest.ends) return latest;
    const slot = this.#slotAround(unit, zone, now);
    if (this.#latest.size >= 2 * maxZones) this.#latest.clear();
    this.#latest.set(key, slot);
    return slot;
  }

  #slotAround(unit: "day" | "month", zone: string, now: number): BudgetSlot {
    const local = new Date(now + this.#offsetMs(zone, now));
    const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
    if (unit === "day") return { start: this.#midnight(zone, Date.UTC(year, month, day)), ends: this.#midnight(zone, Date.UTC(year, month, day + 1)) };
    return { start: this.#midnight(zone, Date.UTC(year, month, 1)), ends: this.#midnight(zone, Date.UTC(year, month + 1, 1)) };
  }

  /** The first instant at which the zone's clocks show what UTC's show at `wall`; where they skip it, that of the change. */
  #midnight(zone: string, wall: number): number {
    const before = this.#offsetMs(zone, wall - dayMs);
    const after = this.#offsetMs(zone, wall + dayMs);
    const isSkipped = this.#offsetMs(zone, wall - after) !== after;
    return isSkipped || this.#offsetMs(zone, wall - before) === before ? wall - before : wall - after;
  }

  #offsetMs(zone: string, at: number): number {
    if (zone === "UTC") return 0;
    const parts = Object.fromEntries(this.#formatOf(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)])) as Record<string, number>;
    const wall = Date.UTC(parts["year"] ?? 0, (parts["month"] ?? 1) - 1, parts["day"], parts["hour"], parts["minute"], parts["second"]);
    return wall - Math.floor(at / 1000) * 1000;
  }

  #formatOf(zone: string): Intl.DateTimeFormat {
    const known = this.#zones.get(zone);
    if (known) return known;
    if (this.#zones.size >= maxZones) this.#zones.clear();
    const made = new Intl.DateTimeFormat("en-US", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
    });
    this.#zones.set(zone, made);
    return made;
  }
}
