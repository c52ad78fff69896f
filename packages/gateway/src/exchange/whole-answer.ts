/**
 * An upstream's answer taken as a whole, before anybody else sees a byte of it. One that is longer than the cap goes on
 * to `overflow` as it comes, or is given up where nobody wants it.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import { type AnswerSink, RefusalError } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { Handler } from "../pipeline/policy.ts";
import { derivedExchange } from "./derived-exchange.ts";

export interface Answer {
  status: number;
  rawHeaders: string[];
  statusText: string;
  body: Buffer;
}

export type Taken =
  | { kind: "whole"; answer: Answer }
  /** `passedOn`: the client has it already. */
  | { kind: "too-long"; status: number; rawHeaders: string[]; passedOn: boolean }
  /** `status` is null where no head came. */
  | { kind: "fault"; refusal: Refusal; status: number | null };

export interface TakeOptions {
  maxBytes: number;
  /** Where an answer goes that is too long to be held. */
  overflow?: AnswerSink;
  /** Shown the head before the overflow gets it. */
  overflowFields?: (status: number, rawHeaders: string[]) => string[];
  /** Resolves where the answer is not to be waited for any longer: the connection to the upstream is cut, and this is the fault. */
  brokenOff?: Promise<Refusal>;
}

/** The exchange's client going away does not end it, unless the caller says so with `onClientGone`. */
export function takeAnswer(next: Handler, exchange: Exchange, options: TakeOptions): Promise<Taken> {
  return new Promise((resolve) => {
    let abort: (() => void) | null = null;
    const taking = new Taking(options, resolve, () => abort?.());
    const running = derivedExchange(exchange, { onClientGone: (callback) => (abort = callback) });
    const failed = (error: unknown): void => taking.fault(error instanceof RefusalError ? error.refusal : { code: "internal-error", detail: "The gateway failed." });
    void options.brokenOff?.then((refusal) => taking.breakOff(refusal));
    try {
      const result = next(running, taking);
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  });
}

class Taking implements AnswerSink {
  readonly #options: TakeOptions;
  readonly #resolve: (taken: Taken) => void;
  readonly #abort: () => void;
  #head: { status: number; rawHeaders: string[]; statusText: string } | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #state: "held" | "passing" | "over" = "held";
  #onDrain: (() => void) | null = null;

  constructor(options: TakeOptions, resolve: (taken: Taken) => void, abort: () => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#abort = abort;
  }

  head(status: number, rawHeaders: string[], statusText = ""): void {
    if (status >= 200) this.#head = { status, rawHeaders, statusText };
  }

  data(chunk: Buffer): boolean {
    if (this.#state === "over") return true;
    if (this.#state === "passing") return this.#options.overflow?.data(chunk) ?? true;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    return this.#bytes <= this.#options.maxBytes || this.#tooLong();
  }

  end(rawTrailers?: string[]): void {
    if (this.#state === "over" || this.#head === null) return;
    if (this.#state === "held") return this.#finish({ kind: "whole", answer: { ...this.#head, body: joined(this.#chunks) } });
    this.#options.overflow?.end(rawTrailers);
    this.#finish({ kind: "too-long", status: this.#head.status, rawHeaders: this.#head.rawHeaders, passedOn: true });
  }

  fault(refusal: Refusal): void {
    if (this.#state === "over") return;
    if (this.#state === "passing") this.#options.overflow?.fault(refusal);
    this.#finish({ kind: "fault", refusal, status: this.#head?.status ?? null });
  }

  breakOff(refusal: Refusal): void {
    if (this.#state === "over") return;
    this.fault(refusal);
    this.#abort();
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  #tooLong(): boolean {
    const { overflow, overflowFields } = this.#options;
    const { status, rawHeaders, statusText } = this.#head ?? { status: 502, rawHeaders: [], statusText: "" };
    if (!overflow) {
      this.#finish({ kind: "too-long", status, rawHeaders, passedOn: false });
      this.#abort();
      return true;
    }
    this.#state = "passing";
    if (this.#onDrain) overflow.onDrain(this.#onDrain);
    overflow.head(status, overflowFields?.(status, rawHeaders) ?? rawHeaders, statusText);
    let room = true;
    for (const chunk of this.#chunks) room = overflow.data(chunk);
    this.#chunks = [];
    return room;
  }

  #finish(taken: Taken): void {
    this.#state = "over";
    this.#resolve(taken);
  }
}

function joined(chunks: Buffer[]): Buffer {
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}
