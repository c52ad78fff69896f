import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { events, json, namedEvents, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const patch = "*** Begin Patch\n\"ä\"\n*** End Patch";
const called = { id: "msg_1", type: "message", role: "assistant", model: "claude", content: [{ type: "tool_use", id: "toolu_1", name: "apply_patch", input: { input: patch } }], stop_reason: "tool_use", usage: { input_tokens: 1, output_tokens: 2 } };
const pieces = JSON.stringify({ input: patch }).match(/.{1,7}/gs) ?? [];
const streamed = namedEvents(
  { type: "message_start", message: { ...called, content: [], stop_reason: null } } as never,
  { type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "toolu_1", name: "apply_patch", input: {} } } as never,
  ...pieces.map((piece) => ({ type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: piece } }) as never),
  { type: "content_block_stop", index: 0 } as never,
  { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 2 } } as never,
  { type: "message_stop" },
);
const geminiCall = { candidates: [{ content: { role: "model", parts: [{ functionCall: { name: "apply_patch", args: { input: patch } } }] }, finishReason: "STOP" }], usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 } };
const tool = { type: "custom" as const, name: "apply_patch", description: "Edits files.", format: { type: "grammar" as const, syntax: "lark" as const, definition: "start: \"x\"" } };
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(called));
  gateway = await startAi({ anthropic: { apiKey: "sk-ant", baseUrl: provider.url }, gemini: { apiKey: "g", baseUrl: provider.url } });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

describe("a tool that takes free text, towards providers whose tools take JSON", () => {
  it("is a function with one string there, and free text for the caller of responses", async () => {
    const { data, response } = await gateway.client.responses.create({ model: "anthropic/claude-sonnet-4-5", input: "Edit", tools: [tool], max_output_tokens: 100 }).withResponse();
    expect(data.output).toMatchObject([{ type: "custom_tool_call", call_id: "toolu_1", name: "apply_patch", input: patch }]);
    expect(provider.calls[0]?.body["tools"]).toMatchObject([{ name: "apply_patch", description: expect.stringMatching(/Edits files.*grammar.*start/s), input_schema: { properties: { input: { type: "string" } }, required: ["input"] } }]);
    expect(response.headers.get("parley-warning")).toContain("grammar");
  });

  it("is called again in the history as it was", async () => {
    const input = [{ type: "message" as const, role: "user" as const, content: "Edit" }, { type: "custom_tool_call" as const, call_id: "toolu_1", name: "apply_patch", input: patch }, { type: "custom_tool_call_output" as const, call_id: "toolu_1", output: "Done" }];
    await gateway.client.responses.create({ model: "anthropic/claude-sonnet-4-5", input, tools: [tool], max_output_tokens: 100 });
    expect(provider.calls[0]?.body["messages"]).toMatchObject([{}, { content: [{ type: "tool_use", id: "toolu_1", input: { input: patch } }] }, { content: [{ type: "tool_result", tool_use_id: "toolu_1" }] }]);
  });

  it.each([
    ["anthropic/claude-sonnet-4-5", (): string => streamed],
    ["gemini/gemini-2.5-flash", (): string => events(geminiCall)],
  ])("streams as free text from %s", async (model, text) => {
    provider.respond = sse(text());
    const types: string[] = [];
    let input = "";
    for await (const event of await gateway.client.responses.create({ model, input: "Edit", tools: [{ ...tool, format: { type: "text" } }], max_output_tokens: 100, stream: true })) {
      types.push(event.type);
      if (event.type === "response.custom_tool_call_input.done") input = event.input;
      if (event.type === "response.completed") expect(event.response.output).toMatchObject([{ type: "custom_tool_call", input: patch }]);
    }
    expect(input).toBe(patch);
    expect(types).not.toContain("response.function_call_arguments.delta");
  });

  it("is free text for the caller of chat completions, whole and streamed", async () => {
    const tools = [{ type: "custom" as const, custom: { name: "apply_patch" } }];
    const body = { model: "anthropic/claude-sonnet-4-5", messages: [{ role: "user" as const, content: "Edit" }], tools, max_tokens: 100 };
    const whole = await gateway.client.chat.completions.create(body);
    expect(whole.choices[0]?.message.tool_calls).toEqual([{ id: "toolu_1", type: "custom", custom: { name: "apply_patch", input: patch } }]);
    provider.respond = sse(streamed);
    let input = "";
    for await (const chunk of await gateway.client.chat.completions.create({ ...body, stream: true })) {
      for (const call of chunk.choices[0]?.delta.tool_calls ?? []) input += (call as { custom?: { input: string } }).custom?.input ?? "";
    }
    expect(input).toBe(patch);
  });
});

it("a message without max_tokens is refused as Anthropic does, whatever the provider", async () => {
  const refused = await fetch(`${gateway.url}/v1/messages`, { method: "POST", body: JSON.stringify({ model: "gemini/gemini-2.5-flash", messages: [{ role: "user", content: "Hi" }] }) });
  expect([refused.status, await refused.json()]).toMatchObject([400, { type: "error", error: { type: "invalid_request_error", message: expect.stringContaining("max_tokens"), param: "max_tokens" } }]);
  expect(provider.calls).toEqual([]);
});
