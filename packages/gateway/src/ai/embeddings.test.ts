import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { events, json, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const list = { object: "list", model: "text-embedding-3-small", data: [{ object: "embedding", index: 0, embedding: [0.5, -0.25] }], usage: { prompt_tokens: 4, total_tokens: 4 } };
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(list));
  const v1 = `${provider.url}/v1`;
  gateway = await startAi({ anthropic: { apiKey: "a", baseUrl: provider.url }, openai: { apiKey: "o", baseUrl: v1 }, gemini: { apiKey: "g", baseUrl: provider.url }, mistral: { apiKey: "m", baseUrl: v1 }, ollama: { baseUrl: provider.url } }, { vectors: { targets: [{ model: "openai/text-embedding-3-small" }] } });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

describe("embeddings", () => {
  it("pass to OpenAI with their bytes, but for the model, and are paid for (APIParkLab/APIPark#413)", async () => {
    const text = '{ "input":["\\u0048i",[1,2]], "new": 1, "model":"vectors"}';
    const answer = await fetch(`${gateway.url}/v1/embeddings`, { method: "POST", body: text });
    expect(await answer.json()).toEqual({ ...list, model: "vectors" });
    expect(provider.calls[0]).toMatchObject({ path: "/v1/embeddings", text: text.replace("vectors", "text-embedding-3-small"), headers: { authorization: "Bearer o" } });
    const [record] = await gateway.records();
    expect(record).toMatchObject({ inputTokens: 4, outputTokens: 0, model: "text-embedding-3-small" });
    expect(record?.costUsd).toBeGreaterThan(0);
  });

  it.each([
    ["gemini/gemini-embedding-001", { embeddings: [{ values: [0.5, -0.25] }, { values: [1, 2] }] }, "/v1beta/models/gemini-embedding-001:batchEmbedContents", { requests: ["a", "b"].map((text) => ({ model: "models/gemini-embedding-001", content: { parts: [{ text }] }, outputDimensionality: 2 })) }],
    ["mistral/mistral-embed", { data: [{ index: 1, embedding: [1, 2] }, { index: 0, embedding: [0.5, -0.25] }], usage: { prompt_tokens: 4 } }, "/v1/embeddings", { model: "mistral-embed", input: ["a", "b"], output_dimension: 2 }],
    ["ollama/nomic-embed-text", { embeddings: [[0.5, -0.25], [1, 2]], prompt_eval_count: 4 }, "/api/embed", { model: "nomic-embed-text", input: ["a", "b"], dimensions: 2 }],
  ])("are asked of %s in its own words, and come back in order", async (model, answer, path, asked) => {
    provider.respond = json(answer);
    for (const encoding of [undefined, "float"] as const) {
      const { data } = await gateway.client.embeddings.create({ model, input: ["a", "b"], dimensions: 2, ...(encoding && { encoding_format: encoding }) });
      expect(data.map(({ embedding }) => embedding)).toEqual([[0.5, -0.25], [1, 2]]);
    }
    expect(provider.calls[0]).toMatchObject({ path, body: asked });
  });

  it("are refused where the provider has none, or answers too few", async () => {
    await expect(gateway.client.embeddings.create({ model: "anthropic/claude-haiku-4-5", input: "a" })).rejects.toMatchObject({ status: 400, code: "unsupported-parameter" });
    await expect(gateway.client.embeddings.create({ model: "ollama/x", input: [[1, 2]] })).rejects.toMatchObject({ status: 400, param: "input" });
    provider.respond = json({ embeddings: [] });
    await expect(gateway.client.embeddings.create({ model: "ollama/x", input: ["a", "b"] })).rejects.toMatchObject({ status: 502, code: "provider-broken" });
  });
});

describe("embeddings for Ollama's callers", () => {
  const ask = (path: string, body: object): Promise<Response> => fetch(gateway.url + path, { method: "POST", body: JSON.stringify(body) });

  it.each([
    ["vectors", list, "/v1/embeddings", { model: "text-embedding-3-small", input: ["a"], encoding_format: "float" }],
    ["mistral/mistral-embed", list, "/v1/embeddings", { model: "mistral-embed", input: ["a"] }],
    ["ollama/nomic-embed-text", { embeddings: [[0.5, -0.25]], prompt_eval_count: 4 }, "/api/embed", { model: "nomic-embed-text", input: ["a"] }],
  ])("come from %s, are counted, and name what providers have no place for", async (model, answer, path, asked) => {
    provider.respond = json(answer);
    const embedded = await ask("/api/embed", { model, input: "a", keep_alive: "5m" });
    expect(embedded.headers.get("parley-warning")).toContain('dropped;param="keep_alive"');
    expect(await embedded.json()).toEqual({ model, embeddings: [[0.5, -0.25]], total_duration: 0, load_duration: 0, prompt_eval_count: 4 });
    expect(provider.calls[0]).toMatchObject({ path });
    expect(provider.calls[0]?.body).toEqual(asked);
    const older = await ask("/api/embeddings", { model, prompt: "a" });
    expect([await older.json(), older.headers.get("parley-warning")]).toEqual([{ embedding: [0.5, -0.25] }, null]);
    expect(await gateway.records()).toMatchObject([{ inputTokens: 4, dialectIn: "ollama-chat" }, { inputTokens: 4 }]);
  });

  it("are refused in Ollama's words, with no provider asked, where the request is wrong", async () => {
    for (const [path, body] of [["/api/embed", { model: "vectors" }], ["/api/embed", { model: "vectors", input: ["a", 1] }], ["/api/embed", { model: "vectors", input: [] }], ["/api/embeddings", { model: "vectors", prompt: ["a"] }]] as const) {
      const answer = await ask(path, body);
      expect([answer.status, typeof ((await answer.json()) as { error: unknown }).error]).toEqual([400, "string"]);
    }
    expect((await ask("/api/embed", { model: "nope", input: "a" })).status).toBe(404);
    expect((await ask("/api/embed", { model: "anthropic/claude-haiku-4-5", input: "a" })).status).toBe(400);
    expect(await (await fetch(`${gateway.url}/api/ps`)).json()).toEqual({ models: [] });
    expect(provider.calls.filter(({ method }) => method === "POST")).toEqual([]);
  });
});

it("passes moderations to the provider that has them, a model named or not", async () => {
  const result = { id: "modr-1", model: "omni-moderation-latest", results: [{ flagged: false }] };
  provider.respond = json(result);
  expect(await gateway.client.moderations.create({ input: "x" })).toEqual(result);
  expect(await gateway.client.moderations.create({ input: "x", model: "openai/omni-moderation-latest" })).toMatchObject({ model: "openai/omni-moderation-latest" });
  expect(provider.calls.map(({ path, body }) => [path, body["model"]])).toEqual([["/v1/moderations", undefined], ["/v1/moderations", "omni-moderation-latest"]]);
});

it("passes the older completions, whole and streaming, and counts them", async () => {
  const piece = (text: string, finish: string | null): object => ({ id: "cmpl-1", object: "text_completion", created: 1, model: "gpt-3.5-turbo-instruct", choices: [{ text, index: 0, logprobs: null, finish_reason: finish }] });
  const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
  provider.respond = json({ ...piece("Hé", "stop"), usage });
  const request = { model: "openai/gpt-3.5-turbo-instruct", prompt: "Say" };
  expect((await gateway.client.completions.create(request)).choices[0]?.text).toBe("Hé");
  provider.respond = sse(events(piece("H", null), piece("é", "stop"), { ...piece("", null), choices: [], usage }, "[DONE]"));
  let text = "";
  for await (const part of await gateway.client.completions.create({ ...request, stream: true })) text += part.choices[0]?.text ?? "";
  expect(text).toBe("Hé");
  expect(await gateway.records()).toMatchObject([{ inputTokens: 5, outputTokens: 2 }, { inputTokens: 5, outputTokens: 2, stream: true }]);
});
