/** What happens to two turns at once on one conversation, or on one response, that a provider keeps. */
import { z } from "zod";
import { duration } from "../units.ts";

export const conversationSettings = z.strictObject({
  /** `order`: the second waits for its turn. `refuse`: it is told who holds the conversation. `pass`: the provider decides. */
  conflicts: z.enum(["order", "refuse", "pass"]).default("order"),
  /** How many may wait for one conversation. */
  waiting: z.int().min(0).max(1000).default(8),
  /** How long one may wait. */
  wait: duration.prefault("60s"),
});
export type ConversationSettings = z.output<typeof conversationSettings>;
