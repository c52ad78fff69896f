import type { ChatCompletionChunk, ChatCompletionTool } from "openai/resources/chat/completions";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { message, messageEvents, streamStart } from "./testing/anthropic-fixtures.ts";
import { cutAfter, json, namedEvents, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const model = "claude-sonnet-4-5";
const hello = [{ role: "user" as const, content: "Hello" }];
const weather: ChatCompletionTool = { type: "function", function: { name: "weather", description: "Weather", parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } } };
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(message, 200, { "request-id": "req_a" }));
  gateway = await startAi({ anthropic: { apiKey: "sk-ant", baseUrl: provider.url } });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

describe("a chat completion whose provider speaks Anthropic messages", () => {
  it("sends system, turns, parallel calls, results, images and parameters as the API wants them", async () => {
    await gateway.client.chat.completions.create({
      model, max_completion_tokens: 500, temperature: 0.5, stop: "END", user: "u1", parallel_tool_calls: false, tools: [weather], tool_choice: "required",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "developer", content: [{ type: "text", text: "Speak German." }] },
        { role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } }, { type: "image_url", image_url: { url: "https://example.com/a.jpg" } }] },
        { role: "assistant", content: "", tool_calls: [{ id: "call.1", type: "function", function: { name: "weather", arguments: '{"city":"Köln","id":1234567890123456789012}' } }, { id: "call_2", type: "function", function: { name: "weather", arguments: "" } }] },
        { role: "tool", tool_call_id: "call.1", content: "5 °C" },
        { role: "tool", tool_call_id: "call_2", content: [{ type: "text", text: "6 °C" }] },
        { role: "user", content: "And?" },
        { role: "assistant", content: "It is  " },
      ],
    });
    const [call] = provider.calls;
    expect(call?.path).toBe("/v1/messages");
    expect(call?.headers).toMatchObject({ "x-api-key": "sk-ant", "anthropic-version": "2023-06-01" });
    expect(call?.headers["authorization"]).toBeUndefined();
    expect(call?.text).toContain('"id":1234567890123456789012');
    expect(call?.body).toEqual({
      model, max_tokens: 500, temperature: 0.5, stop_sequences: ["END"], metadata: { user_id: "u1" },
      system: [{ type: "text", text: "Be brief." }, { type: "text", text: "Speak German." }],
      tools: [{ name: "weather", description: "Weather", input_schema: weather.type === "function" ? weather.function.parameters : {} }],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
      messages: [
        { role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } }, { type: "image", source: { type: "url", url: "https://example.com/a.jpg" } }] },
        { role: "assistant", content: [{ type: "tool_use", id: "call_1", name: "weather", input: { city: "Köln", id: 1.2345678901234568e21 } }, { type: "tool_use", id: "call_2", name: "weather", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: "5 °C" }, { type: "tool_result", tool_use_id: "call_2", content: "6 °C" }, { type: "text", text: "And?" }] },
        { role: "assistant", content: "It is" },
      ],
    });
  });

  it("answers with text, thinking, both of two identical calls, finish reason and usage", async () => {
    const answer = await gateway.client.chat.completions.create({ model, messages: hello, max_tokens: 100, tools: [weather] });
    expect(answer).toMatchObject({
      id: "msg_1", object: "chat.completion", model,
      choices: [{
        index: 0, finish_reason: "tool_calls",
        message: {
          role: "assistant", content: "I look it up.", refusal: null, reasoning_content: "Let me see.",
          reasoning_details: [{ type: "reasoning.text", text: "Let me see.", signature: "c2lnbmVk", format: "anthropic-messages" }],
          tool_calls: [
            { id: "toolu_1", type: "function", function: { name: "weather", arguments: '{"city":"Köln"}' } },
            { id: "toolu_2", type: "function", function: { name: "weather", arguments: '{"city":"Köln"}' } },
          ],
        },
      }],
      // Anthropic's input is without what the cache had a part in; OpenAI's is with it.
      usage: { prompt_tokens: 60, completion_tokens: 7, total_tokens: 67, prompt_tokens_details: { cached_tokens: 30, cache_write_tokens: 20 } },
    });
    const [record] = await gateway.records();
    expect(record).toMatchObject({ dialectOut: "anthropic-messages", inputTokens: 60, cacheReadTokens: 30, cacheWriteTokens: 20, finishReason: "tool_use", providerRequestId: "req_a" });
    expect(record?.costUsd).toBeCloseTo((10 * 3 + 30 * 0.3 + 20 * 3.75 + 7 * 15) / 1e6, 12);
  });

  it("streams the same as it answers whole", async () => {
    provider.respond = sse(namedEvents(...messageEvents));
    const stream = await gateway.client.chat.completions.create({ model, messages: hello, stream: true, max_tokens: 100, stream_options: { include_usage: true } });
    const chunks: ChatCompletionChunk[] = [];
    for await (const part of stream) chunks.push(part);
    const deltas = chunks.flatMap((part) => part.choices.map((choice) => choice.delta as Record<string, unknown> & ChatCompletionChunk.Choice.Delta));
    expect(deltas.map((delta) => delta.content ?? "").join("")).toBe("I look it up.");
    expect(deltas.map((delta) => (delta["reasoning_content"] as string | undefined) ?? "").join("")).toBe("Let me see.");
    expect(deltas.flatMap((delta) => delta["reasoning_details"] ?? [])).toMatchObject([{ text: "Let me see.", signature: "c2lnbmVk" }]);
    const calls = deltas.flatMap((delta) => delta.tool_calls ?? []);
    expect(calls.filter((call) => call.id).map((call) => [call.index, call.id, call.function?.name])).toEqual([[0, "toolu_1", "weather"], [1, "toolu_2", "weather"]]);
    for (const index of [0, 1]) expect(calls.filter((call) => call.index === index).map((call) => call.function?.arguments).join("")).toBe('{"city":"Köln"}');
    expect(chunks.flatMap((part) => part.choices[0]?.finish_reason ?? [])).toEqual(["tool_calls"]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 60, completion_tokens: 7 } });
    expect(chunks.every((part) => part.model === model && part.id === "msg_1")).toBe(true);
  });

  it("gives thinking back to the provider with its signature, byte for byte", async () => {
    const answer = await gateway.client.chat.completions.create({ model, messages: hello, max_tokens: 3000, reasoning_effort: "low", tools: [weather] });
    const said = answer.choices[0]!.message;
    await gateway.client.chat.completions.create({
      model, max_tokens: 3000, reasoning_effort: "low", tools: [weather],
      messages: [...hello, said, ...said.tool_calls!.map((call) => ({ role: "tool" as const, tool_call_id: call.id, content: "5" }))],
    });
    expect(provider.calls[0]?.body["thinking"]).toEqual({ type: "enabled", budget_tokens: 2048 });
    const turns = provider.calls[1]?.body["messages"] as { content: unknown }[] | undefined;
    expect(turns?.[1]?.content).toEqual(message.content);
  });

  it("says in Parley-Warning what it left out, changed and added", async () => {
    const answer = await gateway.post({ model, messages: hello, seed: 1, temperature: 1.5 });
    const warnings = answer.headers.get("parley-warning");
    expect(warnings).toContain('dropped;param="seed"');
    expect(warnings).toContain('changed;param="temperature"');
    expect(warnings).toContain('added;param="max_tokens"');
    expect(provider.calls[0]?.body).toMatchObject({ max_tokens: 64_000, temperature: 1 });
    expect(provider.calls[0]?.body).not.toHaveProperty("seed");
    const [record] = await gateway.records();
    expect(record?.warnings).toHaveLength(3);
  });

  it.each([
    ["claude-sonnet-4-5", { temperature: 0.5, top_p: 0.9 }, { temperature: 0.5 }, ["top_p"]],
    ["claude-sonnet-4-5", { reasoning_effort: "low", temperature: 0.5 }, { thinking: { type: "enabled", budget_tokens: 2048 } }, ["temperature"]],
    ["claude-sonnet-4-5", { reasoning_effort: "none" }, {}, []],
    ["claude-sonnet-4-5", { max_tokens: 1000, reasoning_effort: "low" }, {}, ["reasoning_effort"]],
    ["claude-opus-4-6", { reasoning_effort: "xhigh" }, { thinking: { type: "adaptive" }, output_config: { effort: "max" } }, []],
    ["claude-sonnet-5", { reasoning_effort: "minimal", temperature: 0.5, top_p: 0.9 }, { thinking: { type: "adaptive" }, output_config: { effort: "low" } }, ["temperature", "top_p"]],
    ["claude-sonnet-5", { reasoning_effort: "none" }, { thinking: { type: "disabled" } }, []],
    ["claude-sonnet-5", { reasoning_effort: "high", tools: [weather], tool_choice: "required" }, { output_config: { effort: "high" } }, []],
    ["claude-3-5-haiku-latest", { max_tokens: 5000, reasoning_effort: "high" }, {}, ["reasoning_effort"]],
  ])("asks %s for what it takes of %o", async (name, parameters, expected, dropped) => {
    const answer = await gateway.post({ model: `anthropic/${name}`, messages: hello, max_tokens: 9000, ...parameters });
    const { model: _model, max_tokens: _limit, messages: _messages, tools: _tools, tool_choice: _choice, ...sent } = provider.calls[0]!.body;
    expect(sent).toEqual(expected);
    const warned = [...(answer.headers.get("parley-warning") ?? "").matchAll(/dropped;param="([^"]+)"/g)].map(([, parameter]) => parameter);
    expect(new Set(warned)).toEqual(new Set(dropped));
  });

  it.each([
    ["claude-sonnet-4-5", [{ role: "user", content: [{ type: "text", text: "Hello" }, { type: "text", text: "<system>\nNow in German.\n</system>" }] }], true],
    ["claude-opus-4-8", [{ role: "user", content: "Hello" }, { role: "system", content: "Now in German." }], false],
  ])("keeps a later system message in its place for %s", async (name, expected, isChanged) => {
    const answer = await gateway.post({ model: `anthropic/${name}`, max_tokens: 50, messages: [...hello, { role: "system", content: "Now in German." }] });
    expect(provider.calls[0]?.body["messages"]).toEqual(expected);
    expect(answer.headers.has("parley-warning")).toBe(isChanged);
  });

  it.each([
    ["n", { n: 2 }],
    ["logprobs", { logprobs: true }],
    ["response_format", { response_format: { type: "json_object" } }],
  ])("refuses %s by name, which would change the answer", async (param, parameters) => {
    const answer = await gateway.post({ model, messages: hello, ...parameters });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: "unsupported-parameter", param, type: "invalid_request_error" } });
    expect(provider.calls).toHaveLength(0);
  });

  it("gives a JSON schema to the provider in its own way", async () => {
    const schema = { type: "object", properties: {}, additionalProperties: false };
    await gateway.post({ model, messages: hello, response_format: { type: "json_schema", json_schema: { name: "x", schema, strict: true } } });
    expect(provider.calls[0]?.body["output_config"]).toEqual({ format: { type: "json_schema", schema } });
  });

  it.each([
    ["an error event", sse(namedEvents(...messageEvents.slice(0, 9), { type: "error", error: { type: "overloaded_error", message: "Overloaded" } } as never)), "Overloaded"],
    ["a broken connection", cutAfter(namedEvents(...messageEvents.slice(0, 9))), "provider-broken"],
    ["a clean end in the midst", sse(namedEvents(...messageEvents.slice(0, 9))), "provider-broken"],
    ["garbage", sse(`${namedEvents(...messageEvents.slice(0, 9))}data: {"type":\n\n`), "provider-broken"],
  ])("ends a stream after %s with an error, never as if it were whole", async (_what, respond, expected) => {
    provider.respond = respond;
    const text = await (await gateway.post({ model, messages: hello, stream: true })).text();
    expect(text).toContain("I look");
    expect(text).toContain(expected);
    expect(text).not.toContain("[DONE]");
  });

  it("answers an error that comes before any content with its status", async () => {
    provider.respond = sse(namedEvents(streamStart, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } } as never));
    const answer = await gateway.post({ model, messages: hello, stream: true });
    expect(answer.status).toBe(529);
    expect(await answer.json()).toMatchObject({ error: { message: "Overloaded" } });
  });

  it.each([
    ["end_turn", "stop"], ["max_tokens", "length"], ["stop_sequence", "stop"], ["tool_use", "tool_calls"],
    ["refusal", "content_filter"], ["pause_turn", "stop"], ["model_context_window_exceeded", "length"],
  ])("tells the finish reason %s as %s", async (raw, finish) => {
    provider.respond = json({ ...message, stop_reason: raw });
    expect((await gateway.client.chat.completions.create({ model, messages: hello })).choices[0]?.finish_reason).toBe(finish);
    const [record] = await gateway.records();
    expect(record?.finishReason).toBe(raw);
  });
});
