/** Where a call's record goes once the call has ended, and what is kept of its bodies: put together, fed at one place, and closed as one. */
import { existsSync } from "node:fs";
import type { CallRecord } from "@parley/contract/call-record";
import type { GatewayMessage } from "@parley/contract/channel";
import { dataDirectory } from "@parley/contract/data-directory";
import type { GatewayProcessOptions } from "@parley/contract/processes";
import type { Logger } from "pino";
import type { HttpExchange } from "../listener/http-exchange.ts";
import { AccessLog } from "../telemetry/access-log/access-log.ts";
import { BodyKeeper } from "../telemetry/bodies/body-keeper.ts";
import { LiveCalls } from "../telemetry/live-calls.ts";
import { sealOrphans } from "../telemetry/orphaned-segments.ts";
import { callerTrace } from "../telemetry/otlp/caller-trace.ts";
import { OtlpExporter } from "../telemetry/otlp/otlp-exporter.ts";
import { RecordBatch } from "../telemetry/record-batch.ts";
import { Spool } from "../telemetry/spool.ts";
import { Telemetry } from "../telemetry/telemetry.ts";

export interface CallRecordsParts {
  options: GatewayProcessOptions;
  masterKey: Buffer;
  startedAtMs: number;
  monotonicMs: () => number;
  inFlight: () => number;
  /** To the control plane; false where it is not there. */
  send: (message: GatewayMessage) => boolean;
  log: Logger;
}

export class CallRecords {
  readonly live: LiveCalls;
  readonly bodies: BodyKeeper;
  readonly access: AccessLog;
  readonly telemetry: Telemetry;
  readonly otlp: OtlpExporter;
  readonly #parts: CallRecordsParts;
  #sealingOrphans: Promise<void> = Promise.resolve();

  constructor(parts: CallRecordsParts) {
    this.#parts = parts;
    const { options, startedAtMs, log } = parts;
    const { worker } = options;
    const { spool: directory, bodiesSpool } = dataDirectory(options.data);
    const spool = new Spool({ batch: new RecordBatch(), directory, worker, startedAtMs, sealed: (segment) => parts.send({ type: "sealed", segment }), log });
    this.live = new LiveCalls(parts.send);
    this.bodies = new BodyKeeper({ directory: bodiesSpool, worker, startedAtMs, masterKey: parts.masterKey, log });
    this.access = new AccessLog({ standardOutput: 1, log });
    this.telemetry = new Telemetry({ worker, spool, live: this.live, inFlight: parts.inFlight });
    this.otlp = new OtlpExporter({
      worker, scheme: options.tls === undefined ? "http" : "https", fetch, now: () => Date.now(), monotonicMs: parts.monotonicMs, warn: (message, details) => log.warn(details, message),
    });
  }

  ended(call: Pick<HttpExchange, "record" | "route" | "headers" | "httpVersion" | "keySecret" | "capture">): void {
    const { record, headers } = call;
    if (this.access.isOn) this.access.ended(record, { httpVersion: call.httpVersion, referer: headers.referer });
    this.telemetry.ended(record, call.route);
    if (call.capture !== null) this.bodies.ended(call);
    if (this.otlp.isOn) this.otlp.ended(record, callerTrace(headers["traceparent"]));
  }

  /** Of a connection that was turned away before it became a call. */
  refusedConnection(record: CallRecord): void {
    this.telemetry.ended(record);
    this.access.ended(record, { httpVersion: "1.1" });
  }

  /** What an earlier process of this worker wrote and did not seal is taken in as well; while calls go on. */
  sealWhatWasLeft(): void {
    this.#sealingOrphans = this.#sealOrphans();
  }

  /** Every record is in a sealed segment before it resolves, whatever the collector does. */
  async close(): Promise<void> {
    await Promise.all([this.otlp.close(), this.telemetry.close(), this.bodies.close(), this.access.close(), this.#sealingOrphans]);
  }

  async #sealOrphans(): Promise<void> {
    const { options, startedAtMs, log, send } = this.#parts;
    const { spool, bodiesSpool } = dataDirectory(options.data);
    const left = { worker: options.worker, startedAtMs, nowMs: Date.now() };
    try {
      for (const segment of await sealOrphans({ directory: spool, ...left })) send({ type: "sealed", segment });
      if (existsSync(bodiesSpool)) await sealOrphans({ directory: bodiesSpool, ...left });
    } catch (error) {
      log.error({ error }, "segments of an earlier process could not be sealed");
    }
  }
}
