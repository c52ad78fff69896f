import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { message, messageEvents } from "./testing/anthropic-fixtures.ts";
import { events, json, namedEvents, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";
import { chatAnswer, textChunks } from "./testing/openai-fixtures.ts";

const hello = [{ role: "user" as const, content: "Hello" }];
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(chatAnswer));
  gateway = await startAi({
    openai: { apiKey: "sk-own", baseUrl: `${provider.url}/v1` },
    hasty: { kind: "openai-compatible", models: ["quick"], apiKey: "sk-own", baseUrl: `${provider.url}/v1`, timeouts: { connect: "1s", firstByte: "100ms", idle: "100ms" } },
    anthropic: { apiKey: "sk-ant", baseUrl: provider.url },
    mistral: {},
    closed: { kind: "openai-compatible", baseUrl: "http://127.0.0.1:1/v1", models: ["far"] },
  });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

async function errorOf(answer: Response): Promise<Record<string, unknown>> {
  return ((await answer.json()) as { error: Record<string, unknown> }).error;
}

describe("what the caller did wrong", () => {
  it.each([
    ['{"model":"openai/gpt-5-mini",\n "messages":[}', 400, "malformed-json", "line 2, column 14"],
    ["", 400, "malformed-json", "empty"],
    ["[1]", 400, "malformed-json", "object"],
    ['{"messages":[]}', 400, "invalid-request", "model"],
    ['{"model":"openai/gpt-5-mini","messages":[],"model":"openai/gpt-5"}', 400, "invalid-request", "twice"],
    ['{"model":5,"messages":[]}', 400, "invalid-request", "a string, and is 5"],
    ['{"model":"anthropic/claude-sonnet-4-5","messages":[{"role":"user","content":7}]}', 400, "invalid-request", "messages[0].content"],
    ['{"model":"anthropic/claude-sonnet-4-5","messages":[{"role":"usr","content":"a"}]}', 400, "invalid-request", "messages[0].role"],
    ['{"model":"anthropic/claude-sonnet-4-5","messages":[{"role":"user","content":"a"}],"temperature":"hot"}', 400, "invalid-request", "temperature"],
  ])("is refused with the place: %s", async (body, status, code, words) => {
    const answer = await gateway.post(body);
    expect(answer.status).toBe(status);
    const error = await errorOf(answer);
    expect(error).toMatchObject({ code, type: "invalid_request_error" });
    expect(error["message"]).toContain(words);
    expect(error["fix"]).toBeTruthy();
    expect(answer.headers.get("parley-call-id")).toBe(error["call_id"]);
  });

  it("is a 404 that lists what there is, nearest first, for a model that nobody has", async () => {
    provider.respond = json({ data: [{ id: "gpt-5-mini" }] });
    const answer = await gateway.post({ model: "gpt-5-mni", messages: hello });
    expect(answer.status).toBe(404);
    const error = await errorOf(answer);
    expect(error).toMatchObject({ code: "unknown-model", param: "model" });
    expect(error["message"]).toMatch(/there is no model gpt-5-mni; there are openai\/gpt-5-mini, .* more$/);
  });

  it.each([
    ["groq/llama-3.3-70b-versatile", "the provider groq is not configured", "GROQ_API_KEY"],
    ["gemini-2.5-flash", "the provider gemini is not configured", "GEMINI_API_KEY"],
  ])("names the provider that %s needs and its variable, where that is known and not configured", async (model, words, variable) => {
    provider.respond = json({ data: [{ id: "gpt-5-mini" }] });
    const error = await errorOf(await gateway.post({ model, messages: hello }));
    expect(error).toMatchObject({ code: "unknown-model", message: expect.stringContaining(words), fix: expect.stringContaining(variable) });
  });
});

describe("what the provider answers", () => {
  it("arrives with status, body and Retry-After as they came, for the same dialect", async () => {
    const body = { error: { message: "Slow down", type: "requests", param: null, code: "rate_limit_exceeded" } };
    provider.respond = json(body, 429, { "retry-after": "7", "x-request-id": "req_9" });
    const answer = await gateway.post({ model: "openai/gpt-5-mini", messages: hello });
    expect(answer.status).toBe(429);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ "retry-after": "7", "x-request-id": "req_9" });
    expect(await answer.json()).toEqual(body);
    const [record] = await gateway.records();
    expect(record).toMatchObject({ error: "provider-error", errorDetail: "Slow down", status: 429, upstreamStatus: 429, attemptLog: [{ target: "openai/gpt-5-mini", status: 429, failure: "status" }] });
  });

  it("arrives as an error of the caller's dialect, for another one", async () => {
    provider.respond = json({ type: "error", error: { type: "invalid_request_error", message: "prompt is too long: 9 > 8" } }, 400);
    const error = await gateway.client.chat.completions.create({ model: "anthropic/claude-sonnet-4-5", messages: hello }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ status: 400, code: "context_length_exceeded", type: "invalid_request_error" });
    provider.respond = json({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, 529, { "retry-after": "3" });
    const answer = await gateway.post({ model: "anthropic/claude-sonnet-4-5", messages: hello });
    expect([answer.status, answer.headers.get("retry-after"), (await errorOf(answer))["message"]]).toEqual([529, "3", "Overloaded"]);
  });

  it.each([401, 403])("is the operator's fault and not the caller's when it is %s", async (status) => {
    provider.respond = json({ error: { message: "Incorrect API key provided: sk-own", code: "invalid_api_key" } }, status);
    const answer = await gateway.post({ model: "openai/gpt-5-mini", messages: hello });
    expect(answer.status).toBe(502);
    const text = await answer.text();
    expect(text).toContain("provider-unauthorized");
    expect(text).not.toContain("sk-own");
  });

  it("is told without its page where it is no JSON", async () => {
    provider.respond = (_call, response) => void response.writeHead(503, { "content-type": "text/html" }).end("<html><body>secret host</body></html>");
    const answer = await gateway.post({ model: "openai/gpt-5-mini", messages: hello });
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain("secret host");
  });

  it("is not followed where it is a redirect, which would take the key elsewhere", async () => {
    provider.respond = (_call, response) => void response.writeHead(307, { location: "/v1/elsewhere" }).end();
    expect((await gateway.post({ model: "openai/gpt-5-mini", messages: hello })).status).toBe(502);
    expect(provider.calls).toHaveLength(1);
  });
});

describe("a provider that is not there", () => {
  it("is a 502 in the caller's shape when nothing listens (Portkey-AI/gateway#267)", async () => {
    const answer = await gateway.post({ model: "closed/far", messages: hello });
    expect(answer.status).toBe(502);
    const error = await errorOf(answer);
    expect(error).toMatchObject({ code: "provider-unreachable", type: "server_error", message: "the provider closed could not be reached: the connection was refused" });
  });

  it("is a 503 that names the variable when its key is missing", async () => {
    const answer = await gateway.post({ model: "mistral/mistral-small-latest", messages: hello });
    expect(answer.status).toBe(503);
    const error = await errorOf(answer);
    expect(error["code"]).toBe("provider-key-missing");
    expect(`${error["message"] as string} ${error["fix"] as string}`).toContain("MISTRAL_API_KEY");
  });

  it("is a 504 when it never answers, and a 502 when it breaks off", async () => {
    provider.respond = () => {};
    expect((await gateway.post({ model: "hasty/quick", messages: hello })).status).toBe(504);
    provider.respond = (_call, response) => void response.socket?.destroy();
    expect((await gateway.post({ model: "openai/gpt-5-mini", messages: hello })).status).toBe(502);
  });

  it("ends a stream that pauses for too long with an error event", async () => {
    provider.respond = (_call, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).write(events(...textChunks.slice(0, 2)));
    const text = await (await gateway.post({ model: "hasty/quick", messages: hello, stream: true })).text();
    expect(text).toContain("provider-timeout");
    expect(text).not.toContain("[DONE]");
  });
});

describe("a client that goes away", () => {
  it.each([
    ["before the first token", "openai/gpt-5-mini", ""],
    ["in the midst of a passed-through stream", "openai/gpt-5-mini", events(...textChunks.slice(0, 2))],
    ["in the midst of a translated stream", "anthropic/claude-sonnet-4-5", namedEvents(...messageEvents.slice(0, 9))],
  ])("ends the call at the provider at once: %s (BerriAI/litellm#37140)", async (_when, model, text) => {
    const arrived = new Promise<void>((resolve) => {
      provider.respond = (_call, response) => {
        if (text !== "") response.writeHead(200, { "content-type": "text/event-stream" }).write(text);
        resolve();
      };
    });
    const controller = new AbortController();
    const asked = fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", signal: controller.signal, body: JSON.stringify({ model, messages: hello, stream: true }) });
    await arrived;
    if (text !== "") await (await asked).body?.getReader().read();
    controller.abort();
    await asked.catch(() => {});
    await provider.calls[0]?.abandoned;
    const [record] = await gateway.records();
    expect(record?.cutBy).toBe("client");
    if (model.startsWith("anthropic")) expect(record?.inputTokens).toBe(message.usage.input_tokens + 50);
  });
});
