/**
 * Bodies of calls, from the call to the thread that seals them. Says for each call whether its bodies are captured, hands
 * over those that are to be kept once the call has ended, and never makes one wait: what is too much at once is dropped
 * and counted. Hides the thread; may import the contract.
 */
import { mkdirSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { CallRecord } from "@parley/contract/call-record";
import type { Logging } from "@parley/contract/config/settings";
import type { MetricFamily } from "@parley/contract/channel";
import { LossCount } from "@parley/contract/loss-count";
import type { Logger } from "pino";
import { single } from "../process-metrics.ts";
import { BodyCapture, type CapturedBody, type HeldBytes } from "./body-capture.ts";
import { type BodyJob, type BodyThreadData, type CopiedBody, type FromBodyThread, heldBytesOf, type ToBodyThread } from "./body-job.ts";
import { type BodyRules, compileBodyRules, noBodies } from "./body-rules.ts";

export interface BodyKeeperOptions {
  directory: string;
  worker: number;
  startedAtMs: number;
  masterKey: Buffer;
  log: Pick<Logger, "error">;
}

/** What of an ended call is asked for. */
export interface EndedCall {
  readonly record: CallRecord;
  readonly headers: { "content-type"?: string | undefined; "content-encoding"?: string | undefined };
  readonly keySecret: string | null;
  readonly capture: BodyCapture | null;
}

/** Of calls in flight, and of those that wait for the thread. */
const mostHeldBytes = 64 * 1024 * 1024;
const mostWaitingBytes = 32 * 1024 * 1024;
const mostWaitingCalls = 10_000;
const closeWithinMs = 10_000;
/** Only what can change something can meet a conflict. */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

export class BodyKeeper {
  readonly dropped = new LossCount();
  readonly #options: BodyKeeperOptions;
  #rules: BodyRules = noBodies;
  readonly #held: HeldBytes = { bytes: 0, most: mostHeldBytes };
  #thread: Worker | null = null;
  #threads = 0;
  #waitingBytes = 0;
  #waitingCalls = 0;
  #closed: (() => void) | null = null;
  #isClosing = false;

  constructor(options: BodyKeeperOptions) {
    this.#options = options;
  }

  configure(logging: Logging | null): void {
    this.#rules = compileBodyRules(logging);
  }

  /** Null where nothing of the call is kept. */
  begin(service: string, method: string): BodyCapture | null {
    const rules = this.#rules;
    if (!rules.keepsSome) return null;
    const mode = rules.modeOf(service);
    if (mode === "none" || (mode === "conflicts" && safeMethods.has(method))) return null;
    return new BodyCapture({ bodyBytes: rules.bodyBytes, held: this.#held });
  }

  ended({ record, headers, keySecret, capture }: EndedCall): void {
    if (capture === null) return;
    capture.release();
    const rules = this.#rules;
    const mode = rules.modeOf(record.service);
    if (mode === "none" || (mode === "conflicts" && record.cause === undefined)) return;
    const { request, response } = capture.captured(headers);
    const { id, at, service } = record;
    this.#hand({
      type: "keep", id, at, service,
      request: copied(request, record.requestBytes),
      response: copied(response, record.responseBytes),
      redact: rules.redact, bodyBytes: rules.bodyBytes, secrets: keySecret === null ? [] : [keySecret],
    });
  }

  families(labels: Record<string, string>): MetricFamily[] {
    return [single("counter", "parley_call_bodies_dropped_total", "Calls whose bodies were to be kept and could not be.", { labels, ...this.dropped.counted })];
  }

  /** Everything that was handed over is in a sealed segment. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const thread = this.#thread;
    if (thread === null) return;
    const closed = new Promise<void>((resolve) => (this.#closed = resolve));
    const timer = setTimeout(() => this.#closed?.(), closeWithinMs);
    this.#post(thread, { type: "close" }, []);
    await closed;
    clearTimeout(timer);
    await thread.terminate();
  }

  #hand(job: BodyJob): void {
    if (job.request === null && job.response === null) return;
    const bytes = heldBytesOf(job);
    if (this.#isClosing || this.#waitingCalls >= mostWaitingCalls || this.#waitingBytes + bytes > mostWaitingBytes) {
      this.dropped.add();
      return;
    }
    this.#thread ??= this.#start();
    if (this.#thread === null) {
      this.dropped.add();
      return;
    }
    this.#waitingCalls++;
    this.#waitingBytes += bytes;
    this.#post(this.#thread, job, [job.request, job.response].flatMap((body) => (body === null ? [] : [body.beginning.buffer])));
  }

  #post(thread: Worker, message: ToBodyThread, transfer: ArrayBuffer[]): void {
    thread.postMessage(message, transfer);
  }

  /** The first time that there is something to keep: who keeps none has no thread. */
  #start(): Worker | null {
    const { directory, worker, startedAtMs, masterKey, log } = this.#options;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      // Each thread has segments of its own.
      const data: BodyThreadData = { directory, worker, startedAtMs: startedAtMs + this.#threads++, masterKey: new Uint8Array(masterKey) };
      const thread = new Worker(new URL("./body-thread.ts", import.meta.url), { workerData: data });
      thread.unref();
      thread.on("message", (message: FromBodyThread) => this.#heard(message));
      thread.on("error", (error: unknown) => log.error({ error }, "the thread that keeps bodies of calls failed; it is started again"));
      thread.on("exit", () => this.#ended(thread));
      return thread;
    } catch (error) {
      log.error({ error, directory }, "bodies of calls cannot be kept");
      return null;
    }
  }

  #heard(message: FromBodyThread): void {
    switch (message.type) {
      case "done":
        this.#waitingCalls--;
        this.#waitingBytes -= message.heldBytes;
        this.dropped.add(message.dropped);
        break;
      case "error":
        this.#options.log.error({ error: message.error, dropped: this.dropped.count }, message.message);
        break;
      case "closed":
        this.#closed?.();
        break;
    }
  }

  /** What it had not done is lost. */
  #ended(thread: Worker): void {
    if (this.#thread !== thread) return;
    this.#thread = null;
    this.dropped.add(this.#waitingCalls);
    this.#waitingCalls = 0;
    this.#waitingBytes = 0;
    this.#closed?.();
  }
}

/** Into memory of its own, which goes to the thread. */
function copied({ chunks, ...about }: CapturedBody, bytes: number): CopiedBody | null {
  if (bytes === 0) return null;
  const beginning = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    beginning.set(chunk, at);
    at += chunk.length;
  }
  return { ...about, beginning, bytes };
}
