// Hot path: every chunk of a stream to callers whose dialect has a framing of its own.
/**
 * A stream of events in another framing, for callers of dialects that have one: whatever relays the answer writes events, and
 * they are framed anew on their way out. An answer that is no stream passes as it is.
 */
import type { AnswerSink } from "../../exchange/answer.ts";
import type { CallerFraming } from "../conversation/dialect.ts";
import { sseReader } from "./readers.ts";

/** A stream that is framed anew is as long as it turns out to be. */
export function withoutLength(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_each, index) => (rawHeaders[index - (index % 2)] ?? "").toLowerCase() !== "content-length");
}

export function framedSink(sink: AnswerSink, framing: CallerFraming): AnswerSink {
  const reader = sseReader();
  let isStream = false;
  const write = (frames: ReturnType<typeof reader.push>): boolean => frames.length === 0 || sink.data(Buffer.concat(frames.map((frame) => framing.write(frame))));
  return {
    head(status, rawHeaders, statusText) {
      const type = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === "content-type");
      isStream = status === 200 && (rawHeaders[type + 1] ?? "").startsWith("text/event-stream");
      sink.head(status, isStream ? withoutLength(rawHeaders.with(type + 1, framing.contentType)) : rawHeaders, statusText);
    },
    data: (chunk) => (isStream ? write(reader.push(chunk)) : sink.data(chunk)),
    end(rawTrailers) {
      if (isStream) write(reader.finish());
      sink.end(rawTrailers);
    },
    fault: (refusal) => sink.fault(refusal),
    onDrain: (callback) => sink.onDrain(callback),
  };
}
