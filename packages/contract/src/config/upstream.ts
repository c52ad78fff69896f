/** Where a service runs and how it is spoken to. */
import { z } from "zod";
import { duration, timerDuration } from "../units.ts";
import { fieldText, httpUrl } from "./names.ts";
import { upstreamTls } from "./tls.ts";

export const target = z.strictObject({ url: httpUrl, weight: z.int().min(0).max(1_000_000).default(1), tier: z.int().min(0).max(100).default(0) });

export const retryCondition = z.union([z.literal("connect-failure"), z.literal("reset"), z.int().min(400).max(599)]);

export const balanceAlgorithm = z.enum(["round-robin", "least-requests", "ewma", "consistent-hash", "failover"]);

const hashBy = z.discriminatedUnion("by", [
  z.strictObject({ by: z.enum(["resource", "consumer", "address"]) }),
  z.strictObject({ by: z.enum(["header", "cookie"]), name: z.string().min(1) }),
]);

export const timeouts = z.strictObject({
  connect: duration.prefault("2s"),
  firstByte: duration.prefault("30s"),
  idle: duration.prefault("60s"),
});

export const upstream = z.strictObject({
  targets: z.array(target).min(1).max(1000),
  balance: balanceAlgorithm.default("ewma"),
  /** What `consistent-hash` keeps together. */
  hash: hashBy.prefault({ by: "resource" }),
  /** How long a target that came back takes to get its whole share. */
  slowStart: duration.optional(),
  timeouts: timeouts.prefault({}),
  /** `attempts` counts all tries, the first included. */
  retry: z
    .strictObject({
      attempts: z.int().min(1).max(10).default(1),
      on: z.array(retryCondition).default(["connect-failure"]),
      /** Repetitions are at most so many percent of the calls. */
      budget: z.int().min(0).max(100).default(20),
    })
    .prefault({}),
  /**
   * A second try, at another target, for a call that has no answer after a time: the first answer counts. Only for safe methods
   * and calls with an Idempotency-Key, and within the retries' budget.
   */
  hedge: z
    .strictObject({
      after: duration.refine((ms) => ms >= 1 && ms <= 300_000, "a hedge waits from 1ms to 5m").optional(),
      /** In the place of a time, that in which so many percent of the answers come. */
      percentile: z.number().min(50).max(99.9).optional(),
      /** Besides the first try. */
      max: z.int().min(1).max(3).default(1),
    })
    .refine(({ after, percentile }) => (after === undefined) !== (percentile === undefined), "a hedge has either a time in `after`, or a percentile")
    .optional(),
  /** Each worker keeps to so many targets of each tier, chosen evenly, so that connections stay bounded. */
  subset: z.strictObject({ size: z.int().min(1).max(1_000) }).optional(),
  /** Active checks; `path` is one on the target's host. */
  health: z
    .strictObject({
      path: z.string().startsWith("/"),
      every: timerDuration.refine((ms) => ms >= 10, "checks are at least 10ms apart").prefault("5s"),
      timeout: timerDuration.prefault("2s"),
      unhealthyAfter: z.int().min(1).max(100).default(2),
      healthyAfter: z.int().min(1).max(100).default(1),
    })
    .optional(),
  /** A target that fails so often in a row rests, but never more than `maxEjected` percent of the targets at a time. */
  outliers: z.strictObject({ failures: z.int().min(1).default(5), rest: duration.prefault("10s"), maxEjected: z.int().min(0).max(100).default(50) }).prefault({}),
  /** Refuses calls at once while every target rests; without it the one that has rested longest is tried. */
  breaker: z.strictObject({ failures: z.int().min(1).default(10), rest: duration.prefault("5s") }).optional(),
  /**
   * How many calls it gets at the same time, all workers together; the next ones wait or are shed. Adaptive: as many as it
   * answers without getting slower, between `min` and `max`.
   */
  concurrency: z
    .strictObject({
      max: z.int().min(1).max(1_000_000).default(1_000),
      min: z.int().min(1).max(1_000_000).default(1),
      adaptive: z.boolean().default(false),
      queue: z.strictObject({ length: z.int().min(0).max(100_000).default(100), wait: duration.optional() }).prefault({}),
    })
    .refine(({ min, max }) => min <= max || max < 1, { path: ["min"], message: "min is not more than max" })
    .optional(),
  /** For https targets: whom to believe, and what the gateway shows of itself. */
  tls: upstreamTls.optional(),
  /** How the targets are spoken to. gRPC calls go by HTTP/2 whatever it says. */
  protocol: z.enum(["http1", "http2"]).default("http1"),
  /** `map`: Location and Content-Location of the target's own addresses become those of the service. `keep`: they go on as they are. */
  locations: z.enum(["map", "keep"]).default("map"),
  credentials: z
    .strictObject({ header: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "not a header name"), value: fieldText })
    .optional(),
}).refine(({ balance, subset }) => subset === undefined || balance !== "consistent-hash", { path: ["subset"], message: "with consistent-hash every worker has to choose among the same targets" });
export type Upstream = z.output<typeof upstream>;
export type UpstreamSource = z.input<typeof upstream>;
