/**
 * A stream as a JSON list, each event an element of it, for callers who did not ask for events. Wraps the caller's sink; an
 * answer that is no event stream passes as it is.
 */
import type { AnswerSink } from "../../exchange/answer.ts";
import { withoutLength } from "./framed-sink.ts";
import { sseReader } from "./readers.ts";

export function jsonListSink(sink: AnswerSink): AnswerSink {
  const reader = sseReader();
  let isList = false;
  let isFirst = true;
  const elements = (frames: ReturnType<typeof reader.push>): string =>
    frames.map(({ data }) => {
      const element = (isFirst ? "[" : ",\r\n") + data;
      isFirst = false;
      return element;
    }).join("");
  return {
    head(status, rawHeaders, statusText) {
      const type = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === "content-type");
      isList = status === 200 && (rawHeaders[type + 1] ?? "").startsWith("text/event-stream");
      sink.head(status, isList ? withoutLength(rawHeaders.with(type + 1, "application/json; charset=utf-8")) : rawHeaders, statusText);
    },
    data(chunk) {
      if (!isList) return sink.data(chunk);
      const text = elements(reader.push(chunk));
      return text === "" || sink.data(Buffer.from(text));
    },
    end(rawTrailers) {
      if (isList) sink.data(Buffer.from(`${elements(reader.finish())}${isFirst ? "[]" : "]"}`));
      sink.end(rawTrailers);
    },
    fault: (refusal) => sink.fault(refusal),
    onDrain: (callback) => sink.onDrain(callback),
  };
}
