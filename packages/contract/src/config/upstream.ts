/** Where a service runs and how it is spoken to. */
import { z } from "zod";
import { duration } from "../units.ts";
import { httpUrl } from "./names.ts";

export const target = z.strictObject({ url: httpUrl, weight: z.int().min(0).max(1_000_000).default(1) });

export const retryCondition = z.union([z.literal("connect-failure"), z.literal("reset"), z.int().min(400).max(599)]);

export const balanceAlgorithm = z.enum(["round-robin", "least-requests", "ewma", "consistent-hash", "failover"]);

export const timeouts = z.strictObject({
  connect: duration.prefault("2s"),
  firstByte: duration.prefault("30s"),
  idle: duration.prefault("60s"),
});

export const upstream = z.strictObject({
  targets: z.array(target).min(1).max(1000),
  balance: balanceAlgorithm.default("ewma"),
  timeouts: timeouts.prefault({}),
  /** `attempts` counts all tries, the first included. */
  retry: z.strictObject({ attempts: z.int().min(1).max(10).default(1), on: z.array(retryCondition).default(["connect-failure"]) }).prefault({}),
  health: z.strictObject({ path: z.string().startsWith("/"), every: duration.prefault("5s") }).optional(),
  credentials: z
    .strictObject({ header: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "not a header name"), value: z.string() })
    .optional(),
});
export type Upstream = z.output<typeof upstream>;
export type UpstreamSource = z.input<typeof upstream>;
