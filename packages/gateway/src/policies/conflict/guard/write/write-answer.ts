/** The answers of writes that reached the upstream. */
import type { Json } from "@parley/merge";
import type { AnswerSink } from "../../../../exchange/answer.ts";
import { fieldValue, withoutFields } from "../../../../exchange/raw-fields.ts";
import type { Answer } from "../../../../exchange/whole-answer.ts";
import type { GuardedCall } from "../guarded-call.ts";
import type { GuardPlan } from "../guard-plan.ts";
import { nativeTag } from "../representation/representation.ts";

export function answerPlainly(answer: Answer, sink: AnswerSink): void {
  sink.head(answer.status, relayedFields(answer.status, answer.rawHeaders), answer.statusText);
  if (answer.body.length > 0) sink.data(answer.body);
  sink.end();
}

/** Who said no: a 4xx without this is the gateway's own (RFC 9209 §2.1.4). What others on the way said stays before it. */
export function relayedFields(status: number, rawHeaders: string[]): string[] {
  return status >= 400 && status < 500 ? [...rawHeaders, "Proxy-Status", `parley; received-status=${status}`] : rawHeaders;
}

const etagField: ReadonlySet<string> = new Set(["etag"]);

/**
 * A tag that the gateway would not take back in If-Match is none to give out: a weak one, or any where the gateway makes its own. The next read has
 * the one that counts. An adapter's upstream has its version in its tag, if it sends one.
 */
export function withoutForeignTag(plan: GuardPlan, answer: Answer): Answer {
  const isOurs = plan.validator === "native" || plan.validator === "adapter";
  if (isOurs || answer.status >= 300 || fieldValue(answer.rawHeaders, "etag") === undefined || nativeTag(plan, answer.rawHeaders) !== null) return answer;
  return { ...answer, rawHeaders: withoutFields(answer.rawHeaders, etagField) };
}

const ofTheBody: ReadonlySet<string> = new Set(["etag", "last-modified", "content-length", "content-type", "content-encoding", "content-location"]);

/**
 * What was stored is not what the client sent, so it gets no tag to go with what it has (RFC 9110 §9.3.4), but the
 * merged document, under the address that it belongs to.
 */
export function answerMerged(call: GuardedCall, answer: Answer, merged: Json): Answer {
  const body = Buffer.from(JSON.stringify(merged));
  const rawHeaders = [
    ...withoutFields(answer.rawHeaders, ofTheBody), "Content-Type", "application/json",
    "Content-Length", String(body.length), "Content-Location", call.exchange.target.split("?", 1)[0] as string,
  ];
  if (call.exchange.headers["prefer"] !== undefined) rawHeaders.push("Preference-Applied", "conflict=merge");
  return { status: 200, rawHeaders, statusText: "", body };
}
