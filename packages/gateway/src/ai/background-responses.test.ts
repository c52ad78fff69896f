import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startGateway } from "../main/gateway-under-test.ts";
import type { GatewayUnderTest } from "../main/gateway-under-test.ts";
import { compileAi } from "./index.ts";
import { ObjectOwners } from "./models/object-owners.ts";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { json, namedEvents, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider, Respond } from "./testing/fake-provider.ts";
import { BudgetBook } from "./budgets/budget-book.ts";
import { provider as providerSchema } from "@parley/contract/config/ai";

const usage = { input_tokens: 40, output_tokens: 60, total_tokens: 100 };
const response = (id: string, status: string, more: object = {}): object => ({ id, object: "response", status, background: true, model: "gpt-5-mini-2025-08-07", service_tier: "default", output: [], usage: status === "completed" ? usage : null, ...more });
const created = (id: string): { type: string; sequence_number: number; response: object } => ({ type: "response.created", sequence_number: 0, response: response(id, "queued") });
const delta = { type: "response.output_text.delta", sequence_number: 1, item_id: "m", output_index: 0, content_index: 0, delta: "Hé" };
const completed = (id: string): { type: string; sequence_number: number; response: object } => ({ type: "response.completed", sequence_number: 2, response: response(id, "completed") });
const openWithoutEnd = (text: string): Respond => (_call, out) => void out.writeHead(200, { "content-type": "text/event-stream" }).write(text);
const nanoUsd = 40 * 250 + 60 * 2000;

let provider: FakeProvider;
let gateway: AiGateway;
const open: AsyncDisposable[] = [];

const limits = [{ tokens: 5000, per: "month" }];
const configuration = { ai: { access: "key" as const, prices: { "openai/gpt-5-mini": { input: 0.25, output: 2 } } }, consumers: { acme: { key: "acme-key" }, rival: { key: "rival-key" }, thrifty: { key: "thrifty-key", limits } } };

beforeEach(async () => {
  provider = await startProvider(json(response("resp_1", "queued")));
  gateway = await startAi({ openai: { kind: "openai", apiKey: "sk", baseUrl: `${provider.url}/v1` } }, { assistant: { targets: [{ model: "openai/gpt-5-mini" }] } }, { ledger: true, ...configuration });
});

afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const call = async (method: string, path: string, { key = "acme-key", body, url = gateway.url, signal }: { key?: string; body?: object; url?: string; signal?: AbortSignal } = {}): Promise<Response> =>
  await fetch(url + path, { method, headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, ...(body && { body: JSON.stringify(body) }), ...(signal && { signal }) });
const create = async (key = "acme-key", more: object = {}): Promise<Response> => await call("POST", "/v1/responses", { key, body: { model: "assistant", input: "Hi", background: true, ...more } });
const counts = async (): Promise<unknown[]> => (await gateway.records()).map(({ inputTokens, outputTokens, costNanoUsd }) => (inputTokens === undefined ? null : [inputTokens, outputTokens, costNanoUsd]));

/** A worker of its own beside the first, with the same ledger. */
async function otherWorker(): Promise<GatewayUnderTest> {
  const ledger = gateway.under.connectLedger();
  const budgets = new BudgetBook({ ledger, findConsumer: () => undefined, findTeam: () => undefined, warn: () => {} });
  const own = { providers: new Map([["openai", providerSchema.parse({ kind: "openai", apiKey: "sk", baseUrl: `${provider.url}/v1` })]]), models: new Map() };
  const other = await startGateway(configuration, { compileAi: (input, { turns: _turns, ...ports }) => compileAi({ ...input, ...own }, { ...ports, owners: new ObjectOwners(ledger), budgets }) });
  open.push({ [Symbol.asyncDispose]: async () => {
    await budgets.close();
    await ledger.close();
  } });
  return other;
}

/** What is left of a budget, from what a small call is told. */
async function left(): Promise<number> {
  provider.respond = json(response("resp_small", "completed", { background: false, usage: { input_tokens: 0, output_tokens: 0 } }));
  const answer = await call("POST", "/v1/responses", { key: "thrifty-key", body: { model: "assistant", input: "Hi", max_output_tokens: 1 } });
  return Number(answer.headers.get("x-ratelimit-remaining-tokens"));
}

describe("a response that its provider goes on with after the call", () => {
  it("is counted once, at the price of the model that was asked for, in the first call that sees it finished", async () => {
    expect(await (await create()).json()).toMatchObject({ id: "resp_1", status: "queued" });
    for (const status of ["queued", "in_progress"]) {
      provider.respond = json(response("resp_1", status));
      await call("GET", "/v1/responses/resp_1");
    }
    provider.respond = json(response("resp_1", "completed"));
    const seen = await Promise.all([1, 2, 3, 4].map(async () => (await call("GET", "/v1/responses/resp_1")).json()));
    expect(seen).toEqual(Array.from({ length: 4 }, () => response("resp_1", "completed")));
    const records = await gateway.records();
    expect(records.filter(({ inputTokens }) => inputTokens !== undefined)).toMatchObject([{ consumer: "acme", provider: "openai", model: "gpt-5-mini", inputTokens: 40, outputTokens: 60, costNanoUsd: nanoUsd }]);
  });

  it("is counted once by whichever worker sees it, after the ledger has started anew", async () => {
    await create();
    await gateway.under.stopLedger();
    await gateway.under.startLedger();
    const other = await otherWorker();
    provider.respond = json(response("resp_1", "completed"));
    for (let again = 0; again < 2; again++) expect((await call("GET", "/v1/responses/resp_1", { url: other.url })).status).toBe(200);
    await call("GET", "/v1/responses/resp_1");
    const elsewhere = await other.stop();
    expect([elsewhere.map(({ costNanoUsd }) => costNanoUsd), await counts()]).toEqual([[nanoUsd, undefined], [null, null]]);
  });

  it("is counted when its stream is taken up again and heard to the end, where its maker's client had left", async () => {
    provider.respond = openWithoutEnd(namedEvents(created("resp_1"), delta));
    const leaving = new AbortController();
    const stream = await call("POST", "/v1/responses", { body: { model: "assistant", input: "Hi", background: true, stream: true }, signal: leaving.signal });
    await stream.body?.getReader().read();
    leaving.abort();
    await provider.calls[0]?.abandoned;
    provider.respond = sse(namedEvents(delta, completed("resp_1")));
    for (let again = 0; again < 2; again++) expect(await (await call("GET", "/v1/responses/resp_1?stream=true&starting_after=0")).text()).toContain("response.completed");
    expect(provider.calls[1]?.path).toBe("/v1/responses/resp_1?stream=true&starting_after=0");
    expect(await counts()).toEqual([null, [40, 60, nanoUsd], null]);
  });

  it("is counted in the call that made it, where that hears it to the end, and then no more", async () => {
    provider.respond = sse(namedEvents(created("resp_1"), delta, completed("resp_1")));
    await (await create("acme-key", { stream: true })).text();
    provider.respond = json(response("resp_1", "completed"));
    await call("GET", "/v1/responses/resp_1");
    expect(await counts()).toEqual([[40, 60, nanoUsd], null]);
  });

  it("is neither counted nor shown for another consumer", async () => {
    await create();
    provider.respond = json(response("resp_1", "completed"));
    expect((await call("GET", "/v1/responses/resp_1", { key: "rival-key" })).status).toBe(404);
    expect((await call("POST", "/v1/responses/resp_1/cancel", { key: "rival-key" })).status).toBe(404);
    await call("GET", "/v1/responses/resp_1");
    expect(await counts()).toEqual([null, null, null, [40, 60, nanoUsd]]);
  });
});

describe("the budget of a response in the background", () => {
  it("keeps what was reserved until the response is seen finished, lets it be fetched meanwhile, and takes the real figure then", async () => {
    const before = await left();
    provider.respond = json(response("resp_1", "queued"));
    const first = await create("thrifty-key", { max_output_tokens: 4900 });
    expect(first.status).toBe(200);
    expect(Number(first.headers.get("x-ratelimit-remaining-tokens"))).toBeLessThan(100);
    expect((await create("thrifty-key", { max_output_tokens: 4900 })).status).toBe(429);
    expect((await call("GET", "/v1/responses/resp_1", { key: "thrifty-key" })).status).toBe(200);
    provider.respond = json(response("resp_1", "completed"));
    for (let again = 0; again < 3; again++) expect((await call("GET", "/v1/responses/resp_1", { key: "thrifty-key" })).status).toBe(200);
    await expect.poll(left).toBe(before - 100);
  });

  it("takes nothing for one that failed, and what was reserved for one that was cancelled and is never counted", async () => {
    const before = await left();
    provider.respond = json(response("resp_f", "queued"));
    await create("thrifty-key", { max_output_tokens: 2000 });
    provider.respond = json(response("resp_f", "failed"));
    await call("GET", "/v1/responses/resp_f", { key: "thrifty-key" });
    await expect.poll(left).toBe(before);
    provider.respond = json(response("resp_c", "queued"));
    await create("thrifty-key", { max_output_tokens: 2000 });
    provider.respond = json(response("resp_c", "cancelled"));
    await call("POST", "/v1/responses/resp_c/cancel", { key: "thrifty-key" });
    expect(await left()).toBeLessThanOrEqual(before - 2000);
    provider.respond = json(response("resp_c", "cancelled", { usage }));
    await call("GET", "/v1/responses/resp_c", { key: "thrifty-key" });
    await expect.poll(left).toBe(before - 100);
  });

  it("is not overspent by those who begin many and ask for none", async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 8; index++) {
      provider.respond = json(response(`resp_${index}`, "queued"));
      statuses.push((await create("thrifty-key", { max_output_tokens: 1500 })).status);
    }
    // Nobody renews what they reserved, and the ledger counts it whole when it runs out.
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
  });
});
