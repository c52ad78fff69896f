/** What AI calls cost, from the call log. */
import { z } from "zod";
import { fromTime, toTime } from "./search-parameters.ts";

const spendPeriod = z.enum(["hour", "day", "month"]);
export type SpendPeriod = z.infer<typeof spendPeriod>;

export const spendQuery = z.object({
  by: z.enum(["consumer", "key", "team", "model", "provider", "service"]).default("consumer").describe("Whose cost is told apart."),
  per: spendPeriod.optional().describe("A sum for each of these periods, in UTC; without it there is one for all of the time."),
  from: fromTime(),
  to: toTime(),
});
export type SpendQuery = z.output<typeof spendQuery>;

const spendRow = z.object({
  /** A key is named consumer/key and a model provider/model; null where a call had none. */
  name: z.string().nullable(),
  /** When the period begins, in UTC; null for the sum of all. */
  start: z.string().nullable(),
  calls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadTokens: z.number(),
  costUsd: z.number(),
  /** The same in whole billionths, to be added without drift. */
  costNanoUsd: z.number(),
  /** Calls whose tokens are known and whose price is not: their cost is in no sum. */
  unpricedCalls: z.number(),
});
export type SpendRow = z.infer<typeof spendRow>;

/** By period, then dearest first; `truncated` where there are more than 10,000 rows. */
export const spend = z.object({ currency: z.literal("USD"), items: z.array(spendRow), truncated: z.boolean() });
