/** Alerts as the admin API shows them: how each stands, what happened, what a rule would have done, and what became of a message. */
import { z } from "zod";
import { alert } from "../config/alerts.ts";
import { countCursor } from "./count-cursor.ts";
import { atMost } from "./search-parameters.ts";

const reading = {
  /** In the metric's unit; null where there is nothing to measure. */
  value: z.number().nullable(),
  /** A sentence with the figures. */
  reason: z.string(),
  /** Finds the calls behind it, at an absolute time; empty where it is not about calls. */
  query: z.string(),
};

export const alertState = z.object({
  alert: z.string(),
  metric: z.string(),
  severity: z.string(),
  /** `pending` holds, and not for long enough yet; `unknown` could not be measured, or was not yet. */
  state: z.enum(["ok", "pending", "firing", "unknown"]),
  /** When that began, Unix milliseconds. */
  since: z.number(),
  checkedAt: z.number().nullable(),
  ...reading,
  acknowledged: z.object({ by: z.string(), at: z.number() }).nullable(),
  silenced: z.object({ by: z.string(), until: z.number(), reason: z.string() }).nullable(),
});
export type AlertState = z.infer<typeof alertState>;

export const alertEventKind = z.enum(["firing", "repeated", "resolved", "acknowledged", "silenced", "unsilenced"]);
export type AlertEventKind = z.infer<typeof alertEventKind>;

export const deliveryState = z.object({ id: z.string(), channel: z.string(), state: z.enum(["waiting", "delivered", "given-up"]), attempts: z.number(), nextAt: z.number().nullable(), deliveredAt: z.number().nullable(), error: z.string().nullable() });

export const alertEvent = z.object({
  id: z.number(),
  at: z.number(),
  alert: z.string(),
  kind: alertEventKind,
  /** Of the firing that it belongs to; null where there is none. */
  firingSince: z.number().nullable(),
  ...reading,
  /** Who did it, where somebody did. */
  by: z.string().nullable(),
  deliveries: z.array(deliveryState),
});
export type AlertEvent = z.infer<typeof alertEvent>;

export const alertEventQuery = z.object({
  alert: z.string().optional().describe("Only of this alert, by its name."),
  limit: atMost(1_000, 100),
  after: countCursor.transform(Number).optional().describe("Where to go on: what `next` of the page before was."),
});

export const alertPreviewAsked = z.strictObject({
  spec: alert,
  /** Unix milliseconds; the last seven days where they are left out. */
  from: z.number().optional(),
  to: z.number().optional(),
});

export const alertPreview = z.object({
  from: z.number(),
  to: z.number(),
  stepMs: z.number(),
  /** False for what only the present knows: then there is `now` and nothing else. */
  past: z.boolean(),
  now: z.object(reading),
  /** `to` is null where it has not ended. */
  firings: z.array(z.object({ from: z.number(), to: z.number().nullable(), peak: z.number().nullable(), reason: z.string(), query: z.string() })),
  /** How many messages each channel would have got. */
  messages: z.number(),
  /** At most 500 points, the worst value of each. */
  series: z.array(z.object({ at: z.number(), value: z.number().nullable(), usual: z.number().optional() })),
});
export type AlertPreview = z.infer<typeof alertPreview>;

export const silenceAsked = z.strictObject({ minutes: z.number().min(1).max(60 * 24 * 90), reason: z.string().max(500).default("") });

/** What the receiver said to a test. */
export const channelTest = z.object({ delivered: z.boolean(), id: z.string(), status: z.number().nullable(), detail: z.string(), tookMs: z.number() });
