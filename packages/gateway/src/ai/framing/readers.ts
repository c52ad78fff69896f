import type { FrameReader } from "./frame-reader.ts";
import { NdjsonReader } from "./ndjson-reader.ts";
import { SseReader } from "./sse-reader.ts";

/** An image in an event is the longest thing that comes; past this a stream is broken. */
const maxFrameBytes = 32 * 1024 * 1024;

export function frameReader(framing: "sse" | "ndjson"): FrameReader {
  return framing === "sse" ? new SseReader(maxFrameBytes) : new NdjsonReader(maxFrameBytes);
}

export function sseReader(): FrameReader {
  return new SseReader(maxFrameBytes);
}
