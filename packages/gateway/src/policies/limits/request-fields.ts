/** Hot path of AI routes with limits on requests: what the SDKs look for beside the draft's fields, in the words of the dialect that is called. */
import type { RateVerdict } from "@parley/stores/ports/counters";
import type { CallLimits } from "./compiled-limits.ts";

/** Name, value, …: of the limit that is nearest to its end. */
export function aiRequestFields(path: string, limits: CallLimits, verdicts: readonly RateVerdict[], nowMs: number): string[] {
  let worst = 0;
  for (let index = 1; index < verdicts.length; index++) if (share(limits, verdicts, index) < share(limits, verdicts, worst)) worst = index;
  const { remaining, resetMs } = verdicts[worst] as RateVerdict;
  const [limit, left] = [String(limits.checks[worst]?.limit), String(remaining)];
  if (/\/v1\/messages(?:$|\/)/.test(path)) {
    return ["anthropic-ratelimit-requests-limit", limit, "anthropic-ratelimit-requests-remaining", left, "anthropic-ratelimit-requests-reset", new Date(nowMs + resetMs).toISOString()];
  }
  return ["x-ratelimit-limit-requests", limit, "x-ratelimit-remaining-requests", left, "x-ratelimit-reset-requests", goDuration(resetMs)];
}

/** A provider's own, which would say something else under the same names. */
export function isRequestField(lowerName: string): boolean {
  return /^(?:x-ratelimit-(?:limit|remaining|reset)-requests|anthropic-ratelimit-requests-.*)$/.test(lowerName);
}

function share({ checks }: CallLimits, verdicts: readonly RateVerdict[], index: number): number {
  return (verdicts[index] as RateVerdict).remaining / (checks[index]?.limit ?? 1);
}

/** As OpenAI writes it: 120ms, 1s, 6m0s, 1h0m0s. */
function goDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.ceil(milliseconds)}ms`;
  const seconds = Math.ceil(milliseconds / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds % 60}s`;
}
