/** Hot path (benchmarks: http). The body of the request that a connection reads at this moment. Nothing of it is parsed before somebody wants it. */
import type { BodyReader, BodySource } from "../body-source.ts";

export interface BodyCarrier {
  /** Writes `100 Continue`, if the answer has not begun. */
  askForBody(): void;
  /** More of the body is wanted now. */
  goOn(): void;
}

const dropped: BodyReader = { take: () => {}, ended: () => {} };

export class InboundBody implements BodySource {
  isPaused = false;
  #carrier: BodyCarrier | null;
  #reader: BodyReader | null = null;
  #asks: boolean;

  constructor(carrier: BodyCarrier, asks: boolean) {
    this.#carrier = carrier;
    this.#asks = asks;
  }

  /** The next bytes have somewhere to go. */
  get isWanted(): boolean {
    return this.#reader !== null && !this.isPaused;
  }

  get hasReader(): boolean {
    return this.#reader !== null;
  }

  /** The client still waits to be asked for it. */
  get isHeldBack(): boolean {
    return this.#asks;
  }

  read(reader: BodyReader): void {
    this.#reader = reader;
    if (this.#asks) this.#carrier?.askForBody();
    this.#asks = false;
    this.#carrier?.goOn();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.#carrier?.goOn();
  }

  take(chunk: Buffer): void {
    this.#reader?.take(chunk);
  }

  ended(): void {
    // The connection carries other requests from here on.
    this.#carrier = null;
    this.#reader?.ended();
  }

  /** What still comes is for nobody. */
  drop(): void {
    this.#reader = dropped;
    this.isPaused = false;
    this.#carrier?.goOn();
  }
}
