/** Limits on a consumer, a service or a key. */
import { z } from "zod";
import { duration, money, period, size } from "../units.ts";
import { pathPattern } from "./rewrites.ts";

/** Whose days and months they are, where the period is one. */
const zone = z.string().refine(isTimeZone, "a time zone such as Europe/Berlin").optional();

/** Each of them has the limit for itself. `service` and `version` of a service's own limit: all of its callers together. */
const scope = z.enum(["consumer", "key", "address", "service", "version"]);
const by = z.union([scope, z.array(scope).min(1).max(4)], { error: "by is one of consumer, key, address, service and version, or a list of them" }).optional();

/** For which calls the limit is. */
const where = {
  /** Below the service's path; the whole path for limits that are no service's. */
  path: pathPattern.optional(),
  methods: z.array(z.string().regex(/^[A-Z][A-Z-]{0,31}$/, "a method such as POST")).min(1).max(20).optional(),
};

const requests = z.strictObject({ requests: z.int().min(1).max(1_000_000_000), per: period, zone, by, ...where });
const tokens = z.strictObject({ tokens: z.int().min(1), per: period, zone });
const cost = z.strictObject({ cost: money.refine(({ amount }) => amount > 0 && amount <= 9_000_000, "a budget is more than 0 and at most 9000000 USD"), per: period, zone });
const concurrent = z.strictObject({
  concurrent: z.int().min(1),
  /** Where calls above the limit wait: so many at most, and none longer than this. Without it they are refused at once. */
  queue: z.strictObject({ length: z.int().min(1).max(10_000), wait: duration.refine((ms) => ms > 0 && ms <= 300_000, "a wait is more than 0 and at most 5m") }).optional(),
  by,
  ...where,
});
/** How large a request's body may be; the gateway's own `limits.bodyBytes` holds as well. */
const bodyBytes = z.strictObject({ bodyBytes: size, ...where });

export const limit = z.union([requests, tokens, cost, concurrent, bodyBytes], {
  error: "a limit is one of { requests: 600, per: 1m }, { tokens: 200000, per: 1m }, { cost: 50 USD, per: month }, { concurrent: 20 }, { bodyBytes: 1MiB }",
});
/** Of a service, whose calls have no tokens and no price. */
export const serviceLimit = limit.superRefine((written, context) => {
  for (const unit of ["tokens", "cost"] as const) {
    if (!(unit in written)) continue;
    const message = `a service's calls have no ${unit === "tokens" ? "tokens" : "cost"}, so that there is nothing to limit; write requests here, and ${unit} with ai, ai.models, consumers, their keys or teams`;
    context.addIssue({ code: "custom", path: [unit], message });
  }
});
/** What is reserved before an AI call and settled after it. */
export const budget = z.union([tokens, cost], { error: "a budget is one of { tokens: 200000, per: 1m }, { cost: 50 USD, per: month }" });
export type Budget = z.output<typeof budget>;
export type Limit = z.output<typeof limit>;
export type LimitScope = z.output<typeof scope>;
export type RequestLimit = z.output<typeof requests>;
export type ConcurrencyLimit = z.output<typeof concurrent>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
