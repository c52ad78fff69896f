/** Errors as the providers' documents describe them: status, words and Retry-After arrive at the application. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askForError, openaiClient } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { ReplayProvider } from "./replay-provider.ts";
import type { ChatRequest } from "./sayings/write-openai.ts";

interface ProviderError {
  what: string;
  kind: string;
  status: number;
  headers?: Record<string, string>;
  body: unknown;
  /** What the application should hear. */
  heard: { status: number; message?: string | RegExp; code?: string; retryAfter?: string };
}

const openAiQuota = "You exceeded your current quota, please check your plan and billing details.";
const anthropic = (type: string, message: string) => ({ type: "error", error: { type, message }, request_id: "req_1" });
const google = (code: number, status: string, message: string, details: object[] = []) => ({ error: { code, message, status, details } });

const errors: readonly ProviderError[] = [
  { what: "rate limit", kind: "openai", status: 429, headers: { "retry-after": "7" }, body: { error: { message: "Rate limit reached", type: "requests", param: null, code: "rate_limit_exceeded" } }, heard: { status: 429, message: "Rate limit reached", code: "rate_limit_exceeded", retryAfter: "7" } },
  { what: "quota", kind: "openai", status: 429, body: { error: { message: openAiQuota, type: "insufficient_quota", param: null, code: "insufficient_quota" } }, heard: { status: 429, message: openAiQuota, code: "insufficient_quota" } },
  { what: "context length", kind: "openai", status: 400, body: { error: { message: "This model's maximum context length is 128000 tokens.", type: "invalid_request_error", param: "messages", code: "context_length_exceeded" } }, heard: { status: 400, code: "context_length_exceeded" } },
  { what: "unknown model", kind: "openai", status: 404, body: { error: { message: "The model `x` does not exist", type: "invalid_request_error", param: null, code: "model_not_found" } }, heard: { status: 404, message: "The model `x` does not exist", code: "model_not_found" } },
  { what: "the gateway's own key", kind: "openai", status: 401, body: { error: { message: "Incorrect API key provided: provider-key", type: "invalid_request_error", param: null, code: "invalid_api_key" } }, heard: { status: 502, code: "provider-unauthorized" } },
  { what: "rate limit", kind: "anthropic", status: 429, headers: { "retry-after": "12" }, body: anthropic("rate_limit_error", "This request would exceed your rate limit"), heard: { status: 429, message: "This request would exceed your rate limit", retryAfter: "12" } },
  { what: "overload", kind: "anthropic", status: 529, body: anthropic("overloaded_error", "Overloaded"), heard: { status: 529, message: "Overloaded" } },
  { what: "context length", kind: "anthropic", status: 400, body: anthropic("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"), heard: { status: 400, message: /too long/, code: "context_length_exceeded" } },
  { what: "unknown model", kind: "anthropic", status: 404, body: anthropic("not_found_error", "model: x"), heard: { status: 404, message: "model: x", code: "model_not_found" } },
  { what: "a right that is missing", kind: "anthropic", status: 403, body: anthropic("permission_error", "no"), heard: { status: 502, code: "provider-unauthorized" } },
  { what: "a request that is too large", kind: "anthropic", status: 413, body: anthropic("request_too_large", "Request exceeds the maximum size"), heard: { status: 413, message: "Request exceeds the maximum size" } },
  { what: "rate limit", kind: "gemini", status: 429, body: google(429, "RESOURCE_EXHAUSTED", "Quota exceeded for metric", [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" }]), heard: { status: 429, message: "Quota exceeded for metric", code: "rate_limit_exceeded", retryAfter: "34" } },
  { what: "overload", kind: "gemini", status: 503, body: google(503, "UNAVAILABLE", "The model is overloaded. Please try again later."), heard: { status: 503, message: /overloaded/ } },
  { what: "context length", kind: "gemini", status: 400, body: google(400, "INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."), heard: { status: 400, code: "context_length_exceeded" } },
  { what: "the gateway's own key", kind: "gemini", status: 400, body: google(400, "INVALID_ARGUMENT", "API key not valid.", [{ reason: "API_KEY_INVALID" }]), heard: { status: 502, code: "provider-unauthorized" } },
  { what: "unknown model", kind: "gemini", status: 404, body: google(404, "NOT_FOUND", "models/x is not found"), heard: { status: 404, message: "models/x is not found", code: "model_not_found" } },
  { what: "rate limit", kind: "mistral", status: 429, headers: { "retry-after": "3" }, body: { object: "error", message: "Service tier capacity exceeded for this model.", type: "service_tier_capacity_exceeded", param: null, code: "3505" }, heard: { status: 429, message: /capacity exceeded/, code: "rate_limit_exceeded", retryAfter: "3" } },
  { what: "a complaint about the request", kind: "mistral", status: 422, body: { detail: [{ type: "missing", loc: ["body", "messages", 0, "content"], msg: "Field required" }] }, heard: { status: 422, message: "messages.0.content: Field required" } },
  { what: "context length", kind: "mistral", status: 400, body: { object: "error", message: "Prompt contains 40000 tokens, too large for model with 32768 maximum context length", type: "invalid_request_prompt", code: "3051" }, heard: { status: 400, code: "context_length_exceeded" } },
  { what: "unknown model", kind: "ollama", status: 404, body: { error: 'model "x" not found, try pulling it first' }, heard: { status: 404, message: 'model "x" not found, try pulling it first', code: "model_not_found" } },
  { what: "a tool that the model cannot use", kind: "ollama", status: 400, body: { error: "x does not support tools" }, heard: { status: 400, message: "x does not support tools" } },
  { what: "overload", kind: "ollama", status: 503, body: { error: "server busy, please try again. maximum pending requests exceeded" }, heard: { status: 503, message: /server busy/ } },
  ...["openai", "anthropic", "gemini", "mistral", "ollama"].map((kind) => ({ what: "a page instead of an error", kind, status: 502, headers: { "content-type": "text/html" }, body: "<html><h1>502 Bad Gateway</h1>internal-host</html>", heard: { status: 502, message: /^(?!.*internal-host)/s } })),
];

let replay: ReplayProvider;
let gateway: Gateway;

beforeAll(async () => {
  replay = await ReplayProvider.start();
  const account = (kind: string) => [kind, { kind, baseUrl: kind === "openai" || kind === "mistral" ? `${replay.origin}/v1` : replay.origin }];
  gateway = await Gateway.start(Object.fromEntries(["openai", "anthropic", "gemini", "mistral", "ollama"].map(account)));
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await replay[Symbol.asyncDispose]();
});

describe.each([false, true])("asked with stream: %s", (stream) => {
  it.each(errors.map((error) => [error.kind, error.what, error] as const))("%s: %s", async (kind, _, error) => {
    const body = Buffer.from(typeof error.body === "string" ? error.body : JSON.stringify(error.body));
    replay.answerWith({ status: error.status, headers: { "content-type": "application/json", ...error.headers }, body });
    const request: ChatRequest = { model: `${kind}/x`, stream, max_completion_tokens: 10, messages: [{ role: "user", content: "Hello" }] };
    const heard = await askForError(openaiClient(gateway.baseUrl), request);
    const { message, ...rest } = error.heard;
    expect(heard).toMatchObject(rest);
    if (message instanceof RegExp) expect(heard.message).toMatch(message);
    else if (message !== undefined) expect(heard.message).toBe(message);
    expect(JSON.stringify(heard)).not.toContain("provider-key");
  });
});
