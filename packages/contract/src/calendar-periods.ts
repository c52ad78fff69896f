/** The days and months of a time zone, in which quotas and budgets are counted: where they begin and end, with the clocks' changes in them. */
export interface CalendarPeriod {
  /** Unix milliseconds, this one included. */
  start: number;
  /** Unix milliseconds, this one not included. */
  ends: number;
}

const maxZones = 200;
const dayMs = 86_400_000;

export class CalendarPeriods {
  readonly #zones = new Map<string, Intl.DateTimeFormat>();
  readonly #latest = new Map<string, CalendarPeriod>();

  /** The one that `now` (Unix milliseconds) is in. */
  at(now: number, unit: "day" | "month", zone: string): CalendarPeriod {
    const key = `${unit} ${zone}`;
    const latest = this.#latest.get(key);
    if (latest && now >= latest.start && now < latest.ends) return latest;
    const period = this.#around(unit, zone, now);
    if (this.#latest.size >= 2 * maxZones) this.#latest.clear();
    this.#latest.set(key, period);
    return period;
  }

  #around(unit: "day" | "month", zone: string, now: number): CalendarPeriod {
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
