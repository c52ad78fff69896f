/** Hot path (benchmarks: http). One call on a connection of any HTTP version, as everybody behind the listener sees it. */
import type { IncomingHttpHeaders } from "node:http";
import type { CallRecord } from "@parley/contract/call-record";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Caller, Exchange, Peer, Upgrade } from "../exchange/exchange.ts";
import type { VersionPath } from "../exchange/version-path.ts";
import type { RouteParts } from "../pipeline/route-parts.ts";
import type { BodyCapture } from "../telemetry/bodies/body-capture.ts";
import type { HttpRequestBody } from "./request-body.ts";
import type { TraceParent } from "./trace-parent.ts";

/** Of node:http's request, or made of an HTTP/2 stream's fields. */
export interface RequestHead {
  readonly method?: string | undefined;
  /** Of HTTP/1; HTTP/2 has no other. */
  readonly httpVersion?: string;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
}

export interface ExchangeInput {
  request: RequestHead;
  body: HttpRequestBody;
  upgrade: Upgrade | null;
  id: string;
  spanId: string;
  /** Unix milliseconds. */
  at: number;
  /** On the monotonic clock. */
  startedAt: number;
  worker: number;
  path: string;
  target: string;
  peer: Peer;
  clientAddress: string;
  traceParent: TraceParent | null;
  monotonicMs: () => number;
}

const maxPathLength = 2048;
const maxFieldLength = 512;
/** Shorter ones only make the record longer. */
const shortestStepMs = 0.1;
const maxSteps = 64;

export class HttpExchange implements Exchange {
  readonly id: string;
  route: RouteParts | null = null;
  readonly startedAt: number;
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  path: string;
  version?: string;
  versionField?: string;
  versionPath?: VersionPath;
  rest = "";
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly clientAddress: string;
  readonly peer: Peer;
  readonly incomingTraceId: string | null;
  readonly traceFlags: string;
  readonly upgrade: Upgrade | null;
  caller: Caller | null = null;
  keySecret: string | null = null;
  readonly answerFields: string[] = [];
  readonly record: CallRecord;
  readonly body: HttpRequestBody;
  readonly takesKept = true;
  /** Set where bodies of the call may be kept. */
  capture: BodyCapture | null = null;
  #monotonicMs: () => number;
  #goneCallbacks: (() => void)[] | null = null;
  #endCallbacks: (() => void)[] | null = null;
  #gone = false;
  #stage: string | null = null;
  #stageSince = 0;
  #ended = false;

  constructor(input: ExchangeInput) {
    const { request, traceParent } = input;
    this.id = input.id;
    this.startedAt = input.startedAt;
    this.method = request.method ?? "";
    this.target = input.target;
    this.httpVersion = request.httpVersion ?? "2.0";
    this.path = input.path;
    this.rawHeaders = request.rawHeaders;
    this.headers = request.headers;
    this.clientAddress = input.clientAddress;
    this.peer = input.peer;
    this.incomingTraceId = traceParent?.traceId ?? null;
    this.traceFlags = traceParent?.flags ?? "00";
    this.upgrade = input.upgrade;
    this.body = input.body;
    this.#monotonicMs = input.monotonicMs;
    this.record = newRecord(input);
  }

  onClientGone(callback: () => void): void {
    if (this.#gone) callback();
    else (this.#goneCallbacks ??= []).push(callback);
  }

  onEnded(callback: () => void): void {
    if (this.#ended) callback();
    else (this.#endCallbacks ??= []).push(callback);
  }

  step(name: string, since: number): void {
    this.#addStep(name, since - this.startedAt, this.#monotonicMs() - since);
  }

  captureBodies(capture: BodyCapture): void {
    this.capture = capture;
    this.body.capture = capture;
  }

  enter(stage: string | null): void {
    if (this.#stage !== null) this.step(this.#stage, this.#stageSince);
    this.#stage = stage;
    if (stage !== null) this.#stageSince = this.#monotonicMs();
  }

  /** What is still open ends with the answer: whoever answered did so in it. */
  endSteps(): void {
    const { firstByteMs = this.record.durationMs, durationMs } = this.record;
    if (this.#stage !== null) this.#addStep(this.#stage, this.#stageSince - this.startedAt, firstByteMs - (this.#stageSince - this.startedAt));
    this.#stage = null;
    this.#addStep("response", firstByteMs, durationMs - firstByteMs);
  }

  clientGone(): void {
    this.#gone = true;
    this.body.breakOff(clientWentAway);
    const callbacks = this.#goneCallbacks;
    this.#goneCallbacks = null;
    if (callbacks) for (const callback of callbacks) callback();
  }

  ended(): void {
    this.#ended = true;
    const callbacks = this.#endCallbacks;
    this.#endCallbacks = null;
    if (callbacks) for (const callback of callbacks) callback();
  }

  #addStep(name: string, startMs: number, durationMs: number): void {
    if (durationMs < shortestStepMs) return;
    this.record.steps ??= [];
    if (this.record.steps.length < maxSteps) this.record.steps.push([name, startMs, durationMs]);
  }
}

/** Nobody reads it; it ends whoever waits for the rest of the body. */
const clientWentAway: Refusal = { code: "request-timeout", detail: "The client went away before the request was complete." };

function newRecord(input: ExchangeInput): CallRecord {
  const { request, path } = input;
  const record: CallRecord = {
    id: input.id,
    at: input.at,
    worker: input.worker,
    service: "",
    kind: "http",
    method: request.method ?? "",
    path: path.length > maxPathLength ? path.slice(0, maxPathLength) : path,
    clientAddress: input.clientAddress,
    status: 0,
    durationMs: 0,
    requestBytes: 0,
    responseBytes: 0,
    attempts: 0,
    traceId: input.traceParent?.traceId ?? input.id,
    spanId: input.spanId,
  };
  const { host, "user-agent": userAgent, "if-match": ifMatch, "if-none-match": ifNoneMatch, "if-unmodified-since": ifUnmodifiedSince } = request.headers;
  if (host !== undefined) record.host = host.slice(0, maxFieldLength);
  if (userAgent !== undefined) record.userAgent = userAgent.slice(0, maxFieldLength);
  if (ifMatch !== undefined || ifNoneMatch !== undefined || ifUnmodifiedSince !== undefined) record.conditional = true;
  return record;
}
