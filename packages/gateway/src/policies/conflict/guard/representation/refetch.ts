/** Looks at the resource again, in the caller's name and with its own credentials, as the read asked that gave out the tag. */
import type { Refusal } from "@parley/contract/problems/problem";
import { derivedExchange, headersWithout, noBody, throwawayRecord } from "../../../../exchange/derived-exchange.ts";
import { fieldValue, withoutFields } from "../../../../exchange/raw-fields.ts";
import { takeAnswer } from "../../../../exchange/whole-answer.ts";
import { methodOverrideFields } from "../../requests/method-override.ts";
import { type EntityTag, formatEntityTag } from "../../validators/index.ts";
import type { GivenTag } from "./given-tags.ts";
import { type GuardedCall, lookingOf } from "../guarded-call.ts";
import { absent, nativeKey, nativeTag, represent, type Representation } from "./representation.ts";

export type Refetched =
  | { kind: "seen"; current: Representation }
  /** The upstream answers, and shows nothing to this caller. */
  | { kind: "hidden"; status: number }
  | { kind: "failed"; refusal: Refusal };

/** What belongs to the write, and what the gateway evaluates itself. */
const notOfARead: ReadonlySet<string> = new Set([
  "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range", "content-type", "content-length", "content-encoding", "content-range", "content-md5",
  "digest", "content-digest", "transfer-encoding", "idempotency-key", "lock-token", "prefer", "expect", "accept-encoding", "accept", "accept-language", "accept-charset",
  ...methodOverrideFields,
]);

/** `unless`: it need not be shown where it still has this tag of the upstream's. What is seen is then all but its body. */
export async function refetch(call: GuardedCall, given: Pick<GivenTag, "query" | "accept"> | undefined, unless: EntityTag | null = null): Promise<Refetched> {
  const { plan, exchange } = call;
  const since = plan.ports.monotonicMs();
  const accept = given?.accept ?? acceptFields(exchange.rawHeaders);
  const query = given?.query ?? call.query;
  const question = exchange.rest.indexOf("?");
  const rest = (question === -1 ? exchange.rest : exchange.rest.slice(0, question)) + query;
  const headers = readHeaders(exchange.headers, accept);
  const rawHeaders = [...withoutFields(exchange.rawHeaders, notOfARead), ...accept, "Accept-Encoding", "identity"];
  if (unless !== null) rawHeaders.push("If-None-Match", formatEntityTag(unless));
  const read = derivedExchange(exchange, {
    method: "GET", rest, headers, rawHeaders,
    body: noBody, record: throwawayRecord(exchange), answerFields: [],
  });
  const taken = await takeAnswer(plan.next, read, { maxBytes: plan.maxBodyBytes });
  exchange.step("refetch", since);
  if (taken.kind === "fault") return { kind: "failed", refusal: withoutEffect(call, taken.refusal) };
  const { status } = taken.kind === "whole" ? taken.answer : taken;
  if (status === 404 || status === 410) return { kind: "seen", current: { ...absent, status } };
  if (status === 304 && unless !== null && taken.kind === "whole") return unchanged(call, taken.answer.rawHeaders);
  const { rawHeaders: fields } = taken.kind === "whole" ? taken.answer : taken;
  if (status !== 200) return saysNotNow(status) ? { kind: "failed", refusal: upstreamFailing(call, status, fields) } : { kind: "hidden", status };
  const answer = taken.kind === "whole" ? taken.answer : { status, rawHeaders: taken.rawHeaders, body: null };
  return { kind: "seen", current: represent(plan, { ...lookingOf(call), query, headers }, answer, plan.ports.now()) };
}

/** RFC 9110 §15.4.5: it says the tag, which is compared as any. One that does not, or was found equal weakly, has said nothing that a write can rely on. */
function unchanged(call: GuardedCall, rawHeaders: readonly string[]): Refetched {
  const tag = nativeTag(call.plan, rawHeaders);
  if (tag === null) return { kind: "hidden", status: 304 };
  return { kind: "seen", current: { ...absent, exists: true, status: 200, kind: "native", tag, etag: formatEntityTag(tag), key: nativeKey(tag, call) } };
}

function readHeaders(headers: GuardedCall["exchange"]["headers"], accept: readonly string[]): GuardedCall["exchange"]["headers"] {
  const kept = headersWithout(headers, notOfARead);
  for (let index = 0; index < accept.length; index += 2) kept[(accept[index] as string).toLowerCase()] = accept[index + 1] as string;
  return kept;
}

function acceptFields(rawHeaders: readonly string[]): string[] {
  const fields: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (/^accept(?!-encoding$)/i.test(name)) fields.push(name, rawHeaders[index + 1] as string);
  }
  return fields;
}

/** Of the write nothing has gone out yet, whatever is unknown about the read. */
function withoutEffect({ plan }: GuardedCall, refusal: Refusal): Refusal {
  return {
    ...refusal, detail: `The upstream of ${plan.service} gave no answer when the gateway looked whether the resource had changed. Nothing was written.`,
    fix: "Repeat the request; it has had no effect.",
  };
}

/** Of the upstream and this moment, and not of the resource: nothing that could be held against a precondition. */
function saysNotNow(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

function upstreamFailing(call: GuardedCall, status: number, rawHeaders: readonly string[]): Refusal {
  const isOverloaded = status === 429 || status === 503;
  return {
    code: isOverloaded ? "upstream-refused" : "upstream-broken", ...(isOverloaded ? { headers: { "Retry-After": fieldValue(rawHeaders, "retry-after") ?? "1" } } : {}), detail: `The upstream of ${call.plan.service} answered ${status} when the gateway looked whether the resource had changed. Nothing was written.`,
    fix: "Repeat the request; it has had no effect.",
  };
}
