/** The kinds of limits, and a limit in words. */
import type { ConsumerSource } from "@parley/contract/config/consumer";
import { countText } from "../format/quantities.ts";

export type LimitSource = NonNullable<ConsumerSource["limits"]>[number];
export type LimitKind = "requests" | "tokens" | "cost" | "concurrent";

export const limitKinds: readonly { value: LimitKind; label: string }[] = [
  { value: "requests", label: "requests" },
  { value: "tokens", label: "tokens" },
  { value: "cost", label: "cost" },
  { value: "concurrent", label: "calls at the same time" },
];

export function limitKind(limit: LimitSource): LimitKind {
  if ("requests" in limit) return "requests";
  if ("tokens" in limit) return "tokens";
  return "cost" in limit ? "cost" : "concurrent";
}

export function newLimit(kind: LimitKind): LimitSource {
  switch (kind) {
    case "requests":
      return { requests: 600, per: "1m" };
    case "tokens":
      return { tokens: 200_000, per: "1m" };
    case "cost":
      return { cost: "50 USD", per: "month" };
    case "concurrent":
      return { concurrent: 20 };
  }
}

export function limitText(limit: LimitSource): string {
  if ("requests" in limit) return `${countText(limit.requests)} requests / ${limit.per}`;
  if ("tokens" in limit) return `${countText(limit.tokens)} tokens / ${limit.per}`;
  if ("cost" in limit) return `${limit.cost} / ${limit.per}`;
  return `${countText(limit.concurrent)} at once`;
}
