/**
 * One collector: sends a body to it and says what became of it, as OTLP/HTTP words it (specification, "OTLP/HTTP Response").
 * Complains once about each signal until that one is taken again.
 */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Telemetry } from "@parley/contract/config/telemetry";
import { retryAfterMs } from "../../exchange/retry-after.ts";

/** What of a collector's settings is asked for. */
export type Otlp = NonNullable<Telemetry["otlp"]>;

export type Outcome =
  /** `rejected` of it never will be. */
  | { kind: "taken"; rejected: number }
  /** `afterMs` is what it asks for. */
  | { kind: "later"; afterMs: number | null }
  | { kind: "refused" }
  /** The collector has no such signal. */
  | { kind: "unknown" };

export interface CollectorPorts {
  fetch: typeof fetch;
  /** Unix milliseconds. */
  now(): number;
  warn(message: string, details: Record<string, unknown>): void;
}

export type SignalPath = "/v1/traces" | "/v1/logs" | "/v1/metrics";

const sendWithinMs = 10_000;
const passing = new Set([429, 502, 503, 504]);
const unsupported = new Set([404, 405, 501]);
/** An answer is a few words; of a longer one nothing is read. */
const mostAnswerBytes = 64 * 1024;
const mostReasonLength = 300;
const zipped = promisify(gzip);

export class Collector {
  readonly #ports: CollectorPorts;
  readonly #failing = new Set<SignalPath>();
  readonly #abandoned = new AbortController();

  constructor(ports: CollectorPorts) {
    this.#ports = ports;
  }

  /** What is on its way, and all that would follow, is not waited for any longer. */
  abandon(): void {
    this.#abandoned.abort(new Error("it did not answer before the end"));
  }

  async send(path: SignalPath, body: object, settings: Otlp): Promise<Outcome> {
    try {
      const answer = await this.#post(path, JSON.stringify(body), settings);
      if (answer.ok) return await this.#taken(path, answer, settings);
      await answer.body?.cancel();
      this.#complain(path, `it answered ${answer.status} to ${path}`, settings);
      if (unsupported.has(answer.status)) return { kind: "unknown" };
      return passing.has(answer.status) ? { kind: "later", afterMs: retryAfterMs([...answer.headers].flat(), this.#ports.now()) ?? null } : { kind: "refused" };
    } catch (error) {
      this.#complain(path, reasonOf(error), settings);
      return { kind: "later", afterMs: null };
    }
  }

  async #post(path: SignalPath, text: string, { endpoint, headers, compression }: Otlp): Promise<Response> {
    const isZipped = compression === "gzip";
    return this.#ports.fetch(endpoint.replace(/\/+$/, "") + path, {
      method: "POST", headers: { ...headers, "content-type": "application/json", ...(isZipped ? { "content-encoding": "gzip" } : {}) }, body: isZipped ? await zipped(text) : text,
      signal: AbortSignal.any([AbortSignal.timeout(sendWithinMs), this.#abandoned.signal]), redirect: "error",
    });
  }

  /** It may have taken a part of it, or have something to say of it. */
  async #taken(path: SignalPath, answer: Response, settings: Otlp): Promise<Outcome> {
    const { rejected, message } = partialSuccess(await shortText(answer));
    if (rejected > 0) this.#complain(path, `it rejected ${rejected} of what was sent to ${path}${message === "" ? "" : `: ${message}`}`, settings);
    else this.#failing.delete(path);
    return { kind: "taken", rejected };
  }

  /** Once until it works again. */
  #complain(path: SignalPath, reason: string, { endpoint }: Otlp): void {
    if (!this.#failing.has(path)) this.#ports.warn("the OTLP collector does not take what is sent", { endpoint, path, reason });
    this.#failing.add(path);
  }
}

/** That an exchange failed is said by fetch; why, by what it failed for. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== "" ? `${error.message}: ${error.cause.message}` : error.message;
}

/** Empty where it is too long or breaks off: what was sent has been taken all the same. */
async function shortText(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of answer.body ?? []) {
      bytes += part.length;
      if (bytes > mostAnswerBytes) return "";
      parts.push(part);
    }
  } catch {
    return "";
  }
  return Buffer.concat(parts).toString();
}

/** Of ExportTracePartialSuccess, ExportLogsPartialSuccess or ExportMetricsPartialSuccess; 64-bit numbers are texts in OTLP's JSON. */
function partialSuccess(text: string): { rejected: number; message: string } {
  try {
    const { partialSuccess: part } = JSON.parse(text) as { partialSuccess?: Record<string, unknown> };
    const rejected = Number(part?.["rejectedSpans"] ?? part?.["rejectedLogRecords"] ?? part?.["rejectedDataPoints"] ?? 0);
    const message = part?.["errorMessage"];
    return { rejected: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0, message: typeof message === "string" ? message.slice(0, mostReasonLength) : "" };
  } catch {
    return { rejected: 0, message: "" };
  }
}
