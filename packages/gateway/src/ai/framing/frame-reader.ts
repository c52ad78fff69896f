/**
 * Framing of streams: bytes to frames and back, for any cut of the bytes. Knows nothing of what is in a frame.
 * May import the conversation model's types.
 */
import type { Frame } from "../conversation/dialect.ts";

/** The bytes are not what the framing promises, or more of them than may be held: the stream is broken. */
export class BrokenFramingError extends Error {
  override readonly name: string = "BrokenFramingError";
}

export interface FrameReader {
  /** The frames that are complete now. Throws `BrokenFramingError` where one is longer than the bound, or garbage. */
  push(chunk: Buffer): readonly Frame[];
  /** The bytes are over: what was still incomplete. */
  finish(): readonly Frame[];
}
