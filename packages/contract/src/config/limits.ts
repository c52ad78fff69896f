/** Limits on a consumer, a service or a key. */
import { z } from "zod";
import { money, period } from "../units.ts";

const requests = z.strictObject({ requests: z.int().min(1).max(1_000_000_000), per: period });
const tokens = z.strictObject({ tokens: z.int().min(1), per: period });
const cost = z.strictObject({ cost: money, per: period });
const concurrent = z.strictObject({ concurrent: z.int().min(1) });

export const limit = z.union([requests, tokens, cost, concurrent], {
  error: "a limit is one of { requests: 600, per: 1m }, { tokens: 200000, per: 1m }, { cost: 50 USD, per: month }, { concurrent: 20 }",
});
export type Limit = z.output<typeof limit>;
export type RequestLimit = z.output<typeof requests>;
