/** The answers of writes that reached the upstream. */
import type { Json } from "@parley/merge";
import type { AnswerSink } from "../../../exchange/answer.ts";
import { withoutFields } from "../../../exchange/raw-fields.ts";
import type { Answer } from "../../../exchange/whole-answer.ts";
import type { GuardedCall } from "./guarded-call.ts";

export function answerPlainly(answer: Answer, sink: AnswerSink): void {
  sink.head(answer.status, relayedFields(answer.status, answer.rawHeaders), answer.statusText);
  if (answer.body.length > 0) sink.data(answer.body);
  sink.end();
}

/** Who said no: a 4xx without this is the gateway's own (RFC 9209 §2.1.4). What others on the way said stays before it. */
export function relayedFields(status: number, rawHeaders: string[]): string[] {
  return status >= 400 && status < 500 ? [...rawHeaders, "Proxy-Status", `parley; received-status=${status}`] : rawHeaders;
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
