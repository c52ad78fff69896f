import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { cutAfter, events, json, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider, Respond } from "./testing/fake-provider.ts";
import { chatAnswer, chunk, textChunks, usageChunk } from "./testing/openai-fixtures.ts";

const hello = [{ role: "user" as const, content: "Hello" }];
const page: Respond = (_call, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>");
const wholeStream = events(...textChunks, usageChunk, "[DONE]");
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(chatAnswer));
  gateway = await startAi(
    { openai: { apiKey: "sk-own", baseUrl: `${provider.url}/v1` } },
    { assistant: { targets: [{ model: "openai/gpt-5-mini" }] } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

describe("a chat completion whose provider speaks the caller's dialect", () => {
  it("arrives with its bytes as they were, but for the model and the credentials", async () => {
    const text = '{ "messages":[{"role":"user","content":"\\u0048i"}],\n "vendor_extra": {"model":"x", "n": 12345678901234567890}, "model" : "openai/gpt-5-mini"}';
    const answer = await gateway.post(text, { authorization: "Bearer callers-own", "openai-beta": "x=1" });
    expect(await answer.json()).toEqual({ ...chatAnswer, model: "openai/gpt-5-mini" });
    const [call] = provider.calls;
    expect(call?.text).toBe(text.replace("openai/gpt-5-mini", "gpt-5-mini"));
    expect(call?.path).toBe("/v1/chat/completions");
    expect(call?.headers).toMatchObject({ authorization: "Bearer sk-own", "openai-beta": "x=1", "content-type": "application/json" });
  });

  it("is written anew where it replays reasoning, which OpenAI itself refuses", async () => {
    const history = [...hello, { role: "assistant", content: "A", reasoning_content: "hm", reasoning_details: [] }, { role: "user", content: "B" }];
    const answer = await gateway.post({ model: "gpt-5-mini", messages: history, verbosity: "low" });
    expect(await answer.json()).toEqual({ ...chatAnswer, model: "gpt-5-mini", system_fingerprint: undefined, choices: [{ ...chatAnswer.choices[0], message: { role: "assistant", content: "Hé 漢", refusal: null } }] });
    expect(answer.headers.get("parley-warning")).toContain("reasoning_content");
    expect(provider.calls[0]?.body).toEqual({ model: "gpt-5-mini", messages: [...hello, { role: "assistant", content: "A" }, { role: "user", content: "B" }], verbosity: "low" });
  });

  it("is answered with the provider's very bytes where the model's name was not changed", async () => {
    const bytes = JSON.stringify(chatAnswer, null, 2);
    provider.respond = json(bytes, 200, { "x-request-id": "req_1", "x-ratelimit-remaining-requests": "9", "set-cookie": "a=b", "openai-organization": "ours" });
    const answer = await gateway.post({ model: "gpt-5-mini", messages: hello });
    expect(await answer.text()).toBe(bytes);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ "x-request-id": "req_1", "x-ratelimit-remaining-requests": "9" });
    expect(answer.headers.has("set-cookie") || answer.headers.has("openai-organization")).toBe(false);
  });

  it("leaves usage, cost and the provider's id in the record (APIParkLab/APIPark#296)", async () => {
    provider.respond = json(chatAnswer, 200, { "x-request-id": "req_1" });
    await gateway.client.chat.completions.create({ model: "assistant", messages: hello });
    const [record] = await gateway.records();
    expect(record).toMatchObject({
      provider: "openai", model: "gpt-5-mini", modelRequested: "assistant", dialectIn: "openai-chat", dialectOut: "openai-chat", stream: false, status: 200,
      inputTokens: 12, outputTokens: 5, cacheReadTokens: 4, reasoningTokens: 2, finishReason: "stop", providerRequestId: "req_1", attempts: 1, upstreamStatus: 200,
    });
    expect(record?.costUsd).toBeCloseTo((8 * 0.25 + 4 * 0.025 + 5 * 2) / 1e6, 12);
  });

  it("streams the provider's bytes, asks for usage and keeps it from a caller who did not (Portkey-AI/gateway#1389)", async () => {
    provider.respond = sse(wholeStream);
    const answer = await gateway.post({ model: "gpt-5-mini", messages: hello, stream: true });
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await answer.text()).toBe(events(...textChunks, "[DONE]"));
    expect(provider.calls[0]?.body["stream_options"]).toEqual({ include_usage: true });
    const [record] = await gateway.records();
    expect(record).toMatchObject({ stream: true, inputTokens: 12, outputTokens: 5, finishReason: "stop" });
  });

  it("gives the usage to a caller who asked for it, and names the model as asked in every chunk (Portkey-AI/gateway#1180)", async () => {
    provider.respond = sse(wholeStream);
    const stream = await gateway.client.chat.completions.create({ model: "assistant", messages: hello, stream: true, stream_options: { include_usage: true } });
    const chunks: ChatCompletionChunk[] = [];
    for await (const part of stream) chunks.push(part);
    expect(chunks).toEqual([...textChunks, usageChunk].map((part) => ({ ...part, model: "assistant" })));
  });

  it("gives each event on as soon as it has come", async () => {
    let release = (): void => {};
    provider.respond = async (_call, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(events(...textChunks.slice(0, 2)));
      await new Promise<void>((resolve) => (release = resolve));
      response.end(events(...textChunks.slice(2), "[DONE]"));
    };
    const stream = await gateway.client.chat.completions.create({ model: "gpt-5-mini", messages: hello, stream: true });
    let text = "";
    for await (const part of stream) {
      text += part.choices[0]?.delta.content ?? "";
      if (text === "Hé") release();
    }
    expect(text).toBe("Hé 漢");
  });

  it("tells of an error in the midst of a stream, and never ends it as if it were whole", async () => {
    provider.respond = sse(events(...textChunks.slice(0, 2), { error: { message: "overloaded", type: "server_error", code: null } }, "[DONE]"));
    const text = await (await gateway.post({ model: "gpt-5-mini", messages: hello, stream: true })).text();
    expect(text).toContain("overloaded");
    expect(text).not.toContain("[DONE]");
    provider.respond = sse(events(...textChunks.slice(0, 2), { error: { message: "overloaded" } }));
    await expect(drain(await gateway.client.chat.completions.create({ model: "gpt-5-mini", messages: hello, stream: true }))).rejects.toThrow("overloaded");
  });

  it.each([
    ["broken off", cutAfter(events(...textChunks.slice(0, 3)))],
    ["ended without its end", sse(events(...textChunks.slice(0, 3)))],
    ["ended in the midst of an event", sse(events(...textChunks.slice(0, 3)) + 'data: {"id":')],
  ])("ends a stream that was %s with an error event", async (_how, respond) => {
    provider.respond = respond;
    const text = await (await gateway.post({ model: "gpt-5-mini", messages: hello, stream: true })).text();
    expect(text.startsWith(events(...textChunks.slice(0, 3)))).toBe(true);
    expect(text).toContain('"code":"provider-broken"');
    expect(text).not.toContain("[DONE]");
    const [record] = await gateway.records();
    expect(record).toMatchObject({ error: "provider-broken", cutBy: "upstream" });
  });

  it("takes a stream with a finish reason and without [DONE] for a whole one", async () => {
    const text = events(...textChunks);
    provider.respond = sse(text);
    expect(await (await gateway.post({ model: "gpt-5-mini", messages: hello, stream: true })).text()).toBe(text);
  });

  it.each([
    ["an error with status 200", json({ error: { message: "quota", type: "insufficient_quota", code: "insufficient_quota" } }), 429],
    ["a page instead of an answer", page, 502],
    ["an empty answer", json(""), 502],
    ["cut JSON", json('{"choices":[{"mess'), 502],
    ["an error before the first content", sse(events(chunk({ role: "assistant", content: "" }), { error: { message: "quota" } })), 502],
    ["an empty stream", sse(""), 502],
  ])("answers %s with an error status, streamed or not", async (_what, respond, status) => {
    provider.respond = respond;
    for (const stream of [true, false]) {
      const answer = await gateway.post({ model: "gpt-5-mini", messages: hello, stream });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "application/json"]);
      expect(((await answer.json()) as { error: { message: string } }).error.message).toBeTruthy();
    }
  });

  it("streams the answer of a server that does not stream", async () => {
    provider.respond = json(chatAnswer);
    const stream = await gateway.client.chat.completions.create({ model: "gpt-5-mini", messages: hello, stream: true });
    let text = "";
    for await (const part of stream) text += part.choices[0]?.delta.content ?? "";
    expect(text).toBe("Hé 漢");
  });
});

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const part of stream) expect(part).toBeTruthy();
}
