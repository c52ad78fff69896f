/** Hot path (benchmarks: http, streaming). From a call's answer to a connection of HTTP/1.1; what of it is for the record is noted here. */
import type { Refusal } from "@parley/contract/problems/problem";
import { baseUrl } from "../../exchange/host.ts";
import type { RefusalShape } from "../../exchange/refusal-shape.ts";
import type { CallSink } from "../call-sink.ts";
import type { HttpExchange } from "../http-exchange.ts";
import { AnswerWriter } from "./answer-writer.ts";
import type { InboundConnection } from "./inbound-connection.ts";
import { requestProblem } from "./request-problem.ts";
import type { InboundHead } from "./request-head.ts";

export interface AnswerSinkInput {
  exchange: HttpExchange;
  request: InboundHead;
  connection: InboundConnection;
  monotonicMs: () => number;
  shape: RefusalShape;
}

export class AnswerSink implements CallSink {
  shape: RefusalShape;
  readonly #exchange: HttpExchange;
  readonly #request: InboundHead;
  readonly #connection: InboundConnection;
  readonly #writer: AnswerWriter;
  readonly #monotonicMs: () => number;

  constructor({ exchange, request, connection, monotonicMs, shape }: AnswerSinkInput) {
    this.#exchange = exchange;
    this.#request = request;
    this.#connection = connection;
    this.#monotonicMs = monotonicMs;
    this.#writer = new AnswerWriter(connection, request);
    this.shape = shape;
  }

  problem(): Refusal | null {
    return requestProblem(this.#request);
  }

  onClosed(callback: () => void): void {
    this.#writer.onClosed(callback);
  }

  isFinished(): boolean {
    return this.#writer.isFinished;
  }

  destroy(): void {
    this.#connection.socket.destroy();
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    if (!this.#writer.isOpen) return;
    if (status < 200) return this.#writer.interim(status, rawHeaders);
    const { answerFields, id, record, capture } = this.#exchange;
    capture?.responseHead(rawHeaders);
    for (let index = 0; index < answerFields.length; index++) rawHeaders.push(answerFields[index] as string);
    rawHeaders.push("Parley-Call-Id", id);
    this.#writer.head(status, rawHeaders, statusText);
    record.status = status;
  }

  data(chunk: Buffer): boolean {
    if (this.#writer.isOver || chunk.length === 0) return true;
    const { record, capture, startedAt } = this.#exchange;
    if (record.responseBytes === 0) record.firstByteMs = this.#monotonicMs() - startedAt;
    record.responseBytes += chunk.length;
    capture?.response(chunk);
    return this.#writer.data(chunk);
  }

  end(rawTrailers?: string[]): void {
    this.#writer.end(rawTrailers);
  }

  fault(refusal: Refusal): void {
    const writer = this.#writer;
    if (writer.isOver) return;
    const { id, path, method, record } = this.#exchange;
    record.error ??= refusal.code;
    record.errorDetail ??= refusal.detail;
    if (!writer.isOpen) {
      record.cutBy ??= "gateway";
      return writer.cut();
    }
    const { status, rawHeaders, body } = this.shape.answer({ id, path, baseUrl: baseUrl(this.#exchange), headers: this.#exchange.headers }, refusal);
    this.head(status, rawHeaders);
    if (method !== "HEAD") this.data(body);
    this.end();
  }

  onDrain(callback: () => void): void {
    this.#writer.onDrain(callback);
  }
}
