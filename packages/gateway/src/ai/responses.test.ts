import type OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { message, messageEvents } from "./testing/anthropic-fixtures.ts";
import { cutAfter, json, namedEvents, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const answer = { id: "resp_1", object: "response", created_at: 1, status: "completed", model: "gpt-5-mini-2025", output: [{ id: "msg_1", type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text: "Hé", annotations: [] }] }], usage: { input_tokens: 9, input_tokens_details: { cached_tokens: 4 }, output_tokens: 3, output_tokens_details: { reasoning_tokens: 1 }, total_tokens: 12 } };
const created = { type: "response.created", sequence_number: 0, response: { ...answer, status: "in_progress", output: [], usage: null } };
const delta = { type: "response.output_text.delta", sequence_number: 1, item_id: "msg_1", output_index: 0, content_index: 0, delta: "Hé" };
const completed = { type: "response.completed", sequence_number: 2, response: answer };
const weather = { type: "function" as const, name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } }, strict: false };
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(answer));
  const openai = { kind: "openai", apiKey: "sk", baseUrl: `${provider.url}/v1` };
  gateway = await startAi({ openai, second: openai, anthropic: { apiKey: "sk-ant", baseUrl: provider.url }, sandbox: {} }, { assistant: { targets: [{ model: "openai/gpt-5-mini" }] }, any: { targets: [{ model: "openai/gpt-5-mini" }, { model: "second/gpt-5-mini" }] } });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

async function post(body: unknown): Promise<Response> {
  return await fetch(`${gateway.url}/v1/responses`, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
}

describe("a response from a provider that speaks responses", () => {
  it("passes with its bytes, but for the model and the credentials", async () => {
    const text = '{ "input": "\\u0048i", "new": {"model": 1}, "model" : "assistant" }';
    expect(await (await post(text)).json()).toEqual({ ...answer, model: "assistant" });
    expect(provider.calls[0]).toMatchObject({ path: "/v1/responses", text: text.replace("assistant", "gpt-5-mini") });
    const [record] = await gateway.records();
    expect(record).toMatchObject({ dialectIn: "openai-responses", dialectOut: "openai-responses", inputTokens: 9, outputTokens: 3, cacheReadTokens: 4, reasoningTokens: 1, finishReason: "completed" });
    expect(record?.costUsd).toBeGreaterThan(0);
  });

  it("streams the provider's bytes and names the model as asked", async () => {
    provider.respond = sse(namedEvents(created, delta, completed));
    expect(await (await post({ model: "assistant", input: "Hi", stream: true })).text()).toBe(namedEvents(created, delta, completed).replaceAll("gpt-5-mini-2025", "assistant"));
    expect((await gateway.records())[0]).toMatchObject({ inputTokens: 9, outputTokens: 3 });
  });

  it.each([
    ["a cut", cutAfter(namedEvents(created, delta))],
    ["an end in the midst", sse(namedEvents(created, delta))],
    ["an error event", sse(namedEvents(created, delta, { type: "error", code: "server_error", message: "broken" } as never))],
  ])("tells of %s with an error, in sequence", async (_what, respond) => {
    provider.respond = respond;
    const text = await (await post({ model: "assistant", input: "Hi", stream: true })).text();
    expect(text).toMatch(/event: error\ndata: .*"sequence_number":2/);
    expect(text).not.toContain("response.completed");
  });

  it("answers a failure before any content with its status, and passes one after it on", async () => {
    const failed = { type: "response.failed", sequence_number: 2, response: { ...answer, status: "failed", error: { code: "rate_limit_exceeded", message: "Slow" } } };
    provider.respond = sse(namedEvents(created, failed));
    expect((await post({ model: "assistant", input: "Hi", stream: true })).status).toBe(429);
    provider.respond = sse(namedEvents(created, delta, failed));
    expect(await (await post({ model: "openai/gpt-5-mini", input: "Hi", stream: true })).text()).toBe(namedEvents(created, delta, failed).replaceAll("gpt-5-mini-2025", "openai/gpt-5-mini"));
  });
});

describe("a response that a provider keeps", () => {
  it("is asked for, listed, cancelled and deleted where it was made", async () => {
    await gateway.client.responses.create({ model: "second/gpt-5-mini", input: "Hi", store: true });
    await gateway.client.responses.retrieve("resp_1", { include: ["reasoning.encrypted_content"] });
    await gateway.client.responses.inputItems.list("resp_1");
    await gateway.client.responses.cancel("resp_1");
    await gateway.client.responses.delete("resp_1");
    expect(provider.calls.slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1/responses/resp_1?include%5B%5D=reasoning.encrypted_content", "GET /v1/responses/resp_1/input_items", "POST /v1/responses/resp_1/cancel", "DELETE /v1/responses/resp_1",
    ]);
    const records = await gateway.records();
    expect(records.map((record) => record.provider)).toEqual(Array.from({ length: 5 }, () => "second"));
    expect(records[1]?.inputTokens).toBeUndefined();
  });

  it("is counted when it is made, and not again when it is read, whole or as a stream, to its end or not", async () => {
    await gateway.client.responses.create({ model: "second/gpt-5-mini", input: "Hi", store: true });
    for (const respond of [sse(namedEvents(created, delta, completed)), cutAfter(namedEvents(created, delta))]) {
      provider.respond = respond;
      await (await fetch(`${gateway.url}/v1/responses/resp_1?stream=true`)).text();
    }
    expect((await gateway.records()).map(({ inputTokens, outputTokens }) => [inputTokens === undefined, outputTokens === undefined])).toEqual([[false, false], [true, true], [true, true]]);
  });

  it("has its conversation go on there, whatever the alias names first", async () => {
    await gateway.client.responses.create({ model: "second/gpt-5-mini", input: "Hi" });
    await gateway.client.responses.create({ model: "any", input: "And?", previous_response_id: "resp_1" });
    expect((await gateway.records()).map((record) => record.provider)).toEqual(["second", "second"]);
  });

  it("is said to be elsewhere, where the model belongs to another provider", async () => {
    await gateway.client.responses.create({ model: "second/gpt-5-mini", input: "Hi" });
    const refused = await post({ model: "openai/gpt-5-mini", input: "And?", previous_response_id: "resp_1" });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { code: "invalid-request", param: "previous_response_id" } });
    const foreign = await post({ model: "anthropic/claude-sonnet-4-5", input: "And?", previous_response_id: "resp_9" });
    expect(await foreign.json()).toMatchObject({ error: { code: "unsupported-parameter", param: "previous_response_id" } });
  });

  it("is refused where it is not known which of several providers has it", async () => {
    await expect(gateway.client.responses.retrieve("resp_9")).rejects.toMatchObject({ status: 404, code: "unknown-response" });
    await expect(gateway.client.responses.create({ model: "any", input: "x", previous_response_id: "resp_9" })).rejects.toMatchObject({ status: 404, code: "unknown-response" });
    expect(provider.calls).toEqual([]);
  });
});

describe("a response from a provider that speaks something else", () => {
  const model = "anthropic/claude-sonnet-4-5";

  it("asks the same there, and brings signed reasoning back byte for byte", async () => {
    provider.respond = json(message);
    const first = await gateway.client.responses.create({ model, input: "Weather?", instructions: "Be brief.", tools: [weather], max_output_tokens: 3000, store: false });
    expect(first).toMatchObject({ object: "response", status: "completed", model, output_text: "I look it up.", instructions: "Be brief.", store: false, usage: { input_tokens: 60, input_tokens_details: { cached_tokens: 30 }, output_tokens: 7, total_tokens: 67 } });
    expect(first.output.map((item) => item.type)).toEqual(["reasoning", "message", "function_call", "function_call"]);
    const calls = first.output.filter((item) => item.type === "function_call");
    const results = calls.map(({ call_id }) => ({ type: "function_call_output" as const, call_id, output: "5" }));
    await gateway.client.responses.create({ model, tools: [weather], max_output_tokens: 3000, input: [{ role: "user", content: "Weather?" }, ...(first.output as OpenAI.Responses.ResponseInputItem[]), ...results] });
    expect(provider.calls[0]?.body).toMatchObject({ system: "Be brief.", messages: [{ role: "user", content: "Weather?" }], max_tokens: 3000 });
    expect(provider.calls[1]?.body["messages"]).toEqual([
      { role: "user", content: "Weather?" },
      { role: "assistant", content: message.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "5" }, { type: "tool_result", tool_use_id: "toolu_2", content: "5" }] },
    ]);
  });

  it("gives a provider no signatures but its own, when a conversation changes over", async () => {
    const own = { type: "reasoning", summary: [], encrypted_content: "b3du" };
    const foreign = { type: "reasoning", summary: [{ type: "summary_text", text: "hm" }], encrypted_content: "parley.gemini:eA==" };
    const rest = [{ role: "user", content: "Hi" }, { type: "function_call", call_id: "c1", name: "weather", arguments: "{}" }, { type: "function_call_output", call_id: "c1", output: "5" }];
    const answered = await post({ model: "openai/gpt-5-mini", input: [...rest, own, foreign, { role: "assistant", content: "5" }], prompt_cache_key: "k" });
    expect(answered.status).toBe(200);
    expect(provider.calls[0]?.body).toEqual({ model: "gpt-5-mini", prompt_cache_key: "k", include: ["reasoning.encrypted_content"], input: [...rest, own, { type: "message", role: "assistant", content: [{ type: "output_text", text: "5", annotations: [] }] }] });
  });

  it("streams as the SDK wants it, item after item", async () => {
    provider.respond = sse(namedEvents(...messageEvents));
    const stream = gateway.client.responses.stream({ model, input: "Weather?", tools: [weather], max_output_tokens: 100 });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    const final = await stream.finalResponse();
    expect(final.output).toMatchObject([
      { type: "reasoning", summary: [{ text: "Let me see." }], encrypted_content: "parley.anthropic-messages:c2lnbmVk" },
      { type: "message", content: [{ type: "output_text", text: "I look it up." }] },
      { type: "function_call", call_id: "toolu_1", arguments: '{"city":"Köln"}' }, { type: "function_call", call_id: "toolu_2", arguments: '{"city":"Köln"}' },
    ]);
    expect(types.slice(0, 4)).toEqual(["response.created", "response.in_progress", "response.output_item.added", "response.reasoning_summary_part.added"]);
    expect(types.at(-1)).toBe("response.completed");
  });

  it("fails in its own shape, before the first content and after it", async () => {
    provider.respond = sse(namedEvents(...messageEvents.slice(0, 9)));
    const text = await (await post({ model, input: "Hi", stream: true })).text();
    expect(text).toMatch(/event: response\.failed\n[\s\S]*event: error\n/);
    expect(text).not.toContain("response.completed");
    provider.respond = json({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, 529);
    await expect(gateway.client.responses.create({ model, input: "Hi" })).rejects.toMatchObject({ status: 529, message: expect.stringContaining("Overloaded") as string });
  });

  it("says that it ended early, and refuses tools that run at OpenAI", async () => {
    provider.respond = json({ ...message, stop_reason: "max_tokens" });
    expect(await gateway.client.responses.create({ model, input: "Hi" })).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    await expect(gateway.client.responses.create({ model, input: "Hi", tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] })).rejects.toMatchObject({ status: 400, code: "unsupported-parameter", param: "tools" });
  });

  it("works with the sandbox", async () => {
    expect((await gateway.client.responses.create({ model: "sandbox/echo", input: [{ role: "user", content: [{ type: "input_text", text: "Hello there" }] }] })).output_text).toBe("Hello there");
  });
});
