/** Sends requests: addresses, headers, and the repetition of what is certain not to have been carried out. */
import { DeadlineError, errorOf, type HttpError, LockedError, RateLimitedError } from "./errors.ts";
import type { Settings } from "./options.ts";
import { type ConflictProblem, problemOf } from "./problem.ts";
import type { TagMemory } from "./tag-memory.ts";
import { type Deadline, retryAfterMs } from "./waiting.ts";

export interface Request {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | undefined;
  /** As `fetch` has it; what a change is made from comes from the server and from no cache on the way. */
  cache?: "no-store";
}

/** A failed answer, its problem read. */
export interface Failure {
  status: number;
  problem: ConflictProblem;
  retryAfterMs: number | null;
  error: HttpError;
}

export interface Transport {
  settings: Settings;
  memory: TagMemory;
  /** Sent with every request, such as a lock's token. */
  extraHeaders: Record<string, string>;
}

export function absolute(url: string | URL, settings: Settings): string {
  const resolved = settings.baseUrl === null ? new URL(url) : new URL(url, settings.baseUrl);
  resolved.hash = "";
  return resolved.href;
}

/** Rejects with what `fetch` rejects with when no answer comes. */
export async function send(transport: Transport, request: Request, signal: AbortSignal): Promise<Response> {
  const headers = { ...(await transport.settings.headers()), ...transport.extraHeaders, ...request.headers };
  const { method, body, cache } = request;
  return transport.settings.fetch(request.url, { method, headers, signal, ...(body !== undefined && { body }), ...(cache !== undefined && { cache }) });
}

export async function failureOf(response: Response): Promise<Failure> {
  const problem = await problemOf(response);
  return { status: response.status, problem, retryAfterMs: retryAfterMs(response, problem.retry?.afterMs), error: errorOf(response.status, problem) };
}

/** Whether the very same request may be sent again later: refused for now, and certain to have had no effect. */
export function isTemporary({ status, problem, retryAfterMs: after }: Failure): boolean {
  if (problem.outcome !== undefined && problem.outcome !== "not-applied") return false;
  if (problem.retryable !== undefined) return problem.retryable;
  if (status === 429 || status === 425) return true;
  return (status === 423 || status === 503 || status === 409) && after !== null;
}

/** Sends until the answer is none that passes by itself. */
export async function sendPatiently(transport: Transport, request: Request, deadline: Deadline): Promise<Response | Failure> {
  let last: Failure | null = null;
  try {
    for (;;) {
      const response = await send(transport, request, deadline.signal);
      if (response.ok || response.status === 304) return response;
      last = await failureOf(response);
      if (!isTemporary(last)) return last;
      await deadline.wait(waitOf(last, transport.settings), last.error);
    }
  } catch (error) {
    throw moreTelling(error, last);
  }
}

/** A lease says when it ends at the latest, and is mostly given back long before. */
function waitOf({ status, retryAfterMs: after }: Failure, { backoff }: Settings): number | null {
  return status === 423 && after !== null ? Math.min(after, backoff.maxMs) : after;
}

/** What stood in the way until the deadline says more than that time is over, where it has an error of its own. */
export function moreTelling(error: unknown, last: Failure | null): unknown {
  return error instanceof DeadlineError && (last?.error instanceof LockedError || last?.error instanceof RateLimitedError) ? last.error : error;
}

/** As above, for requests that may be carried out twice without harm: a lost answer is repeated too. */
export async function sendSafely(transport: Transport, request: Request, deadline: Deadline): Promise<Response | Failure> {
  for (;;) {
    try {
      return await sendPatiently(transport, request, deadline);
    } catch (error) {
      if (deadline.signal.aborted || !isNetworkError(error)) throw error;
      await deadline.wait(null, error);
    }
  }
}

/** What `fetch` rejects with when there is no answer, in browsers and in Node. */
export function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError;
}
