import Anthropic from "@anthropic-ai/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { json, namedEvents, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const usage = { input_tokens: 5, output_tokens: 5 };
const citation = { type: "web_search_result_location", url: "https://example.com/a", title: "A", cited_text: "Sunny", encrypted_index: "x" };
const message = {
  id: "msg_1", type: "message", role: "assistant", model: "claude-haiku-4-5", stop_reason: "end_turn", usage: { ...usage, server_tool_use: { web_search_requests: 1 } },
  content: [
    { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "weather" } }, { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
    { type: "text", text: "Sunny.", citations: [citation] },
  ],
};
const response = {
  id: "resp_1", object: "response", status: "completed", model: "gpt-5-mini", usage: { ...usage, total_tokens: 10 },
  output: [
    { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "weather" } },
    { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [{ type: "output_text", text: "Sunny.", annotations: [{ type: "url_citation", url: "https://example.com/a", title: "A", start_index: 0, end_index: 6 }] }] },
  ],
};
const generated = { candidates: [{ content: { role: "model", parts: [{ text: "Sunny." }] }, finishReason: "STOP" }], usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 5, totalTokenCount: 10 } };
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider((call, answer) => json(call.path.includes("messages") ? message : call.path.includes("generateContent") ? generated : response)(call, answer));
  gateway = await startAi({
    openai: { kind: "openai", apiKey: "sk", baseUrl: `${provider.url}/v1` }, anthropic: { apiKey: "sk", baseUrl: provider.url }, gemini: { apiKey: "g", baseUrl: provider.url },
    mistral: { apiKey: "m", baseUrl: provider.url }, groups: { kind: "openai-compatible", baseUrl: `${provider.url}/v1` },
  });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

function ask(path: string, body: object): Promise<Response> {
  return fetch(gateway.url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

const place = { city: "Kyōto", country: "JP" };
const approximate = { type: "approximate", ...place };
const responsesTool = { type: "web_search", filters: { allowed_domains: ["example.com"] }, user_location: approximate, search_context_size: "low" };
const anthropicTool = { type: "web_search_20250305", name: "web_search", max_uses: 3, blocked_domains: ["example.org"], user_location: approximate };
const asked = { messages: [{ role: "user", content: "Weather?" }], max_tokens: 100 };

describe("a search of the web", () => {
  it("asked for as OpenAI's responses have it is Anthropic's, or Google's", async () => {
    const sent = await ask("/v1/responses", { model: "anthropic/claude-haiku-4-5", input: "Weather?", tools: [responsesTool] });
    expect(provider.calls[0]?.body["tools"]).toEqual([{ type: "web_search_20250305", name: "web_search", allowed_domains: ["example.com"], user_location: approximate }]);
    expect(sent.headers.get("parley-warning")).toContain('dropped;param="tools.search_context_size"');
    expect(await sent.json()).toMatchObject({ output: [{ type: "web_search_call" }, { type: "message", content: [{ text: "Sunny.", annotations: [{ type: "url_citation", url: "https://example.com/a", title: "A" }] }] }] });
    await ask("/v1/responses", { model: "gemini/gemini-2.5-flash", input: "Weather?", tools: [{ type: "web_search_preview" }] });
    expect(provider.calls[1]?.body["tools"]).toEqual([{ googleSearch: {} }]);
  });

  it("asked for as Anthropic has it is that of OpenAI's responses, because chat completions have none for every model", async () => {
    const client = new Anthropic({ apiKey: "unused", baseURL: gateway.url, maxRetries: 0 });
    const answer = await client.messages.create({ model: "openai/gpt-5-mini", max_tokens: 100, messages: [{ role: "user", content: "Weather?" }], tools: [anthropicTool as Anthropic.WebSearchTool20250305] });
    expect(provider.calls[0]).toMatchObject({ path: "/v1/responses", body: { tools: [{ type: "web_search", filters: { blocked_domains: ["example.org"] }, user_location: approximate }] } });
    expect(answer.content).toMatchObject([{ type: "server_tool_use" }, { type: "web_search_tool_result" }, { type: "text", text: "Sunny.", citations: [{ type: "web_search_result_location", url: "https://example.com/a" }] }]);
  });

  it("asked for as Google has it, with functions beside it, is OpenAI's and Anthropic's", async () => {
    const body = { contents: [{ role: "user", parts: [{ text: "Weather?" }] }], tools: [{ google_search: {} }, { functionDeclarations: [{ name: "now", description: "The time" }] }] };
    for (const model of ["openai/gpt-5-mini", "anthropic/claude-haiku-4-5"]) expect((await ask(`/v1beta/models/${model}:generateContent`, body)).status).toBe(200);
    expect(provider.calls.map((call) => (call.body["tools"] as { type?: string; name?: string }[]).map(({ type, name }) => type ?? name))).toEqual([["web_search", "function"], ["web_search_20250305", "now"]]);
  });

  it("asked for in a chat completion reaches whoever has one", async () => {
    const options = { search_context_size: "high", user_location: { type: "approximate", approximate: place } };
    const sent = await gateway.post({ ...asked, model: "anthropic/claude-haiku-4-5", web_search_options: options });
    expect(provider.calls[0]?.body["tools"]).toEqual([{ type: "web_search_20250305", name: "web_search", user_location: approximate }]);
    expect(sent.headers.get("parley-warning")).toContain("search_context_size");
    expect(await sent.json()).toMatchObject({ choices: [{ message: { content: "Sunny.", annotations: [{ type: "url_citation", url_citation: { url: "https://example.com/a" } }] } }] });
    await gateway.post({ ...asked, model: "gemini/gemini-2.5-flash", web_search_options: {} });
    expect(provider.calls[1]?.body["tools"]).toEqual([{ googleSearch: {} }]);
  });

  it("comes back in a stream as what was said, and where it was found", async () => {
    const named = (type: string, rest: object): { type: string } => ({ type, ...rest });
    const block = (index: number, start: object, delta?: object): { type: string }[] => [named("content_block_start", { index, content_block: start }), ...(delta ? [named("content_block_delta", { index, delta })] : []), named("content_block_stop", { index })];
    const events = [
      named("message_start", { message: { ...message, content: [], stop_reason: null } }), ...block(0, { ...message.content[0], input: {} }, { type: "input_json_delta", partial_json: '{"query":"weather"}' }), ...block(1, message.content[1] ?? {}),
      ...block(2, { type: "text", text: "" }, { type: "text_delta", text: "Sunny." }), named("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } }), named("message_stop", {}),
    ];
    provider.respond = (_call, answer) => void answer.writeHead(200, { "content-type": "text/event-stream" }).end(namedEvents(...events));
    const stream = await gateway.client.chat.completions.create({ model: "anthropic/claude-haiku-4-5", messages: [{ role: "user", content: "Weather?" }], web_search_options: {}, stream: true });
    let text = "";
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? "";
      expect(choices[0]?.delta.tool_calls).toBeUndefined();
    }
    expect(text).toBe("Sunny.");
  });

  it.each<[string, string, object]>([
    ["domains at Google", "gemini/gemini-2.5-flash", { tools: [anthropicTool] }],
    ["a provider without one", "mistral/mistral-small-latest", { tools: [anthropicTool] }],
    ["a server that may have none", "groups/some-model", { tools: [anthropicTool] }],
    ["another tool that only its own models know", "openai/gpt-5-mini", { tools: [{ type: "computer_20250124", name: "computer", display_width_px: 800, display_height_px: 600 }] }],
  ])("is refused by name for what cannot be said: %s", async (_what, model, body) => {
    const refused = await ask("/v1/messages", { ...asked, model, ...body });
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: { code: "unsupported-parameter", param: expect.stringContaining("tools") } }]);
    expect(provider.calls).toEqual([]);
  });
});
