/** Where a call's answer leaves the gateway, and what the call knows of the connection behind it: one for each HTTP version. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../exchange/answer.ts";
import type { RefusalShape } from "../exchange/refusal-shape.ts";

export interface CallSink extends AnswerSink {
  shape: RefusalShape;
  /** What the request breaks of its HTTP version's rules. */
  problem(): Refusal | null;
  /** The answer is out to its last byte, or the connection is gone. */
  onClosed(callback: () => void): void;
  /** The answer went out whole. */
  isFinished(): boolean;
  /** Takes the connection down. */
  destroy(): void;
}
