/** A price as people compare it: in and out, for a million tokens. */
import type { ShownPrice } from "@parley/contract/api/model-state";

export function priceText(price: ShownPrice | null): string {
  if (price === null) return "not known";
  if (price.source === "free") return "free";
  return `${usdText(price.input)} in, ${usdText(price.output)} out`;
}

/** To the cent, or below it where the price is; so that those of a column can be compared. */
export function usdText(usd: number): string {
  if (usd === 0) return "$0";
  const text = String(usd >= 0.01 ? Number(usd.toFixed(3)) : Number(usd.toPrecision(2)));
  return `$${(text.split(".")[1]?.length ?? 0) > 2 ? text : usd.toFixed(2)}`;
}
