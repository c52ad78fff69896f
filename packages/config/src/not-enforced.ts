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
  { place: "admin.tls", what: "TLS of the admin port" },
  { place: "services.*.limits.*.tokens", what: "limits on tokens of services, which say no tokens; those of ai, models, consumers, keys and teams are" },
  { place: "services.*.limits.*.cost", what: "limits on the cost of services, which say none; those of ai, models, consumers, keys and teams are" },
  { place: "stores.config", what: "a configuration store other than the embedded one" },
  { place: "stores.ledger", what: "a ledger other than the embedded one" },
  { place: "stores.counters", what: "counters other than the embedded ones" },
  { place: "stores.calls", what: "a call log other than the embedded one" },
];
