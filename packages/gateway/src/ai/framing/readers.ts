import type { Framing } from "../conversation/dialect.ts";
import { AwsEventStreamReader } from "./aws-event-stream-reader.ts";
import type { FrameReader } from "./frame-reader.ts";
import { NdjsonReader } from "./ndjson-reader.ts";
import { SseReader } from "./sse-reader.ts";

/** An image in an event is the longest thing that comes; past this a stream is broken. */
const maxFrameBytes = 32 * 1024 * 1024;

export function frameReader(framing: Framing): FrameReader {
  switch (framing) {
    case "sse":
      return new SseReader(maxFrameBytes);
    case "ndjson":
      return new NdjsonReader(maxFrameBytes);
    case "aws-event-stream":
      return new AwsEventStreamReader(maxFrameBytes);
  }
}

export function sseReader(): FrameReader {
  return new SseReader(maxFrameBytes);
}
