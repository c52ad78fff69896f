/** An answer of the sample that is held to the document: passed on as it comes, and judged at its end, before the record is written. */
import type { CompiledOperation } from "@parley/openapi";
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { fieldValue } from "../../exchange/raw-fields.ts";
import { note } from "./findings.ts";

const maxBytes = 256 * 1024;

export class JudgedAnswer implements AnswerSink {
  readonly #sink: AnswerSink;
  readonly #exchange: Exchange;
  readonly #operation: CompiledOperation;
  #status = 0;
  #type: string | undefined;
  /** Null where it is not read: too long, or in a coding. */
  #chunks: Buffer[] | null = [];
  #bytes = 0;

  constructor(sink: AnswerSink, exchange: Exchange, operation: CompiledOperation) {
    this.#sink = sink;
    this.#exchange = exchange;
    this.#operation = operation;
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    if (status >= 200) {
      this.#status = status;
      this.#type = fieldValue(rawHeaders, "content-type");
      if (fieldValue(rawHeaders, "content-encoding") !== undefined) this.#chunks = null;
    }
    this.#sink.head(status, rawHeaders, statusText);
  }

  data(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > maxBytes) this.#chunks = null;
    this.#chunks?.push(chunk);
    return this.#sink.data(chunk);
  }

  end(rawTrailers?: string[]): void {
    if (this.#chunks !== null && this.#status !== 304) {
      const body = this.#exchange.method === "HEAD" ? Buffer.alloc(0) : Buffer.concat(this.#chunks);
      const violations = this.#operation.response(this.#status, this.#type, body);
      if (violations.length > 0) note(this.#exchange, violations, `answer ${this.#status}: `);
    }
    this.#sink.end(rawTrailers);
  }

  fault(refusal: Refusal): void {
    this.#sink.fault(refusal);
  }

  onDrain(callback: () => void): void {
    this.#sink.onDrain(callback);
  }
}
