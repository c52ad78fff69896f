/** The one place that turns refusals, and bugs, into answers: problem details (RFC 9457) with a code and a way out. */
import type { Problem, Refusal } from "@parley/contract/problems/problem";
import { problemPath } from "@parley/contract/problems/problem";
import { problemEntry } from "@parley/contract/problems/table";
import { ConfigStoreUnavailableError } from "@parley/stores/ports/config-store";
import { RefusalError } from "../refusal.ts";

export function problemResponse(refusal: Refusal, origin: string): Response {
  const problem = problemOf(refusal, origin);
  return new Response(JSON.stringify(problem), { status: problem.status, headers: { ...refusal.headers, "Content-Type": "application/problem+json", "Cache-Control": "no-store" } });
}

export function problemOf(refusal: Refusal, origin: string): Problem {
  const { title, status, fix } = problemEntry(refusal.code);
  return {
    type: `${origin}${problemPath}${refusal.code}`,
    title,
    status: refusal.status ?? status,
    detail: refusal.detail,
    code: refusal.code,
    fix: refusal.fix ?? fix,
    ...refusal.extensions,
  };
}

/** What was thrown, as a refusal; a bug tells nothing of itself but where to look. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusalError) return error.refusal;
  if (error instanceof ConfigStoreUnavailableError) return error.isDiskFull ? { code: "disk-full", detail: "there is no room on the disk for the change; nothing of it was made" } : { code: "config-store-unavailable", detail: `the configuration store does not answer: ${error.message}` };
  return { code: "internal-error", detail: "the control plane failed to answer; its log says why", fix: "Report it with what the control plane logged at this moment: the lines say `an operation failed`." };
}
