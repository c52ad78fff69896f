/** The response object around the output. What the caller asked for is echoed in it, as OpenAI does. */
import type { Usage } from "../../conversation/answer.ts";
import type { EncodingContext } from "../../conversation/dialect.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { writeUsage } from "./usage.ts";

export interface ResponseParts {
  readonly start: { readonly id?: string | undefined; readonly createdAt?: number | undefined; readonly serviceTier?: string | undefined };
  readonly status: string;
  readonly output: readonly JsonValue[];
  readonly usage: Usage | undefined;
  readonly incomplete_details: JsonObject | null;
  readonly error: JsonObject | null;
}

/** Members of the request that stand in the response, and what stands there where the caller said nothing. */
const echoed: JsonObject = {
  instructions: null, max_output_tokens: null, max_tool_calls: null, parallel_tool_calls: true, prompt_cache_key: null, safety_identifier: null,
  temperature: 1, text: { format: { type: "text" } }, tool_choice: "auto", tools: [], top_logprobs: 0, top_p: 1, truncation: "disabled", user: null, metadata: {},
};

export function writeResponse(parts: ResponseParts, context: EncodingContext): JsonObject {
  const { start, status, usage } = parts;
  const request = context.request ?? {};
  return {
    id: responseId(start.id, context),
    object: "response",
    created_at: start.createdAt ?? context.nowSeconds,
    status,
    background: false,
    completed_at: status === "completed" ? context.nowSeconds : null,
    error: parts.error,
    incomplete_details: parts.incomplete_details,
    model: context.model,
    output: parts.output,
    previous_response_id: null,
    // Nothing is kept of an answer that was translated.
    store: false,
    reasoning: { effort: null, summary: null, ...(request["reasoning"] as JsonObject | null) },
    service_tier: start.serviceTier ?? "default",
    frequency_penalty: 0,
    presence_penalty: 0,
    ...Object.fromEntries(Object.entries(echoed).map(([name, value]) => [name, request[name] ?? value])),
    usage: usage ? writeUsage(usage) : null,
  };
}

function responseId(id: string | undefined, context: EncodingContext): string {
  return id?.startsWith("resp_") ? id : `resp_${context.callId}`;
}
