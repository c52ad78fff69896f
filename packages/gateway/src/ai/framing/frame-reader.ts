/**
 * Framing of streams: bytes to frames and back, for any cut of the bytes. Knows nothing of what is in a frame.
 * May import the conversation model's types.
 */
import type { Frame } from "../conversation/dialect.ts";

export interface FrameReader {
  /** The frames that are complete now. Throws `LineTooLongError` where one is longer than the bound. */
  push(chunk: Buffer): readonly Frame[];
  /** The bytes are over: what was still incomplete. */
  finish(): readonly Frame[];
}
