/**
 * Hot path (benchmarks: http, streaming). Writes an answer to a node:http response. The head waits for the end of the
 * current turn of the event loop: an answer that is complete by then goes out in one piece, and no byte waits longer.
 */
import type { ServerResponse } from "node:http";
import type { Refusal } from "@parley/contract/problems/problem";
import type { RefusalShape } from "../exchange/refusal-shape.ts";
import type { CallSink } from "./call-sink.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { baseUrl } from "../exchange/host.ts";
import { sendInformational } from "./informational.ts";
import { lingerAfter } from "./linger.ts";
import { requestProblem } from "./request-problem.ts";
import { writeChunk } from "./write-chunk.ts";

export interface SinkPorts {
  monotonicMs(): number;
  /** True once the gateway drains: answers then say that the connection ends with them. */
  isDraining(): boolean;
}

/** So much of a body that nobody wants is read to keep the connection; past it, or unknown, the connection ends. */
const skippedBodyBytes = 64 * 1024;
/** Up to here a body is joined to its head as latin1, which maps bytes one to one: one write instead of a gathered one. */
const joinedBytes = 16 * 1024;

export class ResponseSink implements CallSink {
  shape: RefusalShape;
  #exchange: HttpExchange;
  #response: ServerResponse;
  #ports: SinkPorts;
  #state: "open" | "head" | "sent" | "over" = "open";
  #status = 0;
  #statusText = "";
  #fields: string[] = [];
  #first: Buffer | null = null;
  #onDrain: (() => void) | null = null;

  constructor(exchange: HttpExchange, response: ServerResponse, ports: SinkPorts, shape: RefusalShape) {
    this.#exchange = exchange;
    this.#response = response;
    this.#ports = ports;
    this.shape = shape;
  }

  problem(): Refusal | null {
    return requestProblem(this.#response.req);
  }

  onClosed(callback: () => void): void {
    this.#response.on("close", callback);
  }

  isFinished(): boolean {
    return this.#response.writableFinished;
  }

  /** The socket and not the answer: a switched connection is no longer the server's. */
  destroy(): void {
    this.#response.req.socket.destroy();
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    if (this.#state !== "open") return;
    if (status < 200) return sendInformational(this.#response, status, rawHeaders);
    this.#state = "head";
    this.#status = status;
    this.#statusText = statusText ?? "";
    this.#fields = rawHeaders;
    this.#exchange.record.status = status;
    this.#exchange.capture?.responseHead(rawHeaders);
    process.nextTick(sendWaiting, this);
  }

  data(chunk: Buffer): boolean {
    const { record } = this.#exchange;
    if (this.#state === "over" || chunk.length === 0) return true;
    if (record.responseBytes === 0) record.firstByteMs = this.#ports.monotonicMs() - this.#exchange.startedAt;
    record.responseBytes += chunk.length;
    this.#exchange.capture?.response(chunk);
    if (this.#state === "head") {
      if (this.#first === null) {
        this.#first = chunk;
        return true;
      }
      this.sendHead();
    }
    if (writeChunk(this.#response, chunk)) return true;
    if (this.#onDrain) this.#response.once("drain", this.#onDrain);
    return false;
  }

  end(rawTrailers?: string[]): void {
    if (this.#state === "over" || this.#state === "open") return;
    if (rawTrailers !== undefined && rawTrailers.length > 0) this.#addTrailers(rawTrailers);
    if (this.#state === "sent") this.#response.end();
    else {
      this.#writeHead();
      if (this.#first === null) this.#response.end();
      else if (this.#first.length > joinedBytes) this.#response.end(this.#first);
      else this.#response.end(this.#first.toString("latin1"), "latin1");
    }
    this.#state = "over";
  }

  fault(refusal: Refusal): void {
    if (this.#state === "over") return;
    const { record } = this.#exchange;
    record.error ??= refusal.code;
    record.errorDetail ??= refusal.detail;
    if (this.#state !== "open") return this.#cut();
    const call = { id: this.#exchange.id, path: this.#exchange.path, baseUrl: baseUrl(this.#exchange) };
    const { status, rawHeaders, body } = this.shape.answer(call, refusal);
    this.head(status, rawHeaders);
    if (this.#exchange.method !== "HEAD") this.data(body);
    this.end();
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  /** What was held back until the end of the turn. */
  sendHead(): void {
    if (this.#state !== "head") return;
    this.#writeHead();
    this.#state = "sent";
    const first = this.#first;
    this.#first = null;
    if (first === null) this.#response.flushHeaders();
    else this.#response.write(first);
  }

  #writeHead(): void {
    const fields = this.#fields;
    const { answerFields, id } = this.#exchange;
    for (let index = 0; index < answerFields.length; index++) fields.push(answerFields[index] as string);
    fields.push("Parley-Call-Id", id);
    if (this.#ports.isDraining()) fields.push("Connection", "close");
    else if (this.#leavesBody()) {
      fields.push("Connection", "close");
      lingerAfter(this.#response);
    }
    if (this.#statusText === "") this.#response.writeHead(this.#status, fields);
    else this.#response.writeHead(this.#status, this.#statusText, fields);
  }

  /** A body that is still coming and is too long to be skipped, or that the client holds back until it is asked for. */
  #leavesBody(): boolean {
    const { req } = this.#response;
    if (req.complete) return false;
    const { length } = this.#exchange.body;
    return length === null || length > skippedBodyBytes || req.headers.expect !== undefined;
  }

  /** The end must not look like one: chunked coding is left open, a promised length unfulfilled, and else there is a reset. */
  #cut(): void {
    this.sendHead();
    this.#state = "over";
    this.#exchange.record.cutBy ??= "gateway";
    const { socket } = this.#response;
    if (!socket) return void this.#response.destroy();
    if (!this.#response.chunkedEncoding && !hasLength(this.#fields)) socket.resetAndDestroy();
    else socket.destroySoon();
  }

  #addTrailers(rawTrailers: string[]): void {
    const pairs: [string, string][] = [];
    for (let index = 0; index < rawTrailers.length; index += 2) pairs.push([rawTrailers[index] as string, rawTrailers[index + 1] as string]);
    if (this.#state === "head") this.sendHead();
    this.#response.addTrailers(pairs);
  }
}

function sendWaiting(sink: ResponseSink): void {
  sink.sendHead();
}

function hasLength(fields: readonly string[]): boolean {
  for (let index = 0; index < fields.length; index += 2) if ((fields[index] as string).toLowerCase() === "content-length") return true;
  return false;
}
