import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider, Respond } from "./testing/fake-provider.ts";

let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json({ id: "file-1", object: "file", purpose: "batch" }));
  gateway = await startAi(
    { openai: { kind: "openai", apiKey: "sk", baseUrl: `${provider.url}/v1` }, anthropic: { apiKey: "sk-ant", baseUrl: provider.url } }, {},
    { ledger: true, ai: { access: "key" }, consumers: { acme: { key: "acme-key" } } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<string> => {
  const answer = await fetch(gateway.url + path, { method, headers: { authorization: "Bearer acme-key", "content-type": "application/json", ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  expect(answer.status).toBe(200);
  return answer.text();
};
const lines = (...values: unknown[]): Respond => (_call, response) => void response.writeHead(200, { "content-type": "application/octet-stream" }).end(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
const batch = (more: object) => json({ id: "batch_1", object: "batch", status: "in_progress", input_file_id: "file-1", output_file_id: null, ...more });

async function makeBatch(): Promise<void> {
  await ask("POST", "/v1/files", {});
  provider.respond = batch({});
  await ask("POST", "/v1/batches", { input_file_id: "file-1", endpoint: "/v1/chat/completions", completion_window: "24h" });
}

describe("the bill of a batch", () => {
  it("is its usage at the prices of batches, once, however often it is asked for", async () => {
    await makeBatch();
    await ask("GET", "/v1/batches/batch_1");
    provider.respond = batch({ status: "completed", output_file_id: "file-out", model: "gpt-5-2025-08-07", request_counts: { total: 2, completed: 2, failed: 0 }, usage: { input_tokens: 2000, input_tokens_details: { cached_tokens: 400 }, output_tokens: 300, output_tokens_details: { reasoning_tokens: 100 }, total_tokens: 2300 } });
    await Promise.all([1, 2, 3].map(() => ask("GET", "/v1/batches/batch_1")));
    provider.respond = lines({ response: { status_code: 200, body: { model: "gpt-5", usage: { prompt_tokens: 1000, completion_tokens: 150 } } } });
    await ask("GET", "/v1/files/file-out/content");
    const billed = (await gateway.records()).filter(({ costNanoUsd }) => costNanoUsd !== undefined);
    expect(billed).toMatchObject([{ consumer: "acme", provider: "openai", model: "gpt-5-2025-08-07", inputTokens: 2000, outputTokens: 300, cacheReadTokens: 400, reasoningTokens: 100, costNanoUsd: 1600 * 625 + 400 * 62.5 + 300 * 5000 }]);
  });

  it("is the sum of its results where it tells no usage", async () => {
    await makeBatch();
    provider.respond = batch({ status: "completed", output_file_id: "file-out" });
    await ask("GET", "/v1/batches/batch_1");
    const line = (model: string, prompt: number, completion: number) => ({ custom_id: "a", response: { status_code: 200, body: { model, usage: { prompt_tokens: prompt, completion_tokens: completion } } } });
    provider.respond = lines(line("gpt-5", 1000, 150), line("gpt-5", 1000, 50), line("gpt-4o", 100, 10), { custom_id: "b", response: null, error: { code: "expired" } });
    for (let again = 0; again < 2; again++) expect((await ask("GET", "/v1/files/file-out/content")).split("\n")).toHaveLength(5);
    const billed = (await gateway.records()).filter(({ costNanoUsd }) => costNanoUsd !== undefined);
    expect(billed).toMatchObject([{ inputTokens: 2100, outputTokens: 210, costNanoUsd: 2000 * 625 + 200 * 5000 + 100 * 1250 + 10 * 5000 }]);
  });

  it("is the sum of the results of Anthropic's, each at its own length of context", async () => {
    provider.respond = json({ id: "msgbatch_1", type: "message_batch", processing_status: "in_progress", results_url: null });
    const version = { "anthropic-version": "2023-06-01" };
    await ask("POST", "/v1/messages/batches", { requests: [{ custom_id: "a", params: { model: "anthropic/claude-sonnet-4-5", max_tokens: 5, messages: [{ role: "user", content: "Hi" }] } }] }, version);
    const line = (input: number, output: number) => ({ custom_id: "a", result: { type: "succeeded", message: { model: "claude-sonnet-4-5-20250929", usage: { input_tokens: input, output_tokens: output, service_tier: "batch" } } } });
    provider.respond = lines(line(150_000, 10), line(150_000, 10), line(210_000, 10), { custom_id: "b", result: { type: "errored" } });
    for (let again = 0; again < 2; again++) await ask("GET", "/v1/messages/batches/msgbatch_1/results", undefined, version);
    const billed = (await gateway.records()).filter(({ costNanoUsd }) => costNanoUsd !== undefined);
    expect(billed).toMatchObject([{ inputTokens: 510_000, outputTokens: 30, costNanoUsd: 300_000 * 1500 + 20 * 7500 + 210_000 * 3000 + 10 * 11_250 }]);
  });
});

describe("a call in a service tier", () => {
  const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
  const completion = (more: object = {}) => ({ id: "c", object: "chat.completion", created: 1, model: "gpt-5", choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }], usage, ...more });
  const chunk = (more: object) => `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "gpt-5", service_tier: "flex", choices: [], ...more })}\n\n`;
  const streamed: Respond = (_call, response) =>
    void response.writeHead(200, { "content-type": "text/event-stream" }).end(`${chunk({ choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] })}${chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}${chunk({ usage })}data: [DONE]\n\n`);
  const request = { model: "openai/gpt-5", messages: [{ role: "user", content: "Hi" }] };

  it.each<[what: string, path: string, body: object, respond: Respond, nanoUsd: number]>([
    ["that the answer tells", "/v1/chat/completions", { ...request, service_tier: "auto" }, json(completion({ service_tier: "priority" })), 1000 * 2500 + 100 * 20_000],
    ["that was asked for and not given", "/v1/chat/completions", { ...request, service_tier: "flex" }, json(completion({ service_tier: "default" })), 1000 * 1250 + 100 * 10_000],
    ["that the answer is silent about", "/v1/chat/completions", { ...request, service_tier: "flex" }, json(completion()), 1000 * 625 + 100 * 5000],
    ["on a stream", "/v1/chat/completions", { ...request, stream: true }, streamed, 1000 * 625 + 100 * 5000],
    ["on a translated stream", "/v1/messages", { model: "openai/gpt-5", max_tokens: 9, stream: true, messages: request.messages }, streamed, 1000 * 625 + 100 * 5000],
  ])("costs as the tier %s", async (...[, path, body, respond, nanoUsd]) => {
    provider.respond = respond;
    await ask("POST", path, body);
    expect((await gateway.records())[0]).toMatchObject({ costNanoUsd: nanoUsd });
  });
});
