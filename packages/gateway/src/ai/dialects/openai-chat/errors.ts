/** Errors in OpenAI's shape: `{"error": {message, type, param, code}}`, read from providers and written to callers. */
import type { CallerError } from "../../conversation/dialect.ts";
import { asNumber, asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { saidMessage } from "../../conversation/said-message.ts";
import { errorKindOfStatus } from "../../conversation/provider-error.ts";
import type { ProviderError, ProviderErrorKind } from "../../conversation/provider-error.ts";
import { minimaxFailure } from "./minimax-failure.ts";

const kindOfCode: Readonly<Record<string, ProviderErrorKind>> = {
  context_length_exceeded: "context-length", content_filter: "content-filter", content_policy_violation: "content-filter", insufficient_quota: "quota",
  rate_limit_exceeded: "rate-limited", invalid_api_key: "authentication", model_not_found: "not-found",
};

/** Compatible servers send `error` as an object or a text, or `{message, type, code}` or `{detail}` at the top. */
export function parseChatError(status: number, body: JsonValue): ProviderError {
  const top = asObject(body);
  const error = asObject(top?.["error"]) ?? top;
  const code = asText(error?.["code"]);
  const message = asText(error?.["message"]) ?? asText(top?.["error"]) ?? asText(top?.["detail"]) ?? statusMessage(status, body);
  return {
    kind: (code !== undefined && kindOfCode[code]) || kindOfMessage(status, message) || errorKindOfStatus(status),
    status, message, code, type: asText(error?.["type"]), param: asText(error?.["param"]), raw: body,
  };
}

/** What OpenAI's codes and types would have been answered with, had the answer not begun. */
const statusOfWord: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429, insufficient_quota: 429, rate_limit_error: 429, server_overloaded: 503, overloaded_error: 503,
  context_length_exceeded: 400, invalid_prompt: 400, invalid_request_error: 400, content_filter: 400, content_policy_violation: 400,
};

/** What stands in the place of an answer, or of a chunk of one: an error in it, one that is it, as vLLM and what is made like it have it, FastAPI's `detail`, or MiniMax's. */
export function failureOf(body: JsonObject): JsonObject | undefined {
  return (body["error"] ?? null) !== null || body["object"] === "error" || isDetail(body) ? body : minimaxFailure(body);
}

function isDetail(body: JsonObject): boolean {
  return (body["detail"] ?? null) !== null && (body["choices"] ?? null) === null;
}

/** What holds the error in an answer, or in a chunk of one: it, or each of its choices, as OpenRouter has it. */
export function failedIn(body: JsonObject): JsonObject | undefined {
  const failed = failureOf(body);
  if (failed) return failed;
  const choices = asObjects(body["choices"]);
  return choices.length > 0 && choices.every((choice) => asObject(choice["error"])) ? choices[0] : undefined;
}

/** An error inside of an answer of status 200: its code is a status where it is a number that can be one; Groq names it. */
export function parseEmbeddedError(body: JsonObject): ProviderError {
  const error = asObject(body["error"]) ?? body;
  const code = asNumber(error["code"]) ?? asNumber(error["status_code"]);
  if (code !== undefined && code >= 400 && code < 600) return parseChatError(code, body);
  return parseChatError(statusOfWord[asText(error["code"]) ?? ""] ?? statusOfWord[asText(error["type"]) ?? ""] ?? 502, body);
}

function kindOfMessage(status: number, message: string): ProviderErrorKind | null {
  return status === 400 && /context (?:length|window)|maximum context|too many tokens/i.test(message) ? "context-length" : null;
}

function statusMessage(status: number, body: JsonValue): string {
  return saidMessage(body) ?? `the provider answered with status ${status} and no message`;
}

const codeOfKind: Partial<Record<ProviderErrorKind, string>> = {
  "context-length": "context_length_exceeded", "content-filter": "content_filter", "rate-limited": "rate_limit_exceeded", quota: "insufficient_quota", "not-found": "model_not_found",
};

export function writeChatError(error: CallerError): JsonObject {
  const provider = error.provider;
  const own = ownError(error);
  const code = (provider && error.code === "provider-error" && (codeOfKind[provider.kind] ?? provider.code)) || error.code;
  return {
    error: {
      ...own,
      message: error.message,
      type: asText(own?.["type"]) ?? typeOfStatus(error.status),
      param: error.param ?? provider?.param ?? null,
      code,
      ...(error.fix !== undefined && { fix: error.fix }),
      ...error.members,
      ...(error.callId !== undefined && { call_id: error.callId }),
    },
  };
}

/** The members of a provider's own error, of which compatible servers have more than the four. */
function ownError({ code, provider, providerDialect }: CallerError): JsonObject | undefined {
  return code === "provider-error" && (providerDialect === "openai-chat" || providerDialect === "openai-responses") ? asObject(asObject(provider?.raw)?.["error"]) : undefined;
}

function typeOfStatus(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}
