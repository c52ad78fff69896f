/** Hot path (benchmarks: http). What a connection waits for, and until when. Only numbers move here; one coarse timer for all connections compares them. */
import type { Socket } from "node:net";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Deadlines } from "../../exchange/deadlines.ts";
import type { ListenerLimits } from "../call-destination.ts";
import type { HttpRequestBody } from "../request-body.ts";
import { slowBody } from "../slow-body.ts";
import { unsentBytes } from "./accepted-socket.ts";

/** How long a client that still sends is heard, for nothing. */
const lingerMs = 2000;

export class TimeLimits {
  readonly #deadlines: Deadlines;
  readonly #limits: ListenerLimits;
  /** When the header section that is coming must be there; a new connection has as long for its first. */
  #headByMs: number;
  /** When the body that is coming is looked at. */
  #bodyByMs = Infinity;
  #idleByMs = Infinity;
  #unsentBefore = 0;

  constructor(deadlines: Deadlines, limits: ListenerLimits) {
    this.#deadlines = deadlines;
    this.#limits = limits;
    this.#headByMs = deadlines.nowMs + limits.headersTimeoutMs;
  }

  get isHeadLate(): boolean {
    return this.#headByMs <= this.#deadlines.nowMs;
  }

  /** Bytes of a header section are there, and not all of them. */
  headBegan(): void {
    if (this.#headByMs === Infinity) this.#headByMs = this.#deadlines.nowMs + this.#limits.headersTimeoutMs;
  }

  headEnded(): void {
    this.#headByMs = Infinity;
  }

  bodyBegan(): void {
    this.#bodyByMs = this.#deadlines.nowMs + this.#limits.idleTimeoutMs;
  }

  bodyEnded(): void {
    this.#bodyByMs = Infinity;
  }

  /** Null where it is not due, or the body comes fast enough. */
  bodyIsSlow(body: HttpRequestBody): Refusal | null {
    if (this.#bodyByMs > this.#deadlines.nowMs) return null;
    this.bodyBegan();
    return slowBody(body, this.#limits);
  }

  /** The deadline of a connection on which something happens now. */
  fromNow(): number {
    this.#idleByMs = this.#deadlines.nowMs + this.#limits.idleTimeoutMs;
    return this.next;
  }

  /** The first of them all. */
  get next(): number {
    return Math.min(this.#headByMs, this.#bodyByMs, this.#idleByMs);
  }

  /** Until when something has to happen. */
  get idleByMs(): number {
    return this.#idleByMs;
  }

  get isIdle(): boolean {
    return this.#idleByMs <= this.#deadlines.nowMs;
  }

  lingering(): number {
    return this.#deadlines.nowMs + lingerMs;
  }

  /** Bytes wait, and the client took none since this was last asked. One that reads slowly reads all the same. */
  isStuck(socket: Socket): boolean {
    const unsent = unsentBytes(socket);
    const stands = unsent === this.#unsentBefore;
    this.#unsentBefore = unsent;
    return socket.writableLength > 0 && stands;
  }
}
