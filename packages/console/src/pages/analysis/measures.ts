/** How each measure is named and read. */
import { costText, countText, durationText, shortCountText, sizeText } from "../../format/quantities.ts";
import type { ChangeMeasure, Measure } from "./search.ts";

const countMeasures = { calls: "Calls", errors: "Errors (5xx)", refused: "Refused (4xx)", conflicts: "Conflicts" } as const;

export const measureNames: Readonly<Record<Measure, string>> = {
  ...countMeasures, costUsd: "Cost", inputTokens: "Input tokens", outputTokens: "Output tokens", requestBytes: "Requests' bytes", responseBytes: "Answers' bytes",
  meanMs: "Latency, mean", p50Ms: "Latency, p50", p90Ms: "Latency, p90", p95Ms: "Latency, p95", p99Ms: "Latency, p99",
};

export const changeNames: Readonly<Record<ChangeMeasure, string>> = { ...countMeasures, latency: "Latency", costUsd: "Cost" };

export function measureText(measure: Measure | ChangeMeasure, value: number | null): string {
  if (value === null) return "–";
  switch (measure) {
    case "costUsd": return costText(value);
    case "inputTokens": case "outputTokens": return shortCountText(value);
    case "requestBytes": case "responseBytes": return sizeText(value);
    case "meanMs": case "p50Ms": case "p90Ms": case "p95Ms": case "p99Ms": case "latency": return durationText(value);
    case "calls": case "errors": case "refused": case "conflicts": return countText(value);
  }
}
