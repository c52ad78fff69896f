import { describe, expect, it } from "vitest";
import { AnswerStore } from "./cache/answer-store.ts";
import { type BudgetedOptions, counted, startBudgeted } from "./testing/budgeted-gateway.ts";
import { cutAfter, events, sse } from "./testing/fake-provider.ts";

const exact = (more: NonNullable<NonNullable<NonNullable<BudgetedOptions["ai"]>["cache"]>["exact"]> = {}) => ({ cache: { exact: more } });
const two = { consumers: { acme: { key: "acme-secret" }, other: { key: "other-secret" } } };
const chunk = (delta: object, finish: string | null = null) => ({ id: "c", object: "chat.completion.chunk", created: 1, model: "dear", choices: [{ index: 0, delta, finish_reason: finish }] });

describe("the exact cache", () => {
  it("gives the same answer to the same request, whatever its order, and takes nothing for it", async () => {
    await using gateway = await startBudgeted({ ai: exact(), configuration: { consumers: { acme: { key: "acme-secret", limits: [{ tokens: 60, per: "day" }] } } } });
    const first = await gateway.ask({ body: { temperature: 0.5, top_p: 1 } });
    expect(first.headers.get("parley-cache")).toBe("miss");
    const answer = await first.text();
    for (let again = 0; again < 8; again++) {
      const hit = await gateway.ask({ body: { top_p: 1, temperature: 0.5 } });
      expect([hit.status, hit.headers.get("parley-cache"), await hit.text()]).toEqual([200, "hit", answer]);
      expect(hit.headers.has("age")).toBe(true);
    }
    expect((await gateway.ask({ body: { temperature: 0.6 } })).headers.get("parley-cache")).toBe("miss");
    expect(gateway.provider.calls).toHaveLength(2);
    const records = await gateway.records();
    expect(records[1]).toMatchObject({ cache: "hit", costNanoUsd: 0, provider: "own", model: "dear" });
    expect(records[1]?.inputTokens).toBeUndefined();
  });

  it("keeps consumers apart unless they share", async () => {
    await using apart = await startBudgeted({ ai: exact(), configuration: two });
    await apart.ask();
    expect((await apart.ask({ key: "other-secret" })).headers.get("parley-cache")).toBe("miss");
    await using shared = await startBudgeted({ ai: exact({ scope: "shared" }), configuration: two });
    await shared.ask();
    expect((await shared.ask({ key: "other-secret" })).headers.get("parley-cache")).toBe("hit");
  });

  it("replays a stream as a stream, and keeps none that broke off", async () => {
    const text = events(chunk({ content: "Hello" }), chunk({ content: " you" }), chunk({}, "stop"), { ...chunk({}), choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }, "[DONE]");
    await using gateway = await startBudgeted({ ai: exact(), respond: cutAfter(events(chunk({ content: "Hello" }))) });
    const ask = () => gateway.ask({ body: { stream: true } });
    expect(await (await ask()).text()).toContain("provider-broken");
    gateway.provider.respond = sse(text);
    const first = await ask();
    expect(first.headers.get("parley-cache")).toBe("miss");
    const whole = await first.text();
    const second = await ask();
    expect([second.headers.get("parley-cache"), second.headers.get("content-type")]).toEqual(["hit", "text/event-stream; charset=utf-8"]);
    expect(await second.text()).toBe(whole);
    expect((await gateway.ask()).headers.get("parley-cache")).toBe("miss");
  });

  it("heeds no-store and no-cache, and leaves tools, errors and kept conversations alone", async () => {
    await using gateway = await startBudgeted({ ai: exact() });
    const cacheOf = async (options: Parameters<typeof gateway.ask>[0] = {}): Promise<string | null> => (await gateway.ask(options)).headers.get("parley-cache");
    expect(await cacheOf({ headers: { "cache-control": "no-store" } })).toBe("bypass");
    expect(await cacheOf()).toBe("miss");
    expect(await cacheOf({ headers: { "cache-control": "no-cache" } })).toBe("miss");
    expect(await cacheOf()).toBe("hit");
    expect(await cacheOf({ body: { tools: [{ type: "function", function: { name: "send", parameters: {} } }] } })).toBe("bypass");
    expect(await cacheOf({ body: { store: true } })).toBe("bypass");
    gateway.provider.respond = (_call, response) => void response.writeHead(500).end("{}");
    expect([await cacheOf({ body: { seed: 1 } }), await cacheOf({ body: { seed: 1 } })]).toEqual(["miss", "miss"]);
    gateway.provider.respond = counted(1, 1);
    expect([await cacheOf({ body: { seed: 1 } }), await cacheOf({ body: { seed: 1 } })]).toEqual(["miss", "hit"]);
  });

  it("gives no consumer what its guardrails would have blacked out", async () => {
    await using gateway = await startBudgeted({
      ai: { ...exact({ scope: "shared" }), guardrails: { privacy: { consumers: ["other"], detect: ["email"], on: ["output"] } } },
      configuration: two, respond: counted(1, 1, "bob@example.org"),
    });
    expect(await (await gateway.ask()).text()).toContain("bob@example.org");
    expect(await (await gateway.ask({ key: "other-secret" })).text()).toContain("[redacted: email]");
  });

  it("stays within its bytes and its time", () => {
    const store = new AnswerStore({ ttlMs: 1000, maxBytes: 10_000 });
    const answer = (bytes: number, keptAt: number) => ({ rawHeaders: [], chunks: [Buffer.alloc(bytes)], bytes, keptAt, provider: undefined, model: undefined, finishReason: undefined });
    for (let index = 0; index < 100; index++) {
      store.put(`k${index}`, answer(1000, 0));
      expect(store.bytes).toBeLessThanOrEqual(10_000);
    }
    expect(store.get("k99", 500)).toBeDefined();
    expect(store.get("k0", 500)).toBeUndefined();
    expect(store.get("k99", 1000)).toBeUndefined();
    store.put("large", answer(9_000, 0));
    expect(store.get("large", 1)).toBeUndefined();
  });
});
