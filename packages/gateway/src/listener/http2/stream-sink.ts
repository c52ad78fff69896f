/**
 * Hot path of HTTP/2. From an answer to a stream. The head waits for the end of the current turn, so that an answer
 * without a body ends with it: gRPC tells trailers-only answers by that (RFC 9113 §8.1).
 */
import { constants, type IncomingHttpHeaders as StreamHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { Refusal } from "@parley/contract/problems/problem";
import type { RefusalShape } from "../../exchange/refusal-shape.ts";
import { baseUrl } from "../../exchange/host.ts";
import type { CallSink } from "../call-sink.ts";
import type { HttpExchange } from "../http-exchange.ts";
import { repeatedIn } from "../repeated-field.ts";
import { streamProblem } from "./stream-head.ts";

export interface StreamSinkInput {
  exchange: HttpExchange;
  stream: ServerHttp2Stream;
  headers: StreamHeaders;
  monotonicMs(): number;
  shape: RefusalShape;
}

/** What belongs to a connection of HTTP/1.1 has no place here (§8.2.2). */
const connectionFields: ReadonlySet<string> = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

export class StreamSink implements CallSink {
  shape: RefusalShape;
  readonly #input: StreamSinkInput;
  readonly #stream: ServerHttp2Stream;
  #state: "open" | "head" | "sent" | "over" = "open";
  #fields: OutgoingHttpHeaders = {};
  #trailers: OutgoingHttpHeaders = {};
  #bodiless = false;
  #onDrain: (() => void) | null = null;

  constructor(input: StreamSinkInput) {
    this.#input = input;
    this.#stream = input.stream;
    this.shape = input.shape;
    this.#stream.on("wantTrailers", () => this.#sendTrailers());
    // 'close' follows, and says all that there is to say.
    this.#stream.on("error", () => {});
  }

  problem(): Refusal | null {
    return streamProblem(this.#input.headers) ?? repeatedIn(this.#input.exchange.rawHeaders);
  }

  onClosed(callback: () => void): void {
    this.#stream.once("close", callback);
  }

  isFinished(): boolean {
    return this.#state === "over" && this.#stream.writableFinished && this.#stream.rstCode === constants.NGHTTP2_NO_ERROR;
  }

  destroy(): void {
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  /** Bytes wait for a client that takes none. */
  get isBlocked(): boolean {
    return this.#stream.writableLength > 0;
  }

  head(status: number, rawHeaders: string[]): void {
    if (this.#state !== "open" || this.#isGone()) return;
    if (status < 200) return this.#sayMeanwhile(status, rawHeaders);
    const { exchange } = this.#input;
    exchange.record.status = status;
    exchange.capture?.responseHead(rawHeaders);
    this.#bodiless = exchange.method === "HEAD" || status === 204 || status === 205 || status === 304;
    this.#fields = fieldsOf(rawHeaders, exchange.answerFields);
    this.#fields[":status"] = status;
    this.#fields["parley-call-id"] = exchange.id;
    this.#state = "head";
    process.nextTick(sendWaiting, this);
  }

  data(chunk: Buffer): boolean {
    const { record, startedAt, capture } = this.#input.exchange;
    if (this.#state === "over" || this.#bodiless || chunk.length === 0 || this.#isGone()) return true;
    if (record.responseBytes === 0) record.firstByteMs = this.#input.monotonicMs() - startedAt;
    record.responseBytes += chunk.length;
    capture?.response(chunk);
    this.sendHead();
    if (this.#stream.write(chunk)) return true;
    if (this.#onDrain) this.#stream.once("drain", this.#onDrain);
    return false;
  }

  end(rawTrailers: string[] = []): void {
    if (this.#state === "over" || this.#state === "open") return;
    this.#trailers = fieldsOf(rawTrailers, []);
    if (this.#state === "head" && !this.#isGone()) {
      const whole = rawTrailers.length === 0;
      this.#stream.respond(this.#fields, whole ? { endStream: true } : { waitForTrailers: true });
    }
    this.#state = "over";
    if (this.#isGone()) return;
    if (!this.#stream.writableEnded) this.#stream.end();
    if (this.#bodiless || rawTrailers.length === 0) setImmediate(stopReading, this);
  }

  fault(refusal: Refusal): void {
    if (this.#state === "over") return;
    const { exchange } = this.#input;
    exchange.record.error ??= refusal.code;
    exchange.record.errorDetail ??= refusal.detail;
    if (this.#state !== "open") return this.#cut();
    const { status, rawHeaders, body } = this.shape.answer({ id: exchange.id, path: exchange.path, baseUrl: baseUrl(exchange), headers: exchange.headers }, refusal);
    this.head(status, rawHeaders);
    this.data(body);
    this.end();
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  /** What was held back until the end of the turn. */
  sendHead(): void {
    if (this.#state !== "head") return;
    this.#state = "sent";
    if (!this.#isGone()) this.#stream.respond(this.#fields, { waitForTrailers: true, endStream: false });
  }

  #sendTrailers(): void {
    if (this.#isGone()) return;
    this.#stream.sendTrailers(this.#trailers);
    setImmediate(stopReading, this);
  }

  /** Other statuses are for one connection, or said by node:http2 itself. */
  #sayMeanwhile(status: number, rawHeaders: string[]): void {
    if (status !== 100 && status !== 101) this.#stream.additionalHeaders({ ...fieldsOf(rawHeaders, []), ":status": status });
  }

  /** A reset, which nobody takes for the end. */
  #cut(): void {
    this.sendHead();
    this.#state = "over";
    this.#input.exchange.record.cutBy ??= "gateway";
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  /** The answer is complete, and what is still coming is for nobody (§8.1). */
  stopReading(): void {
    if (this.#stream.readableEnded || this.#isGone() || !this.#stream.writableFinished) return;
    const { body } = this.#input.exchange;
    if (body.length === 0) this.#stream.resume();
    else this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #isGone(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }
}

function stopReading(sink: StreamSink): void {
  sink.stopReading();
}

function sendWaiting(sink: StreamSink): void {
  sink.sendHead();
}

/** Several fields of one name stay several. */
function fieldsOf(rawHeaders: readonly string[], more: readonly string[]): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {};
  for (const list of [rawHeaders, more]) {
    for (let index = 0; index < list.length; index += 2) add(fields, (list[index] as string).toLowerCase(), list[index + 1] as string);
  }
  return fields;
}

function add(fields: OutgoingHttpHeaders, name: string, value: string): void {
  if (connectionFields.has(name) || name.charCodeAt(0) === 58) return;
  const before = fields[name];
  if (before === undefined) fields[name] = value;
  else if (single.has(name)) return;
  else if (Array.isArray(before)) before.push(value);
  else fields[name] = [String(before), value];
}

/** node:http2 refuses to send these twice; the first one counts. */
const single: ReadonlySet<string> = new Set([
  "access-control-allow-credentials", "access-control-max-age", "access-control-request-method", "age", "authorization", "content-encoding", "content-language", "content-length", "content-location", "content-md5",
  "content-range", "content-type", "date", "dnt", "etag", "expires", "from", "host", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "location", "max-forwards",
  "proxy-authorization", "range", "referer", "retry-after", "tk", "upgrade-insecure-requests", "user-agent", "x-content-type-options",
]);
