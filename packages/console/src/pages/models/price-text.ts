/** A price as people compare it: in and out, for a million tokens. */
import type { ShownPrice } from "@parley/contract/api/model-state";

export function priceText(price: ShownPrice | null): string {
  if (price === null) return "not known";
  if (price.source === "free") return "free";
  return `${usdText(price.input)} in, ${usdText(price.output)} out`;
}

/** Prices are given to the cent or below; trailing zeros past that say nothing. */
export function usdText(usd: number): string {
  return `$${usd >= 0.01 || usd === 0 ? Number(usd.toFixed(3)) : Number(usd.toPrecision(2))}`;
}
