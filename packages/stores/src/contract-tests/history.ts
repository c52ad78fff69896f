/**
 * A history of calls whose figures are known beforehand, of any length: call number `n` is a function of `n`. Latencies are
 * spread evenly from 1 to 1,001 ms, so that the p-th percentile is 1 + 10 p. In the last tenth an incident is planted:
 * every call of one consumer to one service that would have gone well fails.
 */
import { createHash } from "node:crypto";
import type { CallRecord } from "@parley/contract/call-record";

export interface History {
  calls: number;
  /** Of the first call, Unix milliseconds. */
  startMs: number;
  spacingMs: number;
}

export const planted = { consumer: "consumer-17", service: "service-7", status: 503, error: "upstream-unavailable" } as const;

const causes = ["lost-update", "concurrent-modification", "busy"] as const;
/** Without common factors with the other periods, so that latency has nothing to do with anything else. */
const latencySteps = 99_991;

export function historicCall(history: History, number: number): CallRecord {
  const id = createHash("md5").update(String(number)).digest("hex");
  const durationMs = 1 + (((number * 7_919) % latencySteps) / latencySteps) * 1_000;
  const write = number % 5 === 0;
  const record: CallRecord = {
    id, at: history.startMs + number * history.spacingMs, worker: 0, service: `service-${number % 10}`, kind: "http", method: write ? "PUT" : "GET", path: `/things/${number % 997}`,
    consumer: `consumer-${number % 30}`, key: "default", clientAddress: `10.0.0.${number % 200}`, host: "api.example.com", userAgent: `client/${number % 3}`, status: 200,
    durationMs, requestBytes: write ? 300 : 0, responseBytes: 1_000, attempts: 1, upstream: "http://127.0.0.1:9001", upstreamStatus: 200, upstreamMs: durationMs * 0.9, firstByteMs: durationMs * 0.95, traceId: id, spanId: id.slice(0, 16),
  };
  if (number % 100 === 3) Object.assign(record, { status: 500, error: "upstream-error" });
  else if (number % 50 === 5) Object.assign(record, { status: 409, cause: causes[Math.floor(number / 50) % 3], error: "concurrent-modification" });
  else if (isInIncident(history, number)) Object.assign(record, { status: planted.status, error: planted.error });
  return record;
}

function isInIncident({ calls }: History, number: number): boolean {
  return number >= calls * 0.9 && number % 10 === 7 && number % 30 === 17;
}

/** Of the whole, exactly. */
export function knownFigures(history: History): { errors: number; conflicts: number } {
  let [errors, conflicts] = [0, 0];
  for (let number = 0; number < history.calls; number++) {
    if (number % 100 === 3 || (number % 50 !== 5 && isInIncident(history, number))) errors++;
    else if (number % 50 === 5) conflicts++;
  }
  return { errors, conflicts };
}
