/** A sink whose answers get other header fields; all else goes through. */
import type { AnswerSink } from "../../exchange/answer.ts";

export function withHead(sink: AnswerSink, change: (rawHeaders: string[], status: number) => string[]): AnswerSink {
  return {
    head: (status, rawHeaders, statusText) => sink.head(status, status < 200 ? rawHeaders : change(rawHeaders, status), statusText),
    data: (chunk) => sink.data(chunk),
    end: (trailers) => sink.end(trailers),
    fault: (refusal) => sink.fault(refusal),
    onDrain: (callback) => sink.onDrain(callback),
  };
}
