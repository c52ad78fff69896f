/**
 * A call's log record (OTLP logs data model), from its record: one wide event, tied to its trace. A record holds no content,
 * so neither does a log.
 */
import type { CallRecord } from "@parley/contract/call-record";
import { attributesOf, type KeyValue, unixNano } from "./otlp-json.ts";
import { operationOf, providerName } from "./spans-of-record.ts";
import { ofRequest } from "./request-attributes.ts";

export interface LogRecord {
  timeUnixNano: string;
  observedTimeUnixNano: string;
  severityNumber: 9 | 13 | 17;
  severityText: "INFO" | "WARN" | "ERROR";
  eventName: string;
  body: { stringValue: string };
  attributes: KeyValue[];
  traceId?: string;
  spanId?: string;
  /** 1: the trace is sampled. */
  flags: 0 | 1;
}

export function logOf(record: CallRecord, { isSampled, observedAt, scheme }: { isSampled: boolean; observedAt: number; scheme: string }): LogRecord {
  const { traceId, spanId } = record;
  return {
    timeUnixNano: unixNano(record.at + record.durationMs),
    observedTimeUnixNano: unixNano(observedAt),
    ...severityOf(record),
    eventName: "parley.call",
    body: { stringValue: `${record.method} ${record.path} ${record.status}${record.error === undefined ? "" : ` ${record.error}`} ${Math.round(record.durationMs)} ms` },
    attributes: [...ofCall(record, scheme), ...(record.provider === undefined && record.modelRequested === undefined ? [] : ofModel(record))],
    ...(traceId !== undefined && spanId !== undefined && { traceId, spanId }),
    flags: isSampled ? 1 : 0,
  };
}

/** What somebody may want to look at: refusals, errors, conflicts, broken answers. */
export function isProblem(record: CallRecord): boolean {
  return severityOf(record).severityNumber > 9;
}

function severityOf({ status, error, cause, cutBy }: CallRecord): Pick<LogRecord, "severityNumber" | "severityText"> {
  if (status >= 500 || cutBy === "upstream" || cutBy === "gateway") return { severityNumber: 17, severityText: "ERROR" };
  if (status >= 400 || error !== undefined || cause !== undefined) return { severityNumber: 13, severityText: "WARN" };
  return { severityNumber: 9, severityText: "INFO" };
}

function ofCall(record: CallRecord, scheme: string): KeyValue[] {
  return attributesOf({
    ...ofRequest(record, scheme), "http.response.status_code": record.status, "client.address": record.clientAddress, "user_agent.original": record.userAgent,
    "http.request.body.size": record.requestBytes, "http.response.body.size": record.responseBytes, "error.type": record.error, "error.message": record.errorDetail,
    "parley.call.id": record.id, "parley.kind": record.kind, "parley.service": record.service, "parley.version": record.version, "parley.operation": record.operation, "parley.canary": record.canary,
    "parley.consumer": record.consumer, "parley.key": record.key, "parley.team": record.team, "parley.duration_ms": record.durationMs, "parley.time_to_first_byte_ms": record.firstByteMs,
    "parley.upstream": record.upstream, "parley.upstream.status_code": record.upstreamStatus, "parley.upstream.duration_ms": record.upstreamMs, "parley.attempts": record.attempts,
    "parley.cut_by": record.cutBy, "parley.conflict.cause": record.cause, "parley.conflict.id": record.conflict, "parley.cache": record.cache,
  });
}

function ofModel(record: CallRecord): KeyValue[] {
  return attributesOf({
    "gen_ai.operation.name": operationOf(record.path), "gen_ai.provider.name": record.provider === undefined ? undefined : providerName(record.provider), "gen_ai.request.model": record.modelRequested,
    "gen_ai.response.model": record.model, "gen_ai.usage.input_tokens": record.inputTokens, "gen_ai.usage.output_tokens": record.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": record.cacheReadTokens, "gen_ai.usage.cache_creation.input_tokens": record.cacheWriteTokens,
    "gen_ai.response.finish_reasons": record.finishReason === undefined ? undefined : [record.finishReason],
    "parley.provider": record.provider, "parley.stream": record.stream, "parley.cost.usd": record.costUsd, "parley.guardrails": record.guardrails, "parley.warnings": record.warnings,
  });
}
