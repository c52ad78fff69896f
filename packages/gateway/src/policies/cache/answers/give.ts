/** Hot path of services with a cache. A kept answer as this caller asked for it: whole, a part of it, its fields alone, or word that it has not changed. */
import type { AnswerSink } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import { withoutFields } from "../../../exchange/raw-fields.ts";
import { ageMs } from "../rules/freshness.ts";
import type { KeptAnswer } from "../store/kept-answer.ts";
import { notModified } from "./conditions.ts";
import { type ByteRange, rangeOf } from "./ranges.ts";

export function give(answer: KeptAnswer, { exchange, sink, nowMs }: { exchange: Exchange; sink: AnswerSink; nowMs: number }): void {
  const fields = [...answer.rawHeaders, "Age", String(Math.floor(ageMs(answer.freshness, nowMs) / 1_000))];
  if (answer.status === 200 && notModified(exchange.headers, answer, nowMs)) return giveNotModified(fields, sink);
  const range = answer.status === 200 && exchange.method === "GET" ? rangeOf(exchange.headers, answer) : null;
  if (range !== null) return givePart(answer, { range, fields, sink });
  // RFC 9110 §8.6: not with 204.
  if (answer.status !== 204) fields.push("Content-Length", String(answer.body.length));
  sink.head(answer.status, fields, answer.statusText);
  if (exchange.method !== "HEAD" && answer.body.length > 0) sink.data(answer.body);
  sink.end();
}

/** RFC 9110 §15.4.5: nothing that describes a body which is not sent. */
const notSentWith304: ReadonlySet<string> = new Set(["content-length", "content-type", "content-encoding", "content-language", "content-range", "last-modified"]);

export function giveNotModified(fields: readonly string[], sink: AnswerSink): void {
  sink.head(304, withoutFields(fields, notSentWith304), "Not Modified");
  sink.end();
}

function givePart({ body }: KeptAnswer, { range, fields, sink }: { range: ByteRange | "unsatisfiable"; fields: string[]; sink: AnswerSink }): void {
  if (range === "unsatisfiable") {
    sink.head(416, ["Content-Range", `bytes */${body.length}`, "Content-Length", "0"], "Range Not Satisfiable");
    return sink.end();
  }
  const part = body.subarray(range.from, range.to + 1);
  fields.push("Content-Range", `bytes ${range.from}-${range.to}/${body.length}`, "Content-Length", String(part.length));
  sink.head(206, fields, "Partial Content");
  sink.data(part);
  sink.end();
}
