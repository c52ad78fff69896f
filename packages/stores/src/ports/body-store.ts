/** Bodies of calls, sealed. What is lost of them costs nobody a call. */
import type { SealedBodies } from "@parley/contract/call-bodies";

export interface BodyStore {
  /** What is wrong with it, for people; null while it takes in what it is given. */
  readonly trouble: string | null;
  /** All or none; what is there already stays as it is. Rejects while there is trouble. */
  add(bodies: readonly SealedBodies[]): Promise<void>;
  /** What was sealed of this call; null where nothing is kept. */
  get(callId: string): Promise<string | null>;
  /** How many calls' bodies went. */
  deleteBefore(at: number, of?: { service: string } | { otherThan: readonly string[] }): Promise<number>;
  /** Throws away the oldest until what is kept is no more than so many bytes; how many calls' bodies went. */
  limitTo(bytes: number): Promise<number>;
  size(): Promise<{ calls: number; bytes: number }>;
  close(): Promise<void>;
}
