/** What can be watched as people call it: in the console, and in what an alert says to whoever is on call. */
import type { AlertMetric } from "./alerts.ts";

export const metricNames: Readonly<Record<AlertMetric, string>> = {
  calls: "Calls", calls_per_second: "Calls a second", errors: "Errors (5xx)", error_rate: "Error rate", refused: "Refused (4xx)", refused_rate: "Refusal rate", conflicts: "Conflicts", conflict_rate: "Conflict rate",
  latency_mean: "Latency, mean", latency_p50: "Latency, p50", latency_p90: "Latency, p90", latency_p95: "Latency, p95", latency_p99: "Latency, p99",
  input_tokens: "Input tokens", output_tokens: "Output tokens", tokens: "Tokens", cost: "Cost", request_bytes: "Requests' bytes", response_bytes: "Answers' bytes",
  burn_rate: "Burn rate of the objective", new_conflict_cause: "New cause of conflicts", overlapping_edits: "Overlapping edits now", targets_out: "Targets out of rotation", certificate_days: "Days to a certificate's end", budget_used: "Budget used", disk_free: "Free space on the disk",
};
