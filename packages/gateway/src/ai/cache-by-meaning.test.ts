import { describe, expect, it } from "vitest";
import type { KeptAnswer } from "./cache/answer-store.ts";
import { SemanticStore } from "./cache/semantic-store.ts";
import { sandboxEmbedding } from "./sandbox/sandbox-embedding.ts";
import { type BudgetedGateway, type BudgetedOptions, counted, startBudgeted } from "./testing/budgeted-gateway.ts";
import { events, json, sse } from "./testing/fake-provider.ts";
import type { Respond } from "./testing/fake-provider.ts";

/** The provider's embeddings are the sandbox's, and cost 1,000 USD for a million tokens. */
const embed: Respond = (call, response) => {
  const data = (call.body["input"] as string[]).map((text, index) => ({ object: "embedding", index, embedding: sandboxEmbedding(text) }));
  return json({ object: "list", model: "vectors", data, usage: { prompt_tokens: 3, total_tokens: 3 } })(call, response);
};
const answering = (chat: Respond, vectors: Respond = embed): Respond => (call, response) => (call.path.endsWith("/embeddings") ? vectors : chat)(call, response);
const semantic = { cache: { exact: {}, semantic: { model: "own/vectors", threshold: 0.8 } }, prices: { "own/dear": { input: 1000, output: 1000 }, "own/vectors": { input: 1000 } } };

const start = (options: Partial<BudgetedOptions> = {}) => startBudgeted({ ai: semantic, respond: answering(counted(5, 5)), ...options });
const says = (content: unknown, more: Record<string, unknown> = {}) => ({ body: { messages: [{ role: "user", content }], ...more } });
const cacheOf = async (gateway: BudgetedGateway, options: Parameters<BudgetedGateway["ask"]>[0]): Promise<string> => {
  const answer = await gateway.ask(options);
  await answer.text();
  return `${answer.status} ${answer.headers.get("parley-cache")}`;
};

describe("the semantic cache", () => {
  it("answers a question that means the same, says how near it is, and counts what looking cost", async () => {
    await using gateway = await start();
    const first = await gateway.ask(says("What is the capital of France?"));
    const answer = await first.text();
    expect(first.headers.get("parley-cache")).toBe("miss");
    const second = await gateway.ask(says("Please tell me the capital of France"));
    expect([second.headers.get("parley-cache"), await second.text()]).toEqual(["hit;kind=semantic;similarity=1.000", answer]);
    expect(second.headers.has("age")).toBe(true);
    expect(await cacheOf(gateway, says("What is the capital of France?"))).toBe("200 hit");
    expect(await cacheOf(gateway, says("Who painted the Mona Lisa?"))).toBe("200 miss");
    const records = await gateway.records();
    expect(records[0]).toMatchObject({ cache: "miss", inputTokens: 5, outputTokens: 5, costNanoUsd: 13_000_000, costUsd: 0.013, model: "dear", attempts: 1 });
    expect(records[1]).toMatchObject({ cache: "hit", costNanoUsd: 3_000_000, model: "dear" });
    expect(records[1]?.cacheSimilarity).toBeCloseTo(1, 5);
    expect(records[1]?.inputTokens).toBeUndefined();
    expect(records[2]).toMatchObject({ cache: "hit", costNanoUsd: 0 });
    expect(records[2]?.cacheSimilarity).toBeUndefined();
  });

  it("compares the last question only: everything else has to be the same", async () => {
    await using gateway = await start();
    const about = (text: string, system = "Be brief.", more = {}) => ({ body: { messages: [{ role: "system", content: system }, { role: "user", content: "Hello" }, { role: "assistant", content: "Yes?" }, { role: "user", content: text }], ...more } });
    expect(await cacheOf(gateway, about("the capital of France"))).toBe("200 miss");
    expect(await cacheOf(gateway, about("capital of France?"))).toContain("200 hit;kind=semantic");
    expect(await cacheOf(gateway, about("capital of France?", "Be long."))).toBe("200 miss");
    expect(await cacheOf(gateway, about("the capital of France", "Be brief.", { temperature: 0.1 }))).toBe("200 miss");
    expect(await cacheOf(gateway, about("the capital of France", "Be brief.", { model: "own/unknown" }))).toBe("200 miss");
    expect(await cacheOf(gateway, says("capital of France?"))).toBe("200 miss");
    const picture = (data: string) => says([{ type: "text", text: "the capital of France" }, { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } }]);
    expect(await cacheOf(gateway, picture("AAAA"))).toBe("200 miss");
    expect(await cacheOf(gateway, picture("BBBB"))).toBe("200 miss");
  });

  it("never gives a consumer another's answer unless they share", async () => {
    const configuration = { consumers: { acme: { key: "acme-secret" }, other: { key: "other-secret" } } };
    await using apart = await start({ configuration });
    await cacheOf(apart, says("the capital of France"));
    expect(await cacheOf(apart, { ...says("capital of France"), key: "other-secret" })).toBe("200 miss");
    await using shared = await start({ configuration, ai: { ...semantic, cache: { exact: { scope: "shared" }, semantic: semantic.cache.semantic } } });
    await cacheOf(shared, says("the capital of France"));
    expect(await cacheOf(shared, { ...says("capital of France"), key: "other-secret" })).toContain("hit;kind=semantic");
  });

  it("replays streams", async () => {
    const chunk = (delta: object, finish: string | null = null) => ({ id: "c", object: "chat.completion.chunk", created: 1, model: "dear", choices: [{ index: 0, delta, finish_reason: finish }] });
    const text = events(chunk({ content: "Paris" }), chunk({}, "stop"), "[DONE]");
    await using gateway = await start({ respond: answering(sse(text)) });
    const whole = await (await gateway.ask(says("the capital of France", { stream: true }))).text();
    const again = await gateway.ask(says("capital of France?", { stream: true }));
    expect([again.headers.get("content-type"), again.headers.get("parley-cache"), await again.text()]).toEqual(["text/event-stream; charset=utf-8", "hit;kind=semantic;similarity=1.000", whole]);
    expect(await cacheOf(gateway, says("capital of France?"))).not.toContain("hit");
  });

  it.each<[string, Respond]>([
    ["fails", json({ error: { message: "no" } }, 500)],
    ["answers what is no vector", json({ data: [{ embedding: "?" }] })],
    ["does not answer", () => {}],
  ])("does without where the embeddings model %s", async (_what, vectors) => {
    await using gateway = await start({ respond: answering(counted(5, 5), vectors), ai: { ...semantic, cache: { exact: {}, semantic: { ...semantic.cache.semantic, timeout: "300ms" } } } });
    for (const text of ["one", "two", "three", "four"]) expect(await cacheOf(gateway, says(text))).toBe("200 miss");
    expect(await cacheOf(gateway, says("one"))).toBe("200 hit");
    const asked = gateway.provider.calls.filter(({ path }) => path.endsWith("/embeddings"));
    expect(asked).toHaveLength(3);
    expect((await gateway.records())[0]?.warnings?.join()).toContain("semantic cache");
  });

  it("takes the embedding out of budgets, once", async () => {
    const configuration = { consumers: { acme: { key: "acme-secret", limits: [{ tokens: 1000, per: "day" as const }] } } };
    await using gateway = await start({ configuration });
    const left = async (text: string) => Number((await gateway.ask(says(text))).headers.get("x-ratelimit-remaining-tokens"));
    await left("the capital of France");
    expect(await cacheOf(gateway, says("capital of France?"))).toContain("hit;kind=semantic");
    const before = await left("one");
    const after = await left("two");
    // Each took 3 tokens of the embeddings model and 10 of the other; both reserve the same.
    expect(before - after).toBe(13);
  });

  it("passes requests that end with something else, and heeds no-cache", async () => {
    await using gateway = await start();
    await cacheOf(gateway, says("the capital of France"));
    expect(await cacheOf(gateway, { ...says("capital of France?"), headers: { "cache-control": "no-cache" } })).toBe("200 miss");
    const before = gateway.provider.calls.length;
    expect(await cacheOf(gateway, { body: { messages: [{ role: "user", content: "Hi" }, { role: "assistant", content: "The" }] } })).toBe("200 miss");
    expect(gateway.provider.calls).toHaveLength(before + 1);
  });
});

describe("SemanticStore", () => {
  const answer = (bytes: number, keptAt = 0): KeptAnswer => ({ rawHeaders: [], chunks: [Buffer.alloc(bytes)], bytes, keptAt, provider: undefined, model: undefined, finishReason: undefined });
  const axis = (index: number) => Float32Array.from({ length: 8 }, (_, at) => (at === index ? 1 : 0));

  it("stays within its number, its bytes and its time", async () => {
    const store = new SemanticStore({ ttlMs: 1000, maxEntries: 5, maxBytes: 100_000, threshold: 0.9 });
    for (let index = 0; index < 8; index++) store.put(`k${index}`, { group: "g", vector: axis(index), answer: answer(10) });
    expect(store.size).toBe(5);
    expect(await store.find("g", axis(0), 1)).toBeNull();
    expect((await store.find("g", axis(3), 1))?.similarity).toBe(1);
    store.put("new", { group: "g", vector: axis(0), answer: answer(10) });
    expect(await store.find("g", axis(4), 1)).toBeNull();
    expect(await store.find("g", axis(3), 1)).not.toBeNull();
    expect(await store.find("g", axis(3), 1000)).toBeNull();
    expect([store.size, store.bytes]).toEqual([0, 0]);
    for (let index = 0; index < 100; index++) store.put(`b${index}`, { group: `g${index}`, vector: axis(0), answer: answer(24_000) });
    expect(store.bytes).toBeLessThanOrEqual(100_000);
    store.put("large", { group: "h", vector: axis(0), answer: answer(30_000) });
    expect(await store.find("h", axis(0), 1)).toBeNull();
  });

  it("gives the nearest, and none of another length", async () => {
    const store = new SemanticStore({ ttlMs: 1000, maxEntries: 5, maxBytes: 100_000, threshold: 0.5 });
    store.put("far", { group: "g", vector: Float32Array.of(0.6, 0.8), answer: answer(1) });
    store.put("near", { group: "g", vector: Float32Array.of(0.8, 0.6), answer: answer(2) });
    expect((await store.find("g", Float32Array.of(1, 0), 1))?.answer.bytes).toBe(2);
    expect(await store.find("g", Float32Array.of(1, 0, 0), 1)).toBeNull();
  });
});
