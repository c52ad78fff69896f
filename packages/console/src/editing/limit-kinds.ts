/** The kinds of limits, and a limit in words. */
import type { ConsumerSource } from "@parley/contract/config/consumer";
import { countText } from "../format/quantities.ts";

export type LimitSource = NonNullable<ConsumerSource["limits"]>[number];
export type LimitKind = "requests" | "tokens" | "cost" | "concurrent" | "bodyBytes";

export const limitKinds: readonly { value: LimitKind; label: string }[] = [
  { value: "requests", label: "requests" },
  { value: "tokens", label: "tokens" },
  { value: "cost", label: "cost" },
  { value: "concurrent", label: "calls at the same time" },
  { value: "bodyBytes", label: "a request's body" },
];

export function limitKind(limit: LimitSource): LimitKind {
  if ("requests" in limit) return "requests";
  if ("tokens" in limit) return "tokens";
  if ("cost" in limit) return "cost";
  return "concurrent" in limit ? "concurrent" : "bodyBytes";
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
    case "bodyBytes":
      return { bodyBytes: "1MiB" };
  }
}

export function limitText(limit: LimitSource): string {
  return `${amountText(limit)}${conditionsText(limit)}`;
}

function amountText(limit: LimitSource): string {
  if ("requests" in limit) return `${countText(limit.requests)} requests / ${limit.per}`;
  if ("tokens" in limit) return `${countText(limit.tokens)} tokens / ${limit.per}`;
  if ("cost" in limit) return `${limit.cost} / ${limit.per}`;
  return "concurrent" in limit ? `${countText(limit.concurrent)} at once` : `bodies up to ${limit.bodyBytes}`;
}

/** Apart for whom it is counted, and for which calls it is. */
function conditionsText(limit: LimitSource): string {
  const by = "by" in limit && limit.by !== undefined ? ` by ${[limit.by].flat().join(" and ")}` : "";
  const methods = "methods" in limit && limit.methods !== undefined ? ` of ${limit.methods.join(", ")}` : "";
  return `${by}${methods}${"path" in limit && limit.path !== undefined ? ` on ${limit.path}` : ""}`;
}
