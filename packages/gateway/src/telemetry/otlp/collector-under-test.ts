/** For tests: a collector on a real port that answers as it is told, with an exporter that sends to it and a clock that stands still until it is moved. */
import { gunzipSync } from "node:zlib";
import type { CallRecord } from "@parley/contract/call-record";
import type { LossTimes } from "@parley/contract/loss-count";
import { telemetry } from "@parley/contract/config/telemetry";
import { startUpstream } from "../../main/upstream-under-test.ts";
import { OtlpExporter } from "./otlp-exporter.ts";

export const record: CallRecord = {
  id: "call-1", at: 1_700_000_000_000.5, worker: 0, service: "ai", kind: "ai", method: "POST", path: "/v1/chat/completions", clientAddress: "127.0.0.1", status: 200, durationMs: 250,
  requestBytes: 10, responseBytes: 20, attempts: 1, consumer: "acme", traceId: "ab".repeat(16), spanId: "cd".repeat(8), provider: "gemini", modelRequested: "assistant", model: "gemini-2.5-pro",
  inputTokens: 12, outputTokens: 5, costUsd: 0.000_5, finishReason: "stop",
};

export interface Sent {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, never>;
}

/** Of all paths, unless one has its own. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  at?: Record<string, number>;
  /** It takes what is sent and says nothing, until it is told to. */
  isSilent?: boolean;
  sayAll?: () => void;
}

type Of = { signal?: string; reason?: string };

/** How many were exported, or dropped for a reason; of a signal, or of all. */
export function counted(exporter: OtlpExporter, of: Of): number {
  return seriesOf(exporter, of).reduce((sum, { value = 0 }) => sum + value, 0);
}

/** When something was dropped, of each series that has lost anything. */
export function lostAt(exporter: OtlpExporter, of: Of): LossTimes[] {
  return seriesOf(exporter, of).flatMap((series) => series.lostAt ?? []);
}

function seriesOf(exporter: OtlpExporter, of: Of) {
  const name = of.reason === undefined ? "parley_otlp_exported_total" : "parley_otlp_dropped_total";
  const series = exporter.families({ worker: "0" }).find((family) => family.name === name)?.series ?? [];
  return series.filter(({ labels }) => Object.entries(of).every(([label, value]) => labels[label] === value));
}

export async function startCollector(status = 200, lastSendingMs = 60_000) {
  const sent: Sent[] = [];
  const answer: Answer = { status };
  const collector = await startUpstream((request, response, body) => {
    const bytes = Buffer.from(body, "latin1");
    const path = request.url ?? "";
    sent.push({ path, headers: request.headers, body: JSON.parse((request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString()) as Sent["body"] });
    const say = (): void => void response.writeHead(answer.at?.[path] ?? answer.status, answer.headers).end(JSON.stringify(answer.body ?? {}));
    if (!answer.isSilent) return say();
    const { sayAll } = answer;
    answer.sayAll = () => {
      sayAll?.();
      say();
    };
  });
  const warnings: string[] = [];
  const reasons: unknown[] = [];
  const time = { now: 1_700_000_001_000 };
  const exporter = new OtlpExporter({
    worker: 0, scheme: "https", lastSendingMs, fetch, now: () => time.now, monotonicMs: () => time.now,
    warn: (message, { reason }) => {
      warnings.push(message);
      reasons.push(reason);
    },
  });
  const configure = (more: object = {}): void => exporter.configure(telemetry.parse({ otlp: { endpoint: collector.url, headers: { "x-api-key": "secret" }, ...more } }));
  configure({ logs: "off" });
  return { url: collector.url, configure, sent, answer, exporter, warnings, reasons, time, [Symbol.asyncDispose]: () => collector.close() };
}
