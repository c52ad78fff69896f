/**
 * Hot path (benchmark: observe). How much of what passes is read at all: walking through a document costs about 20 µs a KiB, and observing has a
 * bounded share of the processor, whatever comes. What comes beyond is seen as read or written, and not compared.
 */
import type { ConflictPorts } from "../conflict-ports.ts";
import { decoded } from "../requests/content-coding.ts";
import { joined } from "./pieces.ts";

/** Bytes without content coding. */
const readPerSecond = 2 * 1024 * 1024;
/** A small body can hold a huge one: what is in it counts up to here. */
const maxDecodedBytes = 1024 * 1024;
/** Setting up a decoder costs as much as reading this many. */
const decoderBytes = 4 * 1024;

type Clock = Pick<ConflictPorts, "monotonicMs">;

export class ReadingRoom {
  readonly #clock: Clock;
  #bytes = readPerSecond;
  #atMs: number;

  /** Not the times of calls, which end in another order than they began in. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#atMs = clock.monotonicMs();
  }

  /** Whether a body of so many bytes may be read. */
  take(bytes: number): boolean {
    if (this.#refilled() < bytes) return false;
    this.#bytes -= bytes;
    return true;
  }

  /** The body without its content coding; null where there is no room, or it cannot be taken off. What is damaged or too long costs as much as the longest. */
  decoded(body: readonly Buffer[], coding: string): Buffer | null {
    if (this.#refilled() < maxDecodedBytes + decoderBytes) return null;
    const plain = decoded(joined(body), coding, maxDecodedBytes);
    this.#bytes -= decoderBytes + (plain?.length ?? maxDecodedBytes);
    return plain;
  }

  #refilled(): number {
    const nowMs = this.#clock.monotonicMs();
    this.#bytes = Math.min(readPerSecond, this.#bytes + ((nowMs - this.#atMs) / 1000) * readPerSecond);
    this.#atMs = nowMs;
    return this.#bytes;
  }
}
