/**
 * The spans of one call, from its record: the gateway's own (HTTP semantic conventions), and for an AI call the one of the
 * model (GenAI semantic conventions). A record holds no content, so neither do spans.
 */
import { hash } from "node:crypto";
import type { CallRecord } from "@parley/contract/call-record";
import { attributesOf, type KeyValue, unixNano } from "./otlp-json.ts";
import { ofRequest } from "./request-attributes.ts";

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** 2: server, 3: client. */
  kind: 2 | 3;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: KeyValue[];
  /** 2: error. */
  status: { code?: 2; message?: string };
}

export function spansOf(record: CallRecord, { parentSpanId, scheme }: { parentSpanId: string | null; scheme: string }): Span[] {
  const { traceId, spanId } = record;
  if (traceId === undefined || spanId === undefined) return [];
  const times = { startTimeUnixNano: unixNano(record.at), endTimeUnixNano: unixNano(record.at + record.durationMs) };
  const server: Span = {
    traceId, spanId, ...(parentSpanId === null ? {} : { parentSpanId }),
    name: `${record.method} ${record.service === "" ? "unrouted" : record.service}`,
    kind: 2, ...times,
    attributes: attributesOf({
      ...ofRequest(record, scheme), "http.response.status_code": record.status, "client.address": record.clientAddress,
      "user_agent.original": record.userAgent, "http.request.body.size": record.requestBytes, "http.response.body.size": record.responseBytes,
      "error.type": record.error, "parley.call.id": record.id, "parley.service": record.service, "parley.consumer": record.consumer, "parley.key": record.key, "parley.team": record.team,
      "parley.cut_by": record.cutBy, "parley.attempts": record.attempts,
    }),
    // A client's own mistake is no error of the server's.
    status: record.status >= 500 || record.cutBy === "upstream" ? { code: 2, ...(record.errorDetail === undefined ? {} : { message: record.errorDetail }) } : {},
  };
  return record.kind === "ai" && record.provider !== undefined ? [server, modelSpan(record, { traceId, parentSpanId: spanId, ...times })] : [server];
}

function modelSpan(record: CallRecord, place: { traceId: string; parentSpanId: string; startTimeUnixNano: string; endTimeUnixNano: string }): Span {
  const operation = operationOf(record.path);
  return {
    ...place,
    spanId: hash("sha256", `${record.id}/model`, "hex").slice(0, 16),
    name: `${operation} ${record.modelRequested ?? record.model ?? ""}`.trim(),
    kind: 3,
    attributes: attributesOf({
      "gen_ai.operation.name": operation, "gen_ai.provider.name": providerName(record.provider ?? ""), "gen_ai.request.model": record.modelRequested, "gen_ai.response.model": record.model,
      "gen_ai.usage.input_tokens": record.inputTokens, "gen_ai.usage.output_tokens": record.outputTokens, "gen_ai.usage.cache_read.input_tokens": record.cacheReadTokens,
      "gen_ai.usage.cache_creation.input_tokens": record.cacheWriteTokens, "gen_ai.response.finish_reasons": record.finishReason === undefined ? undefined : [record.finishReason],
      "server.address": record.upstream, "error.type": record.error, "parley.provider": record.provider, "parley.stream": record.stream, "parley.cost.usd": record.costUsd, "parley.cache": record.cache,
      "parley.guardrails": record.guardrails, "parley.time_to_first_byte_ms": record.firstByteMs,
    }),
    status: record.error === undefined ? {} : { code: 2, ...(record.errorDetail === undefined ? {} : { message: record.errorDetail }) },
  };
}

/** `gen_ai.operation.name` of the conventions. */
export function operationOf(path: string): string {
  if (/embed/i.test(path)) return "embeddings";
  if (/generateContent$/i.test(path)) return "generate_content";
  return path.endsWith("/v1/completions") ? "text_completion" : "chat";
}

const wellKnown: Readonly<Record<string, string>> = {
  gemini: "gcp.gemini", vertex: "gcp.vertex_ai", bedrock: "aws.bedrock", "azure-openai": "azure.ai.openai", mistral: "mistral_ai", xai: "x_ai", watsonx: "ibm.watsonx.ai",
};

/** `gen_ai.provider.name`: the conventions' own where there is one, else the provider's name in the configuration. */
export function providerName(name: string): string {
  return wellKnown[name] ?? name;
}
