/**
 * What a file had when it was read last is known to be good: an entry that has not changed is the same object again, so that
 * nobody after this reads, checks or publishes it a second time. A reload costs what has changed.
 */
import type { Config, ConfigSource } from "@parley/contract/config/config";

/** The sections that grow without end. */
export const largeSections = ["services", "consumers"] as const;
export type LargeSection = (typeof largeSections)[number];

/** A reading without an error. */
export interface KnownReading {
  /** Null where nobody has it any more. */
  text: string | null;
  source: ConfigSource;
  config: Config;
}

type Entries = Record<string, unknown>;

/** Puts what is known in the place of what is equal to it. */
export function keepKnown(data: unknown, known: KnownReading): void {
  for (const section of largeSections) {
    const entries = entriesIn(data, section);
    const before = entriesIn(known.source, section);
    if (entries === null || before === null) continue;
    for (const name in entries) if (Object.hasOwn(before, name) && isSame(entries[name], before[name])) entries[name] = before[name];
  }
}

/** Which entries of the data are those of the known reading. */
export type IsKnown = (section: LargeSection, name: string) => boolean;

export function knownIn(data: unknown, known: KnownReading): IsKnown {
  const now = Object.fromEntries(largeSections.map((section) => [section, entriesIn(data, section)]));
  const before = Object.fromEntries(largeSections.map((section) => [section, entriesIn(known.source, section)]));
  return (section, name) => {
    const entry = now[section]?.[name];
    return typeof entry === "object" && entry !== null && entry === before[section]?.[name];
  };
}

/** The data without what is known; issues in it have the paths that they have in the data. */
export function setKnownAside(data: unknown, isKnown: IsKnown): unknown {
  if (!isMapping(data)) return data;
  const rest = { ...data };
  for (const section of largeSections) {
    const entries = entriesIn(data, section);
    if (entries !== null) rest[section] = Object.fromEntries(Object.entries(entries).filter(([name]) => !isKnown(section, name)));
  }
  return rest;
}

/** In the order of the data. */
export function putKnownBack(config: Config, data: unknown, { known, isKnown }: { known: KnownReading; isKnown: IsKnown }): void {
  for (const section of largeSections) {
    const fresh: Entries = config[section];
    const before: Entries = known.config[section];
    const whole: Entries = {};
    for (const name in entriesIn(data, section)) whole[name] = isKnown(section, name) ? before[name] : fresh[name];
    Object.assign(config, { [section]: whole });
  }
}

export function entriesIn(data: unknown, section: LargeSection): Entries | null {
  const entries = isMapping(data) ? data[section] : undefined;
  return isMapping(entries) ? entries : null;
}

/** Of JSON's types; members in the same order, so that what was written is shown as it was written. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false;
    for (let index = 0; index < one.length; index++) if (!isSame(one[index], other[index])) return false;
    return true;
  }
  if (Array.isArray(other)) return false;
  const names = Object.keys(one);
  const others = Object.keys(other);
  if (names.length !== others.length) return false;
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    if (name !== others[index] || !isSame((one as Entries)[name], (other as Entries)[name])) return false;
  }
  return true;
}

function isMapping(value: unknown): value is Entries {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
