import Anthropic from "@anthropic-ai/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { message, messageEvents } from "./testing/anthropic-fixtures.ts";
import { cutAfter, events, json, namedEvents, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";
import { chatAnswer, chunk, usageChunk } from "./testing/openai-fixtures.ts";

const hello = [{ role: "user" as const, content: "Hello" }];
const weather = { name: "weather", description: "Weather", input_schema: { type: "object" as const, properties: { city: { type: "string" } } } };
let provider: FakeProvider;
let gateway: AiGateway;
let client: Anthropic;

beforeEach(async () => {
  provider = await startProvider(json(message));
  gateway = await startAi(
    { anthropic: { apiKey: "sk-ant", baseUrl: provider.url }, openai: { apiKey: "sk-own", baseUrl: `${provider.url}/v1` }, sandbox: {} },
    { assistant: { targets: [{ model: "anthropic/claude-haiku-4-5" }] } },
  );
  client = new Anthropic({ apiKey: "unused", baseURL: gateway.url, maxRetries: 0 });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

describe("a messages call to a provider of the same dialect", () => {
  it("passes through with its bytes as they were, but for the model and the credentials", async () => {
    const text = '{ "max_tokens": 5, "new_thing":{"model":"x"},"messages":[{"role":"user","content":"Hi"}], "model" : "assistant"}';
    const answer = await fetch(`${gateway.url}/v1/messages`, { method: "POST", headers: { "anthropic-beta": "a,b", "x-api-key": "callers" }, body: text });
    expect(await answer.json()).toEqual({ ...message, model: "assistant" });
    expect(provider.calls[0]?.text).toBe(text.replace("assistant", "claude-haiku-4-5"));
    expect(provider.calls[0]?.headers).toMatchObject({ "x-api-key": "sk-ant", "anthropic-beta": "a,b", "anthropic-version": "2023-06-01" });
    const [record] = await gateway.records();
    expect(record).toMatchObject({ dialectIn: "anthropic-messages", dialectOut: "anthropic-messages", inputTokens: 60, outputTokens: 7, finishReason: "tool_use" });
  });

  it("streams the provider's bytes, and the SDK puts the message together", async () => {
    provider.respond = sse(namedEvents(...messageEvents));
    const streamed = await client.messages.stream({ model: "claude-haiku-4-5", max_tokens: 5, messages: hello }).finalMessage();
    expect(streamed).toMatchObject({ content: message.content, stop_reason: "tool_use", usage: message.usage, model: message.model });
    const answer = await fetch(`${gateway.url}/v1/messages`, { method: "POST", body: JSON.stringify({ model: "assistant", max_tokens: 5, messages: hello, stream: true }) });
    expect(await answer.text()).toBe(namedEvents(...messageEvents).replace(message.model, "assistant"));
    expect((await gateway.records())[1]).toMatchObject({ inputTokens: 60, outputTokens: 7, finishReason: "tool_use" });
  });

  it.each([
    ["a cut", cutAfter(namedEvents(...messageEvents.slice(0, 8)))],
    ["an end in the midst", sse(namedEvents(...messageEvents.slice(0, 8)))],
    ["an error event", sse(namedEvents(...messageEvents.slice(0, 8), { type: "error", error: { type: "overloaded_error", message: "Overloaded" } } as never))],
  ])("tells of %s with an error event and no message_stop", async (_what, respond) => {
    provider.respond = respond;
    const text = await (await fetch(`${gateway.url}/v1/messages`, { method: "POST", body: JSON.stringify({ model: "assistant", max_tokens: 5, messages: hello, stream: true }) })).text();
    expect(text).toContain("event: error");
    expect(text).not.toContain("message_stop");
  });
});

describe("a messages call to a provider that speaks chat completions", () => {
  it("says the same there: system, turns, tools, results, images, limits", async () => {
    provider.respond = json(chatAnswer);
    const answer = await client.messages.create({
      model: "gpt-5-mini", max_tokens: 50, stop_sequences: ["X"], metadata: { user_id: "u" }, tools: [weather],
      tool_choice: { type: "tool", name: "weather", disable_parallel_tool_use: true },
      system: [{ type: "text", text: "Be brief." }],
      messages: [
        { role: "user", content: [{ type: "text", text: "See" }, { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }] },
        { role: "assistant", content: [{ type: "text", text: "I look." }, { type: "tool_use", id: "t1", name: "weather", input: { city: "Köln" } }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: "none" }], is_error: true }, { type: "text", text: "So?" }] },
      ],
    });
    expect(provider.calls[0]?.body).toEqual({
      model: "gpt-5-mini", max_completion_tokens: 50, stop: ["X"], user: "u", parallel_tool_calls: false,
      tools: [{ type: "function", function: { name: "weather", description: "Weather", parameters: weather.input_schema } }],
      tool_choice: { type: "function", function: { name: "weather" } },
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "See" }, { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] },
        { role: "assistant", content: "I look.", tool_calls: [{ id: "t1", type: "function", function: { name: "weather", arguments: '{"city":"Köln"}' } }] },
        { role: "tool", tool_call_id: "t1", content: "Error: none" },
        { role: "user", content: "So?" },
      ],
    });
    expect(answer).toMatchObject({
      id: "chatcmpl-1", type: "message", role: "assistant", model: "gpt-5-mini", content: [{ type: "text", text: "Hé 漢" }], stop_reason: "end_turn",
      usage: { input_tokens: 8, cache_read_input_tokens: 4, output_tokens: 5 },
    });
  });

  it("streams text, reasoning and interleaved calls as blocks, one after the other (maximhq/bifrost#3511)", async () => {
    const call = (index: number, id: string | undefined, json: string): object => chunk({ tool_calls: [{ index, ...(id && { id, type: "function" }), function: { ...(id && { name: "weather" }), arguments: json } }] });
    provider.respond = sse(events(
      chunk({ role: "assistant", content: "" }), chunk({ reasoning_content: "hm" }), chunk({ content: "Hé" }), chunk({ content: " 漢" }),
      call(0, "a", '{"city"'), call(1, "b", '{"city":'), call(0, undefined, ':"Köln"}'), call(1, undefined, '"Bonn"}'), chunk({}, "tool_calls"), usageChunk, "[DONE]",
    ));
    const stream = client.messages.stream({ model: "gpt-5-mini", max_tokens: 50, messages: hello, tools: [weather] });
    let open = 0;
    stream.on("streamEvent", (event) => {
      if (event.type === "content_block_start") expect(++open).toBe(1);
      if (event.type === "content_block_stop") open -= 1;
    });
    expect(await stream.finalMessage()).toMatchObject({
      stop_reason: "tool_use", model: "gpt-5-mini",
      content: [
        { type: "thinking", thinking: "hm" }, { type: "text", text: "Hé 漢" },
        { type: "tool_use", id: "a", name: "weather", input: { city: "Köln" } }, { type: "tool_use", id: "b", name: "weather", input: { city: "Bonn" } },
      ],
      usage: { input_tokens: 8, cache_read_input_tokens: 4, output_tokens: 5 },
    });
  });

  it("gets errors in its own shape, the provider's and the gateway's", async () => {
    provider.respond = json({ error: { message: "Slow down", type: "requests", code: "rate_limit_exceeded" } }, 429, { "retry-after": "2" });
    const slow = await client.messages.create({ model: "gpt-5-mini", max_tokens: 5, messages: hello }).catch((error: unknown) => error);
    expect(slow).toBeInstanceOf(Anthropic.RateLimitError);
    expect(slow).toMatchObject({ status: 429, error: { type: "error", error: { type: "rate_limit_error", message: "Slow down" } } });
    const wrong = await client.messages.create({ model: "gpt-5-mini", max_tokens: 5, messages: [{ role: "tool" as never, content: "x" }] }).catch((error: unknown) => error);
    expect(wrong).toMatchObject({ status: 400, error: { error: { type: "invalid_request_error", code: "invalid-request", param: "messages[0].role" } } });
    const unknown = await client.messages.create({ model: "nothing-like-it", max_tokens: 5, messages: hello }).catch((error: unknown) => error);
    expect(unknown).toMatchObject({ status: 404, error: { error: { type: "not_found_error", code: "unknown-model" } } });
    const native = await client.messages.create({ model: "gpt-5-mini", max_tokens: 5, messages: hello, tools: [{ type: "computer_20250124", name: "computer", display_width_px: 800, display_height_px: 600 }] as never }).catch((error: unknown) => error);
    expect(native).toMatchObject({ status: 400, error: { error: { code: "unsupported-parameter", param: "tools" } } });
  });

  it("works with the sandbox", async () => {
    expect(await client.messages.create({ model: "sandbox/echo", max_tokens: 50, messages: hello })).toMatchObject({ content: [{ type: "text", text: "Hello" }], stop_reason: "end_turn", usage: { input_tokens: 1, output_tokens: 1 } });
    expect((await client.messages.stream({ model: "sandbox/echo", max_tokens: 50, messages: hello }).finalMessage()).content).toMatchObject([{ type: "text", text: "Hello" }]);
  });
});
