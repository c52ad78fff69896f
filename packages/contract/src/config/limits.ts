/** Limits on a consumer, a service or a key. */
import { z } from "zod";
import { money, period } from "../units.ts";

const requests = z.strictObject({ requests: z.int().min(1).max(1_000_000_000), per: period });
/** Whose days and months they are, where the period is one. */
const zone = z.string().refine(isTimeZone, "a time zone such as Europe/Berlin").optional();
const tokens = z.strictObject({ tokens: z.int().min(1), per: period, zone });
const cost = z.strictObject({ cost: money.refine(({ amount }) => amount > 0 && amount <= 9_000_000, "a budget is more than 0 and at most 9000000 USD"), per: period, zone });
const concurrent = z.strictObject({ concurrent: z.int().min(1) });

export const limit = z.union([requests, tokens, cost, concurrent], {
  error: "a limit is one of { requests: 600, per: 1m }, { tokens: 200000, per: 1m }, { cost: 50 USD, per: month }, { concurrent: 20 }",
});
/** What is reserved before an AI call and settled after it. */
export const budget = z.union([tokens, cost], { error: "a budget is one of { tokens: 200000, per: 1m }, { cost: 50 USD, per: month }" });
export type Budget = z.output<typeof budget>;
export type Limit = z.output<typeof limit>;
export type RequestLimit = z.output<typeof requests>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
