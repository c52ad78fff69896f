/**
 * Settings that the configuration's contract has and this release does not carry out yet. Writing one is no error (the
 * file is to stay the same when the release comes that does), but nobody should rely on it, so it is a warning.
 * Carrying one out means deleting its line here.
 */

export interface NotEnforced {
  /** Where the setting stands; `*` is any name or item. */
  place: string;
  /** Limits the line to some values; without it every value written is meant. */
  when?: (value: unknown) => boolean;
  what: string;
}

export const notEnforced: readonly NotEnforced[] = [
  { place: "stores.config", what: "a configuration store other than the embedded one" },
  { place: "stores.ledger", what: "a ledger other than the embedded one" },
  { place: "stores.counters", what: "counters other than the embedded ones" },
  { place: "stores.calls", what: "a call log other than the embedded one" },
];
