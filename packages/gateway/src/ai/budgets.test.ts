import { describe, expect, it } from "vitest";
import { counted, startBudgeted } from "./testing/budgeted-gateway.ts";
import { events } from "./testing/fake-provider.ts";

const acme = (limits: NonNullable<Parameters<typeof startBudgeted>[0]["configuration"]>["consumers"]): { consumers: NonNullable<typeof limits> } => ({ consumers: limits ?? {} });
const limited = (...limits: ({ tokens: number; per: string; zone?: string } | { cost: string; per: string })[]) => acme({ acme: { key: "acme-secret", limits } });

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("it never came true");
}

describe("limits on tokens and cost", () => {
  it("are never overspent by calls at the same time, and all of them are used in the end (BerriAI/litellm#26672, BerriAI/litellm#11083)", async () => {
    await using gateway = await startBudgeted({ configuration: limited({ tokens: 1000, per: "month" }), respond: counted(10, 20) });
    const statuses: number[] = [];
    for (let round = 0; round < 4; round++) {
      statuses.push(...(await Promise.all(Array.from({ length: 25 }, async () => (await gateway.ask()).status))));
    }
    const spent = statuses.filter((status) => status === 200).length * 30;
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(spent).toBeLessThanOrEqual(1000);
    // What is left is less than a call can take.
    expect(spent).toBeGreaterThan(900);
    expect(gateway.provider.calls).toHaveLength(spent / 30);
  });

  it("refuse in the caller's dialect, with a code, and say when to come again", async () => {
    // A call of 10 tokens costs a cent.
    await using gateway = await startBudgeted({ configuration: limited({ cost: "0.09 USD", per: "month" }) });
    const first = await gateway.ask();
    expect(first.status).toBe(200);
    expect(first.headers.get("parley-budget")).toMatch(/^"consumer-month";limit=0\.090;remaining=0\.0\d\d;reset=\d+;unit=USD$/);
    const refused = await gateway.ask({ path: "/v1/messages", body: { max_tokens: 70 } });
    expect(refused.status).toBe(429);
    const body = (await refused.json()) as { type: string; error: { type: string; message: string } };
    expect(body).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
    expect(body.error.message).toContain("consumer-month");
    expect(refused.headers.get("x-should-retry")).toBe("false");
    const chat = await gateway.ask({ body: { max_tokens: 62 } });
    expect(await chat.json()).toMatchObject({ error: { code: "budget-exhausted" } });
    expect(Number(chat.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await gateway.ask({ body: { max_tokens: 1_000_000 } })).headers.has("retry-after")).toBe(false);
    const records = await gateway.records();
    expect(records[0]).toMatchObject({ costNanoUsd: 10_000_000, costUsd: 0.01 });
    expect(records.slice(1).map(({ error }) => error)).toEqual(["budget-exhausted", "budget-exhausted", "budget-exhausted"]);
    expect(gateway.provider.calls).toHaveLength(1);
  });

  it("say what is left in the fields that the SDKs look for, instead of the provider's own", async () => {
    const answer = { usage: { input_tokens: 5, output_tokens: 5 }, id: "m", type: "message", role: "assistant", model: "dear", content: [{ type: "text", text: "x" }], stop_reason: "end_turn" };
    await using gateway = await startBudgeted({
      configuration: limited({ tokens: 1000, per: "1m" }),
      respond: (call, response) => void response.writeHead(200, { "content-type": "application/json", "x-ratelimit-limit-tokens": "7", "x-ratelimit-limit-requests": "8" }).end(JSON.stringify({
        ...answer, choices: [{ index: 0, message: { role: "assistant", content: "x" }, finish_reason: "stop" }], usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 }, asked: call.path,
      })),
    });
    const chat = await gateway.ask();
    expect(chat.headers.get("x-ratelimit-limit-tokens")).toBe("1000");
    expect(chat.headers.get("x-ratelimit-limit-requests")).toBe("8");
    // What it took, and not what it had reserved.
    expect(chat.headers.get("x-ratelimit-remaining-tokens")).toBe("990");
    expect(chat.headers.get("x-ratelimit-reset-tokens")).toMatch(/^1m\d+s$/);
    const messages = await gateway.ask({ path: "/v1/messages" });
    expect(messages.headers.get("anthropic-ratelimit-tokens-limit")).toBe("1000");
    expect(Date.parse(messages.headers.get("anthropic-ratelimit-tokens-reset") ?? "")).toBeGreaterThan(Date.now());
    const stream = await gateway.ask({ body: { stream: true, messages: [{ role: "user", content: "Hi, how are you?" }] } });
    expect(stream.headers.get("x-ratelimit-remaining-tokens")).toMatch(/^9\d\d$/);
    await stream.body?.cancel();
  });

  it("say so in a refusal, too, in the words of the caller's SDK", async () => {
    await using gateway = await startBudgeted({ configuration: limited({ tokens: 1000, per: "1m" }, { cost: "0.5 USD", per: "month" }) });
    const chat = await gateway.ask({ body: { max_tokens: 2000 } });
    expect([chat.status, chat.headers.get("x-ratelimit-limit-tokens"), chat.headers.get("x-ratelimit-remaining-tokens")]).toEqual([429, "1000", "1000"]);
    expect(chat.headers.get("parley-budget")).toContain("limit=0.500;remaining=0.500");
    const messages = await gateway.ask({ path: "/v1/messages", body: { max_tokens: 2000 } });
    expect([messages.status, messages.headers.get("anthropic-ratelimit-tokens-remaining")]).toEqual([429, "1000"]);
  });

  it("hold for keys, teams, models and the endpoints as well, each by itself (APIParkLab/APIPark#103, APIParkLab/APIPark#323)", async () => {
    await using gateway = await startBudgeted({
      configuration: {
        consumers: {
          keyed: { key: "keyed-secret", keyLimits: [{ tokens: 100, per: "day" }] },
          one: { key: "one-secret", team: "research" },
          two: { key: "two-secret", team: "research" },
          free: { key: "free-secret" },
        },
        teams: { research: { limits: [{ tokens: 100, per: "day" }] } },
      },
      models: { assistant: { targets: [{ model: "own/dear" }], limits: [{ tokens: 100, per: "day" }] } },
      respond: counted(40, 20),
    });
    const status = async (key: string, model = "own/dear"): Promise<number> => (await gateway.ask({ key, body: { model } })).status;
    expect([await status("keyed-secret"), await status("keyed-secret"), await status("keyed-secret")]).toEqual([200, 429, 429]);
    expect([await status("one-secret"), await status("two-secret")]).toEqual([200, 429]);
    expect([await status("free-secret"), await status("free-secret"), await status("free-secret")]).toEqual([200, 200, 200]);
    expect([await status("free-secret", "assistant"), await status("free-secret", "assistant")]).toEqual([200, 429]);
    expect((await gateway.records()).find(({ consumer }) => consumer === "one")).toMatchObject({ team: "research" });
  });

  it("let a call that does not say how long its answer may be take what is left", async () => {
    await using gateway = await startBudgeted({ configuration: limited({ tokens: 60, per: "day" }), respond: counted(10, 30) });
    const ask = () => gateway.ask({ body: { max_tokens: undefined } });
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
  });

  it("are charged for a stream that its client left, and give back what it did not use (maximhq/bifrost#6972)", async () => {
    const chunk = (content: string) => ({ id: "c", object: "chat.completion.chunk", created: 1, model: "dear", choices: [{ index: 0, delta: { content }, finish_reason: null }] });
    let leave: () => void = () => {};
    const answering = new Promise<void>((resolve) => (leave = resolve));
    await using gateway = await startBudgeted({
      configuration: limited({ tokens: 100, per: "day" }),
      respond: (call, response) => {
        if (call.body["stream"] !== true) return counted(5, 5)(call, response);
        response.writeHead(200, { "content-type": "text/event-stream" }).write(events(...Array.from({ length: 8 }, () => chunk("word "))));
        leave();
        return undefined;
      },
    });
    const aborting = new AbortController();
    const answer = await gateway.ask({ body: { stream: true, max_tokens: 70 }, signal: aborting.signal });
    await answering;
    await answer.body?.getReader().read();
    // All is reserved as long as it runs.
    expect((await gateway.ask({ body: { max_tokens: 70 } })).status).toBe(429);
    aborting.abort();
    await until(async () => (await gateway.ask({ body: { max_tokens: 30 } })).status === 200);
    const left = (await gateway.records()).find(({ cutBy }) => cutBy === "client");
    expect(left?.outputTokens).toBeGreaterThanOrEqual(7);
    expect(left?.costNanoUsd).toBeGreaterThan(0);
    expect(left?.warnings?.join()).toContain("estimated usage");
  });

  it("have all left after a call that the provider refused, and its head says so", async () => {
    await using gateway = await startBudgeted({ configuration: limited({ tokens: 1000, per: "1m" }), respond: (_call, response) => void response.writeHead(429, { "content-type": "application/json" }).end('{"error":{"message":"slow"}}') });
    const refused = await gateway.ask();
    expect([refused.status, refused.headers.get("x-ratelimit-remaining-tokens")]).toEqual([429, "1000"]);
  });

  it("cost nothing where the provider refused, and nothing where it only counted (BerriAI/litellm#22726)", async () => {
    await using gateway = await startBudgeted({
      configuration: limited({ tokens: 60, per: "day" }),
      respond: (_call, response) => void response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ error: { message: "no", type: "invalid_request_error" } })),
    });
    for (let calls = 0; calls < 5; calls++) expect((await gateway.ask()).status).toBe(400);
    gateway.provider.respond = counted(20, 20);
    expect((await gateway.ask()).status).toBe(200);
    expect((await gateway.ask({ path: "/v1/messages/count_tokens" })).status).toBe(200);
  });

  it("survive the ledger's restart, and fail closed while it is away", async () => {
    await using gateway = await startBudgeted({ configuration: limited({ tokens: 100, per: "day" }), respond: counted(30, 20) });
    expect((await gateway.ask()).status).toBe(200);
    await gateway.stopLedger();
    const refused = await gateway.ask();
    expect([refused.status, ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([503, "budget-unavailable"]);
    await gateway.startLedger();
    await until(async () => (await gateway.ask()).status === 200);
    expect((await gateway.ask()).status).toBe(429);
  }, 30_000);

  it("say of a model without a price that its cost is not known, and refuse it where that is wanted", async () => {
    await using gateway = await startBudgeted({ configuration: limited({ cost: "1 USD", per: "day" }) });
    expect((await gateway.ask({ body: { model: "own/unknown" } })).status).toBe(200);
    const [record] = await gateway.records();
    expect(record?.costUsd).toBeUndefined();
    expect(record?.warnings?.join()).toContain("unpriced model");
    await using strict = await startBudgeted({ configuration: limited({ cost: "1 USD", per: "day" }), ai: { unpriced: "refuse" } });
    const refused = await strict.ask({ body: { model: "own/unknown" } });
    expect([refused.status, await refused.json()]).toMatchObject([403, { error: { code: "price-unknown" } }]);
  });
});
