/** A refusal as problem details (RFC 9457), the shape of everything but AI calls. */
import { problemPath, type Problem, type Refusal } from "@parley/contract/problems/problem";
import { problemEntry, type ProblemCode } from "@parley/contract/problems/table";
import type { RefusalAnswer, RefusalShape, RefusedCall } from "./refusal-shape.ts";

export const problemShape: RefusalShape = { answer: problemAnswer };

function problemAnswer(call: RefusedCall, refusal: Refusal): RefusalAnswer {
  const entry = problemEntry(refusal.code);
  const status = statusOf(refusal);
  const problem: Problem = {
    type: call.baseUrl + problemPath + refusal.code,
    title: entry.title,
    status,
    detail: refusal.detail,
    code: refusal.code,
    fix: refusal.fix ?? entry.fix,
    callId: call.id,
    ...refusal.extensions,
    ...instanceOf(call, refusal),
  };
  const body = Buffer.from(JSON.stringify(problem));
  const rawHeaders = ["Content-Type", "application/problem+json", "Content-Length", String(body.length)];
  return { status, rawHeaders: rawHeaders.concat(refusalFields(refusal, status)), body };
}

/** A refusal names its own page by path, since it does not know under which name the client reached us. */
function instanceOf(call: RefusedCall, refusal: Refusal): { instance?: string } {
  const instance = refusal.extensions?.["instance"];
  return typeof instance === "string" && instance.startsWith("/") ? { instance: call.baseUrl + instance } : {};
}

export function statusOf(refusal: Refusal): number {
  return refusal.status ?? problemEntry(refusal.code).status;
}

/** What every shape adds: the refusal's own fields, and that it was us and not the service who answered (RFC 9209). */
export function refusalFields(refusal: Refusal, status: number): string[] {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(refusal.headers ?? {})) fields.push(name, value);
  // A refusal is about this call and this moment: no cache may give it to others.
  if (refusal.headers?.["Cache-Control"] === undefined) fields.push("Cache-Control", "no-store");
  if (refusal.headers?.["Proxy-Status"] === undefined) fields.push("Proxy-Status", `parley; error=${proxyError(refusal, status)}`);
  return fields;
}

/** The registered error types of RFC 9209 §2.3. */
const proxyErrors: Partial<Record<ProblemCode, string>> = {
  "upstream-unreachable": "destination_unavailable",
  "provider-unreachable": "destination_unavailable",
  "upstream-refused": "destination_unavailable",
  "upstream-resting": "destination_unavailable",
  "document-missing": "proxy_configuration_error",
  "upstream-saturated": "connection_limit_reached",
  "version-brownout": "http_request_denied",
  "upstream-timeout": "http_response_timeout",
  "provider-timeout": "http_response_timeout",
  "upstream-broken": "http_response_incomplete",
  "provider-broken": "http_response_incomplete",
};

function proxyError(refusal: Refusal, status: number): string {
  const known = proxyErrors[refusal.code];
  if (known === undefined) return status >= 500 ? "proxy_internal_error" : "http_request_error";
  return known === "destination_unavailable" && status === 504 ? "connection_timeout" : known;
}
