import { ApiError, GoogleGenAI } from "@google/genai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { message, messageEvents } from "./testing/anthropic-fixtures.ts";
import { cutAfter, events, json, namedEvents, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: 3, thoughtsTokenCount: 2, totalTokenCount: 14 };
const answer = { candidates: [{ content: { role: "model", parts: [{ text: "Hé" }] }, finishReason: "STOP", index: 0 }], usageMetadata, modelVersion: "gemini-2.5-flash", responseId: "r1" };
const chunks = [{ candidates: [{ content: { role: "model", parts: [{ text: "H" }] }, index: 0 }], usageMetadata: { promptTokenCount: 9 } }, answer];
const weather = { functionDeclarations: [{ name: "weather", parameters: { type: "OBJECT", properties: { city: { type: "STRING" } } } }] };
let provider: FakeProvider;
let gateway: AiGateway;
let client: GoogleGenAI;

beforeEach(async () => {
  provider = await startProvider(json(answer));
  gateway = await startAi({ gemini: { apiKey: "g", baseUrl: provider.url }, anthropic: { apiKey: "a", baseUrl: provider.url }, sandbox: {} }, { assistant: { targets: [{ model: "gemini/gemini-2.5-flash" }] } });
  client = new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: gateway.url, retryOptions: { attempts: 1 } } });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

async function post(path: string, body: unknown): Promise<Response> {
  return await fetch(`${gateway.url}/v1beta/models/${path}`, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
}

describe("generateContent from a provider that speaks it", () => {
  it("passes with its bytes, for an alias and for provider/model", async () => {
    const text = '{ "contents":[{"parts":[{"text":"\\u0048i"}]}], "new_thing": 1 }';
    expect(await (await post("assistant:generateContent", text)).json()).toEqual(answer);
    expect((await client.models.generateContent({ model: "gemini/gemini-2.5-flash", contents: "Hi" })).text).toBe("Hé");
    expect(provider.calls.map(({ path }) => path)).toEqual(Array.from({ length: 2 }, () => "/v1beta/models/gemini-2.5-flash:generateContent"));
    expect(provider.calls[0]).toMatchObject({ text, headers: { "x-goog-api-key": "g" } });
    expect((await gateway.records())[0]).toMatchObject({ dialectIn: "gemini", dialectOut: "gemini", inputTokens: 9, outputTokens: 5, reasoningTokens: 2, finishReason: "STOP", modelRequested: "assistant" });
  });

  it("streams the provider's events, and as a JSON list where events were not asked for", async () => {
    provider.respond = sse(events(...chunks));
    expect(await (await post("assistant:streamGenerateContent?alt=sse", { contents: [] })).text()).toBe(events(...chunks));
    const list = await post("assistant:streamGenerateContent", { contents: [] });
    expect(list.headers.get("content-type")).toContain("application/json");
    expect(await list.json()).toEqual(chunks);
    expect(provider.calls[1]?.path).toBe("/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
    expect((await gateway.records())[1]).toMatchObject({ inputTokens: 9, outputTokens: 5, finishReason: "STOP" });
  });

  it.each([
    ["a cut", cutAfter(events(chunks[0]))],
    ["an end in the midst", sse(events(chunks[0]))],
    ["an error", sse(events(chunks[0], { error: { code: 503, message: "overloaded", status: "UNAVAILABLE" } }))],
  ])("tells of %s with an error in the stream", async (_what, respond) => {
    provider.respond = respond;
    const stream = await client.models.generateContentStream({ model: "assistant", contents: "Hi" });
    await expect((async () => { for await (const chunk of stream) expect(chunk.text).toBe("H"); })()).rejects.toThrow();
    const list = (await (await post("assistant:streamGenerateContent", { contents: [] })).json()) as object[];
    expect(list.at(-1)).toHaveProperty("error.code");
  });

  it("counts tokens and embeds there, under the provider's name of the model", async () => {
    provider.respond = json({ totalTokens: 31 });
    expect((await client.models.countTokens({ model: "assistant", contents: "Hi" })).totalTokens).toBe(31);
    provider.respond = json({ embeddings: [{ values: [0.5] }] });
    expect((await client.models.embedContent({ model: "gemini/gemini-embedding-001", contents: "Hi" })).embeddings?.[0]?.values).toEqual([0.5]);
    expect(provider.calls[1]).toMatchObject({ path: "/v1beta/models/gemini-embedding-001:batchEmbedContents", body: { requests: [{ model: "models/gemini-embedding-001" }] } });
  });
});

describe("generateContent from a provider that speaks something else", () => {
  const model = "anthropic/claude-sonnet-4-5";

  it("asks the same there, and brings signed thoughts back byte for byte", async () => {
    provider.respond = json(message);
    const config = { systemInstruction: "Be brief.", tools: [weather as never], maxOutputTokens: 3000, stopSequences: ["X"], thinkingConfig: { thinkingBudget: 2000, includeThoughts: true } };
    const first = await client.models.generateContent({ model, contents: "Weather?", config });
    expect(first).toMatchObject({ text: "I look it up.", usageMetadata: { promptTokenCount: 60, cachedContentTokenCount: 30, candidatesTokenCount: 7 }, modelVersion: model });
    expect(first.functionCalls).toMatchObject([{ id: "toolu_1", name: "weather", args: { city: "Köln" } }, { id: "toolu_2" }]);
    const results = first.functionCalls!.map(({ id, name }) => ({ functionResponse: { id: id!, name: name!, response: { output: "5" } } }));
    await client.models.generateContent({ model, contents: [{ role: "user", parts: [{ text: "Weather?" }] }, first.candidates![0]!.content!, { role: "user", parts: results }], config });
    expect(provider.calls[0]?.body).toMatchObject({
      system: "Be brief.", max_tokens: 3000, stop_sequences: ["X"], thinking: { type: "enabled", budget_tokens: 2000 },
      tools: [{ name: "weather", input_schema: { type: "object", properties: { city: { type: "string" } } } }],
    });
    expect(provider.calls[1]?.body["messages"]).toEqual([
      { role: "user", content: "Weather?" }, { role: "assistant", content: message.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "5" }, { type: "tool_result", tool_use_id: "toolu_2", content: "5" }] },
    ]);
  });

  it("streams the same", async () => {
    provider.respond = sse(namedEvents(...messageEvents));
    const parts: unknown[] = [];
    let last: object | undefined;
    for await (const chunk of await client.models.generateContentStream({ model, contents: "Weather?", config: { tools: [weather as never] } })) {
      parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
      last = chunk;
    }
    expect(parts).toMatchObject([
      { text: "Let me", thought: true }, { text: " see.", thought: true }, { thought: true, thoughtSignature: Buffer.from("parley.anthropic-messages:c2lnbmVk").toString("base64") }, { text: "I look" }, { text: " it up." },
      { functionCall: { id: "toolu_1", args: { city: "Köln" } } }, { functionCall: { id: "toolu_2", args: { city: "Köln" } } }, { text: "" },
    ]);
    expect(last).toMatchObject({ candidates: [{ finishReason: "STOP" }], usageMetadata: { promptTokenCount: 60, candidatesTokenCount: 7 } });
  });

  it("matches results to calls that had no ids, by name and order", async () => {
    const call = (city: string): object => ({ functionCall: { name: "weather", args: { city } } });
    const result = (output: string): object => ({ functionResponse: { name: "weather", response: { output } } });
    await post(`${model}:generateContent`, { contents: [{ role: "model", parts: [call("a"), call("b")] }, { role: "user", parts: [result("1"), result("2")] }], system_instruction: { parts: [{ text: "S" }] }, generation_config: { max_output_tokens: 9 } });
    expect(provider.calls[0]?.body).toMatchObject({
      system: "S", max_tokens: 9,
      messages: [{ content: [{ id: "call_1", input: { city: "a" } }, { id: "call_2" }] }, { content: [{ tool_use_id: "call_1", content: "1" }, { tool_use_id: "call_2", content: "2" }] }],
    });
  });

  it("estimates tokens, and says so", async () => {
    const counted = await post("sandbox/echo:countTokens", { contents: [{ parts: [{ text: "x".repeat(400) }] }] });
    expect(counted.headers.get("parley-warning")).toContain("estimate");
    expect(((await counted.json()) as { totalTokens: number }).totalTokens).toBeGreaterThanOrEqual(100);
  });

  it("fails in Google's shape", async () => {
    const unknown = await client.models.generateContent({ model: "nothing-like-it", contents: "Hi" }).catch((error: unknown) => error);
    expect(unknown).toBeInstanceOf(ApiError);
    expect(unknown).toMatchObject({ status: 404, message: expect.stringContaining("unknown-model") as string });
    expect(await (await post(`${model}:generateContent`, { contents: "Hi", tools: [{ googleMaps: {} }] })).json()).toMatchObject({ error: { code: 400, status: "INVALID_ARGUMENT", details: [{ reason: "unsupported-parameter" }] } });
    expect(await (await post(`${model}:generateContent`, "{")).json()).toMatchObject({ error: { code: 400, details: [{ reason: "malformed-json" }] } });
  });

  it("works with the sandbox, and lists models", async () => {
    expect((await client.models.generateContent({ model: "sandbox/echo", contents: "Hello there" })).text).toBe("Hello there");
    expect(await (await fetch(`${gateway.url}/v1beta/models`)).json()).toMatchObject({ models: expect.arrayContaining([expect.objectContaining({ name: "models/assistant" })]) as unknown });
    expect((await client.models.get({ model: "sandbox/echo" })).name).toBe("models/sandbox/echo");
  });
});
