import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const ranked = [{ index: 1, relevance_score: 0.9 }, { index: 0, relevance_score: 0.1 }];
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json({ id: "r1", results: ranked, meta: { api_version: { version: "2" }, billed_units: { search_units: 1 } } }));
  gateway = await startAi({
    cohere: { apiKey: "co", baseUrl: provider.url }, jina: { apiKey: "ji", baseUrl: `${provider.url}/v1` }, voyage: { apiKey: "vo", baseUrl: `${provider.url}/v1` }, anthropic: { apiKey: "an", baseUrl: provider.url }, sandbox: {},
  });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

async function rank(body: object, path = "/v1/rerank"): Promise<[number, Record<string, unknown>]> {
  const answer = await fetch(`${gateway.url}${path}`, { method: "POST", body: JSON.stringify({ query: "q", documents: ["one", { text: "two" }], ...body }) });
  return [answer.status, (await answer.json()) as Record<string, unknown>];
}

describe("a ranking of texts", () => {
  it.each(["/v1/rerank", "/v2/rerank"])("is asked of Cohere in its second version, by %s", async (path) => {
    const [status, body] = await rank({ model: "cohere/rerank-v3.5", top_n: 2, return_documents: true }, path);
    expect([status, provider.calls[0]?.path, provider.calls[0]?.body]).toEqual([200, "/v2/rerank", { model: "rerank-v3.5", query: "q", documents: ["one", "two"], top_n: 2 }]);
    expect(body).toMatchObject({ id: "r1", model: "cohere/rerank-v3.5", results: [{ index: 1, relevance_score: 0.9, document: { text: "two" } }, { index: 0 }], meta: { billed_units: { search_units: 1 } } });
  });

  it("is asked of Voyage in its own words, and counted", async () => {
    provider.respond = json({ object: "list", data: ranked, model: "rerank-2.5", usage: { total_tokens: 26 } });
    const [, body] = await rank({ model: "voyage/rerank-2.5", top_n: 2 });
    expect(provider.calls[0]).toMatchObject({ path: "/v1/rerank", body: { model: "rerank-2.5", top_k: 2 } });
    expect(body).toMatchObject({ results: ranked, usage: { total_tokens: 26 } });
    expect((await gateway.records())[0]).toMatchObject({ provider: "voyage", inputTokens: 26 });
  });

  it("passes to servers of Jina's shape with its bytes", async () => {
    const answer = { model: "jina-reranker-v3", usage: { total_tokens: 5 }, results: ranked };
    provider.respond = json(answer);
    expect(await rank({ model: "jina/jina-reranker-v3", truncation: true })).toEqual([200, { ...answer, model: "jina/jina-reranker-v3" }]);
    expect(provider.calls[0]).toMatchObject({ path: "/v1/rerank", body: { model: "jina-reranker-v3", truncation: true, documents: ["one", { text: "two" }] } });
  });

  it("is refused by name where it cannot be had", async () => {
    expect(await rank({ model: "anthropic/claude-sonnet-4-5" })).toMatchObject([400, { error: { code: "unsupported-parameter", param: "model" } }]);
    expect(await rank({ model: "sandbox/echo" })).toMatchObject([400, { error: { code: "unsupported-parameter" } }]);
    expect(await rank({ model: "cohere/rerank-v3.5", rank_fields: ["a"] })).toMatchObject([400, { error: { param: "rank_fields" } }]);
    expect(await rank({ model: "cohere/rerank-v3.5", documents: [{ image: "x" }] })).toMatchObject([400, { error: { param: "documents[0]" } }]);
    expect(provider.calls).toEqual([]);
  });

  it("that is none is a broken answer", async () => {
    provider.respond = json({ id: "r1" });
    expect(await rank({ model: "cohere/rerank-v3.5" })).toMatchObject([502, { error: { code: "provider-broken" } }]);
  });
});
