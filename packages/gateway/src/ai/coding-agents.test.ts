/** What coding agents send when all that was changed is their base URL, by the shapes of their requests. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { message, messageEvents } from "./testing/anthropic-fixtures.ts";
import { events, json, namedEvents, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";
import { chatAnswer, textChunks, usageChunk } from "./testing/openai-fixtures.ts";

let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(message));
  gateway = await startAi(
    { anthropic: { apiKey: "sk-ant", baseUrl: provider.url }, openai: { apiKey: "sk", baseUrl: `${provider.url}/v1` }, vllm: { kind: "openai-compatible", apiKey: "x", baseUrl: `${provider.url}/v1`, models: ["qwen3"] } },
    {},
    { ai: { access: "key" }, consumers: { dev: { key: "dev-key" } } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

function post(path: string, body: object, headers: Record<string, string>): Promise<Response> {
  return fetch(`${gateway.url}${path}`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
}

describe("Claude Code", () => {
  const headers = { authorization: "Bearer dev-key", "anthropic-version": "2023-06-01", "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14,fine-grained-tool-streaming-2025-05-14", "user-agent": "claude-cli/2.1.0 (external, cli)", "x-app": "cli", "x-stainless-lang": "js" };
  const tools = [{ name: "Bash", description: "Runs a command.", input_schema: { $schema: "http://json-schema.org/draft-07/schema#", type: "object", properties: { command: { type: "string" } }, required: ["command"], additionalProperties: false } }];
  const request = {
    model: "claude-sonnet-4-5-20250929", max_tokens: 32_000, stream: true, temperature: 1, metadata: { user_id: "user_1_account__session_2" },
    system: [{ type: "text", text: "You are a coding agent.", cache_control: { type: "ephemeral" } }], thinking: { type: "enabled", budget_tokens: 31_999 }, tools,
    messages: [{ role: "user", content: [{ type: "text", text: "<system-reminder>x</system-reminder>" }, { type: "text", text: "Hi", cache_control: { type: "ephemeral" } }] }],
  };

  it("reaches Anthropic with its betas and its bytes", async () => {
    provider.respond = sse(namedEvents(...(messageEvents as { type: string }[])));
    const answer = await post("/v1/messages?beta=true", request, headers);
    expect([answer.status, await answer.text()]).toEqual([200, namedEvents(...(messageEvents as { type: string }[]))]);
    expect(provider.calls[0]?.headers).toMatchObject({ "x-api-key": "sk-ant", "anthropic-beta": headers["anthropic-beta"] });
    expect(provider.calls[0]?.headers.authorization).toBeUndefined();
    expect(provider.calls[0]?.text).toBe(JSON.stringify(request));
  });

  it("reaches Anthropic with its betas behind a guardrail, too, for which the request is written anew", async () => {
    await using guarded = await startAi({ anthropic: { apiKey: "sk-ant", baseUrl: provider.url } }, {}, { ai: { access: "key", guardrails: { privacy: { detect: ["email"] } } }, consumers: { dev: { key: "dev-key" } } });
    provider.respond = sse(namedEvents(...(messageEvents as { type: string }[])));
    const own = { ...request, anthropic_beta: ["context-management-2025-06-27"], context_management: { edits: [] } };
    const answer = await fetch(`${guarded.url}/v1/messages?beta=true`, { method: "POST", headers, body: JSON.stringify(own) });
    await answer.text();
    expect(provider.calls[0]?.headers["anthropic-beta"]).toBe(`context-management-2025-06-27,${headers["anthropic-beta"]}`);
    const { anthropic_beta: _betas, temperature: _usual, ...body } = own;
    expect(provider.calls[0]?.body).toMatchObject(body);
  });

  it("counts tokens, whatever stands behind", async () => {
    const { max_tokens: _max, stream: _stream, temperature: _temperature, metadata: _metadata, ...counted } = request;
    provider.respond = json({ input_tokens: 9 });
    expect(await (await post("/v1/messages/count_tokens?beta=true", counted, headers)).json()).toEqual({ input_tokens: 9 });
    const estimate = await post("/v1/messages/count_tokens?beta=true", { ...counted, model: "vllm/qwen3" }, headers);
    expect(((await estimate.json()) as { input_tokens: number }).input_tokens).toBeGreaterThan(10);
  });

  it("works on another vendor's model, thinking and caching said in that one's words or in a warning", async () => {
    provider.respond = sse(events(...textChunks, usageChunk, "[DONE]"));
    const answer = await post("/v1/messages?beta=true", { ...request, model: "vllm/qwen3" }, headers);
    const text = await answer.text();
    expect(answer.status).toBe(200);
    for (const type of ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"]) expect(text).toContain(`event: ${type}\n`);
    expect(answer.headers.get("parley-warning")).toMatch(/dropped;param="anthropic-beta"/);
    expect(provider.calls[0]?.body).toMatchObject({ model: "qwen3", stream: true, tools: [{ type: "function", function: { name: "Bash" } }] });
  });
});

describe("Codex", () => {
  const headers = { authorization: "Bearer dev-key", originator: "codex_cli_rs", session_id: "0198-session", "openai-beta": "responses=experimental", "user-agent": "codex_cli_rs/0.50.0", accept: "text/event-stream" };
  const request = {
    model: "gpt-5-codex", instructions: "You are a coding agent.", stream: true, store: false, include: ["reasoning.encrypted_content"], prompt_cache_key: "0198-session", parallel_tool_calls: false, tool_choice: "auto", reasoning: { effort: "medium", summary: "auto" },
    tools: [{ type: "function", name: "shell", description: "Runs.", strict: false, parameters: { type: "object", properties: { command: { type: "array", items: { type: "string" } } }, required: ["command"] } }, { type: "custom", name: "apply_patch", description: "Edits.", format: { type: "grammar", syntax: "lark", definition: "start: x" } }],
    input: [
      { type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] },
      { type: "reasoning", id: "rs_1", summary: [], content: null, encrypted_content: "gAAA" },
      { type: "function_call", name: "shell", arguments: '{"command":["ls"]}', call_id: "call_1" },
      { type: "function_call_output", call_id: "call_1", output: '{"output":"a","metadata":{"exit_code":0}}' },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Go on" }] },
    ],
  };

  it("reaches OpenAI with its bytes, its encrypted reasoning and its session", async () => {
    const done = { type: "response.completed", sequence_number: 0, response: { id: "resp_1", object: "response", status: "completed", model: "gpt-5-codex", output: [], usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } } };
    provider.respond = sse(namedEvents(done));
    const answer = await post("/v1/responses", { ...request, model: "openai/gpt-5-codex" }, headers);
    expect([answer.status, await answer.text()]).toMatchObject([200, expect.stringContaining("response.completed")]);
    expect(provider.calls[0]?.body).toEqual(request);
    expect(provider.calls[0]?.headers).toMatchObject({ authorization: "Bearer sk", originator: "codex_cli_rs", session_id: "0198-session", "openai-beta": "responses=experimental" });
  });

  it("works on Claude, its free-text tool included", async () => {
    provider.respond = sse(namedEvents(...(messageEvents as { type: string }[])));
    const answer = await post("/v1/responses", { ...request, model: "anthropic/claude-sonnet-4-5" }, headers);
    const text = await answer.text();
    expect([answer.status, text.includes("event: response.completed\n")]).toEqual([200, true]);
    expect(provider.calls[0]?.body).toMatchObject({ system: expect.anything(), tools: [{ name: "shell" }, { name: "apply_patch" }], messages: [{ role: "user" }, { role: "assistant", content: [{ type: "tool_use", id: "call_1" }] }, { role: "user" }] });
  });
});

it("Cursor's chat, with fields that no document names, passes to a provider of the dialect untouched", async () => {
  provider.respond = json(chatAnswer);
  const request = { model: "vllm/qwen3", messages: [{ role: "user", content: "Hi" }], temperature: 0, user: "u", stream: false, store: true, metadata: { a: "b" }, cursor_private: { x: 1 }, parallel_tool_calls: true, tools: [{ type: "function", function: { name: "f", parameters: {} } }] };
  const answer = await post("/v1/chat/completions", request, { authorization: "Bearer dev-key" });
  expect(answer.status).toBe(200);
  expect(provider.calls[0]?.body).toEqual({ ...request, model: "qwen3" });
});
