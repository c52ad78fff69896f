/** An error as a provider reported it, read from its dialect so that any other dialect can say it. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { Usage } from "./answer.ts";
import type { JsonValue } from "./json.ts";

export interface ProviderError {
  readonly kind: ProviderErrorKind;
  /** As the provider answered; inside a stream, what it would have answered with. */
  readonly status: number;
  /** The provider's own words. */
  readonly message: string;
  /** The dialect's own names of the error, where it has them. */
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly param?: string | undefined;
  /** When the provider says in its body how long to wait; the Retry-After header is read by the caller of the codec. */
  readonly retryAfterMs?: number | undefined;
  /** The body as it came. */
  readonly raw: JsonValue;
  /** Set where the provider answered well and a guardrail of the gateway refuses to pass it on. */
  readonly refusal?: Refusal | undefined;
  /** What was used all the same. */
  readonly usage?: Usage | undefined;
}

/** An answer that is not passed on. */
export function refusedAnswer(refusal: Refusal, usage: Usage | undefined): ProviderError {
  return { kind: "content-filter", status: 400, message: refusal.detail, raw: null, refusal, usage };
}

export type ProviderErrorKind =
  | "invalid-request"
  | "context-length"
  | "content-filter"
  | "authentication"
  | "permission"
  | "not-found"
  | "too-large"
  | "rate-limited"
  | "quota"
  | "overloaded"
  | "timeout"
  | "server"
  /** The answer is not what the dialect promises. */
  | "broken";

/** What a status alone says. Dialects look at their own codes first. */
export function errorKindOfStatus(status: number): ProviderErrorKind {
  if (status === 401) return "authentication";
  if (status === 402) return "quota";
  if (status === 403) return "permission";
  if (status === 404) return "not-found";
  if (status === 408 || status === 504) return "timeout";
  if (status === 413) return "too-large";
  if (status === 429) return "rate-limited";
  if (status === 503 || status === 529) return "overloaded";
  return status >= 400 && status < 500 ? "invalid-request" : "server";
}

/** What stands for the answer where a provider sent something else than its API promises. */
export function brokenAnswer(message: string, raw: JsonValue = null): ProviderError {
  return { kind: "broken", status: 502, message, raw };
}
