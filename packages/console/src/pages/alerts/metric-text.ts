/** Values of what can be watched, with their units. */
import { decimalStep, durationStep, type RoundStep, sizeStep } from "../../plots/axis-marks.ts";
import { costText, countText, durationText, percentText, rateStep, rateText, sizeText } from "../../format/quantities.ts";

/** `largest` is of the values that it stands among. */
export function metricText(metric: string, value: number | null, largest?: number): string {
  if (value === null) return "–";
  if (metric.startsWith("latency_")) return durationText(value);
  if (metric.endsWith("_rate") && metric !== "burn_rate") return percentText(value);
  if (metric === "budget_used" || metric === "disk_free") return percentText(value);
  if (metric === "cost") return costText(value);
  if (metric === "calls_per_second") return rateText(value, largest);
  if (metric.endsWith("_bytes")) return sizeText(value);
  if (metric === "burn_rate") return `${value.toFixed(value < 10 ? 1 : 0)}×`;
  return countText(Math.round(value * 10) / 10);
}

/** Between two marks of the metric's axis. */
export function metricStep(metric: string): RoundStep {
  if (metric.startsWith("latency_")) return durationStep;
  if (metric === "calls_per_second") return rateStep;
  return metric.endsWith("_bytes") ? sizeStep : decimalStep;
}

export function unitHint(metric: string): string {
  if (metric.startsWith("latency_")) return "A duration, such as 500ms or 2s.";
  if ((metric.endsWith("_rate") && metric !== "burn_rate") || metric === "budget_used") return "A share from 0 to 1: 0.05 is 5 %.";
  if (metric === "cost") return "In USD.";
  if (metric === "burn_rate") return "Times too fast; 1 if left out.";
  return "A number.";
}
