/** What takes a provider's answer of status 2xx to the caller: as a stream or as a whole. */
import type { CallFailure } from "./call-failure.ts";

export interface AnswerRelay {
  /** False asks the provider to pause. */
  data(chunk: Buffer): boolean;
  /** The provider's bytes are over. */
  end(): void;
  /** They broke off. */
  broken(failure: CallFailure): void;
}

/**
 * How an attempt ends: `null` where the caller got its answer, be it one with an error at its end. It is called before the
 * sink's `end`, for with that the call is over and its record written.
 */
export type Settle = (failure: CallFailure | null) => void;
