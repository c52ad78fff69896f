/** The figures of an alert's reason, as people read them: each with its unit, counts whole and in groups of three. */
import type { AlertMetric } from "@parley/contract/config/alerts";

const whole = new Intl.NumberFormat("en-US");
const fourDigits = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });
const sixDigits = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 6 });
const cents = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const threeDigits = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

export function valueText(metric: AlertMetric, value: number): string {
  if (metric.endsWith("_rate") && metric !== "burn_rate") return percentText(value);
  if (metric === "budget_used" || metric === "disk_free") return percentText(value);
  if (metric.startsWith("latency_")) return durationText(value);
  if (metric === "cost") return costText(value);
  if (metric === "certificate_days") return `${Math.floor(value)} days`;
  return countText(value);
}

/** A count is said to its last digit; a mean of counts, and what is counted by the second, to four of them. */
export function countText(count: number): string {
  return (Number.isInteger(count) ? whole : fourDigits).format(count);
}

export function callsText(calls: number): string {
  return `${countText(calls)} ${calls === 1 ? "call" : "calls"}`;
}

/** Small amounts keep their digits: a call's price is often a fraction of a cent. */
export function costText(usd: number): string {
  return `${(usd < 1 ? sixDigits : cents).format(usd)} USD`;
}

export function percentText(share: number): string {
  return `${threeDigits.format(share * 100)} %`;
}

const units = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1_000]] as const;

export function durationText(milliseconds: number): string {
  const unit = units.find(([, size]) => milliseconds >= size);
  return unit ? `${Number((milliseconds / unit[1]).toPrecision(3))}${unit[0]}` : `${Number(milliseconds.toPrecision(3))}ms`;
}
