import Anthropic from "@anthropic-ai/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { cutAfter, events, json, namedEvents, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";
import { chunk } from "./testing/openai-fixtures.ts";

const hello = [{ role: "user" as const, content: "Hello" }];
let provider: FakeProvider;
let gateway: AiGateway;
let client: Anthropic;

beforeEach(async () => {
  provider = await startProvider(json({ input_tokens: 42 }));
  gateway = await startAi({ anthropic: { apiKey: "a", baseUrl: provider.url }, openai: { apiKey: "o", baseUrl: `${provider.url}/v1` }, gemini: { apiKey: "g", baseUrl: provider.url }, chat: { kind: "openai-compatible", apiKey: "c", baseUrl: `${provider.url}/v1`, models: ["m"] }, sandbox: {} }, { assistant: { targets: [{ model: "anthropic/claude-haiku-4-5" }] } });
  client = new Anthropic({ apiKey: "unused", baseURL: gateway.url, maxRetries: 0 });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

describe("counting tokens for callers of messages", () => {
  it("is done by the provider where it can, and costs nothing", async () => {
    expect(await client.messages.countTokens({ model: "assistant", messages: hello })).toEqual({ input_tokens: 42 });
    expect(provider.calls[0]).toMatchObject({ path: "/v1/messages/count_tokens", body: { model: "claude-haiku-4-5" }, headers: { "x-api-key": "a", "anthropic-version": expect.any(String) as string } });
    expect((await gateway.records())[0]).not.toHaveProperty("inputTokens");
  });

  it.each(["openai/gpt-5-mini", "sandbox/echo"])("is an estimate that says so for %s", async (model) => {
    const { data, response } = await client.messages.countTokens({ model, system: "Be brief.", messages: [{ role: "user", content: "y".repeat(4000) }] }).withResponse();
    expect(data.input_tokens).toBeGreaterThanOrEqual(1000);
    expect(data.input_tokens).toBeLessThan(1100);
    expect(response.headers.get("parley-warning")).toContain("estimate");
    expect(provider.calls).toEqual([]);
  });
});

it("lists models as the caller's dialect has them", async () => {
  const page = await client.models.list();
  expect(page.data.find(({ id }) => id === "assistant")).toMatchObject({ type: "model", display_name: "assistant" });
  expect(await client.models.retrieve("sandbox/echo")).toMatchObject({ type: "model", id: "sandbox/echo" });
});

it("bills what was said at least, of a stream that nobody counted", async () => {
  const said = Array.from({ length: 40 }, (_, index) => chunk({ content: `word${index} ` }));
  provider.respond = cutAfter(events(chunk({ role: "assistant", content: "" }), ...said));
  await (await gateway.post({ model: "openai/gpt-5-mini", messages: [{ role: "user", content: "x".repeat(400) }], stream: true })).text();
  const [record] = await gateway.records();
  expect(record?.outputTokens).toBeGreaterThanOrEqual(40);
  expect(record?.outputTokens).toBeLessThan(120);
  expect(record?.inputTokens).toBeGreaterThanOrEqual(100);
  expect(record?.costUsd).toBeGreaterThan(0);
  expect(record?.warnings).toEqual([expect.stringContaining("estimated usage")]);
});

/** Forty words, and before them what is long and says nothing. */
const cutChat = events(chunk({ role: "assistant", content: "" }), ...Array.from({ length: 40 }, () => chunk({ content: "word " })));
const opening = { id: "resp_1", object: "response", status: "in_progress", instructions: "i".repeat(4000), output: [] };
const cutResponse = namedEvents(
  { type: "response.created", response: opening } as { type: string }, { type: "response.in_progress", response: opening } as { type: string },
  ...Array.from({ length: 40 }, (_, index) => ({ type: "response.output_text.delta", item_id: "msg_1", output_index: 0, content_index: 0, delta: "word ", sequence_number: index + 2 })),
);
const cutMessage = namedEvents(
  { type: "message_start", message: { id: "msg_1", type: "message", role: "assistant", model: "claude-haiku-4-5", content: [], stop_reason: null, container: "c".repeat(4000) } } as { type: string },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as { type: string },
  ...Array.from({ length: 40 }, () => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "word " } })),
);

it.each([
  { stream: "responses, translated", path: "/v1/responses", model: "chat/m", cut: cutChat, request: { input: "Hi" } },
  { stream: "responses, passed", path: "/v1/responses", model: "openai/gpt-5-mini", cut: cutResponse, request: { input: "Hi" } },
  { stream: "messages, translated", path: "/v1/messages", model: "chat/m", cut: cutChat, request: { messages: hello, max_tokens: 50 } },
  { stream: "messages, passed", path: "/v1/messages", model: "anthropic/claude-haiku-4-5", cut: cutMessage, request: { messages: hello, max_tokens: 50 } },
])("bills the words of a stream that was cut and not what opened it: $stream", async ({ path, model, cut, request }) => {
  provider.respond = cutAfter(cut);
  await (await fetch(gateway.url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ...request, model, stream: true }) })).text();
  const [record] = await gateway.records();
  expect(record?.warnings).toContainEqual(expect.stringContaining("estimated usage"));
  expect(record?.outputTokens).toBeGreaterThanOrEqual(40);
  expect(record?.outputTokens).toBeLessThan(60);
});

it("brings the signature of Gemini's call back to it, through a caller of messages", async () => {
  const part = { functionCall: { name: "weather", args: { city: "Köln" } }, thoughtSignature: "c2ln" };
  provider.respond = json({ candidates: [{ content: { role: "model", parts: [part] }, finishReason: "STOP" }] });
  const request = { model: "gemini/gemini-3-pro-preview", max_tokens: 50, tools: [{ name: "weather", input_schema: { type: "object" as const } }] };
  const answer = await client.messages.create({ ...request, messages: hello });
  const [call] = answer.content;
  if (call?.type !== "tool_use") throw new Error("no call");
  await client.messages.create({ ...request, messages: [...hello, { role: "assistant", content: [call] }, { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: "5" }] }] });
  const contents = provider.calls[1]?.body["contents"] as { parts: object[] }[];
  expect(contents[1]?.parts[0]).toMatchObject({ thoughtSignature: "c2ln" });
});

it("tells a call that the model got wrong from a plain stop", async () => {
  provider.respond = json({ candidates: [{ content: { parts: [] }, finishReason: "MALFORMED_FUNCTION_CALL" }] });
  const answer = await (await gateway.post({ model: "gemini/gemini-2.5-flash", messages: hello })).json();
  expect(answer).toMatchObject({ choices: [{ finish_reason: "stop", native_finish_reason: "MALFORMED_FUNCTION_CALL" }] });
  const response = await gateway.client.responses.create({ model: "gemini/gemini-2.5-flash", input: "Hi" });
  expect(response).toMatchObject({ status: "failed", error: { message: expect.stringContaining("MALFORMED_FUNCTION_CALL") as string } });
});
