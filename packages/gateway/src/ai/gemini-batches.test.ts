import { GoogleGenAI } from "@google/genai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider, ProviderCall, Respond } from "./testing/fake-provider.ts";

const usageMetadata = { promptTokenCount: 1000, candidatesTokenCount: 500, totalTokenCount: 1500 };
const answered = { response: { candidates: [{ content: { role: "model", parts: [{ text: "Hello." }] }, finishReason: "STOP" }], usageMetadata } };
const batch = (state: string): object => ({ name: "batches/b-1", metadata: { model: "models/gemini-2.5-flash", displayName: "d", state, name: "batches/b-1" } });
const pending = batch("BATCH_STATE_PENDING");
const inlined = { inlinedResponses: { inlinedResponses: [answered, answered, { error: { code: 3, message: "no" } }] } };
const finished = { ...batch("BATCH_STATE_SUCCEEDED"), metadata: { model: "models/gemini-2.5-flash", state: "BATCH_STATE_SUCCEEDED", output: inlined }, done: true, response: inlined };
const filed = { ...batch("BATCH_STATE_SUCCEEDED"), metadata: { model: "models/gemini-2.5-flash", state: "BATCH_STATE_SUCCEEDED", output: { responsesFile: "files/batch-b-1" } }, done: true, response: { responsesFile: "files/batch-b-1" } };
let google: FakeProvider;
let second: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  google = await startProvider(json(pending));
  second = await startProvider(json(pending));
  gateway = await startAi(
    { gemini: { baseUrl: google.url, keys: [{ name: "one", apiKey: "g-one" }, { name: "two", apiKey: "g-two" }] }, other: { kind: "gemini", baseUrl: second.url, apiKey: "g-three" }, openai: { apiKey: "sk", baseUrl: google.url } },
    { quick: { targets: [{ model: "gemini/gemini-2.5-flash" }, { model: "other/gemini-2.5-flash" }] } },
    { ai: { access: "key" }, consumers: { acme: { key: "acme-key" }, rival: { key: "rival-key" } } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await google[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

function genai(apiKey: string): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url, retryOptions: { attempts: 1 } } });
}

function asked(call: ProviderCall): string {
  return `${call.method} ${call.path}`;
}

const src = [{ contents: [{ role: "user", parts: [{ text: "Hi" }] }] }];

describe("a batch of Gemini's API", () => {
  it("is made for a model as it is called here, polled, cancelled, listed and deleted by Google's own client, with one key", async () => {
    const { batches } = genai("acme-key");
    expect(await batches.create({ model: "quick", src, config: { displayName: "d" } })).toMatchObject({ name: "batches/b-1", state: "JOB_STATE_PENDING" });
    expect(google.calls[0]?.body).toMatchObject({ batch: { displayName: "d", inputConfig: { requests: { requests: [{ request: src[0] }] } } } });
    google.respond = json(finished);
    expect((await batches.get({ name: "batches/b-1" })).dest?.inlinedResponses).toHaveLength(3);
    google.respond = json({});
    await batches.cancel({ name: "batches/b-1" });
    const madeWith = google.calls[0]?.headers["x-goog-api-key"];
    google.respond = (call, response) => json(call.headers["x-goog-api-key"] === madeWith ? { operations: [finished, { name: "batches/of-somebody-else" }] } : {})(call, response);
    const listed = [];
    for await (const each of await batches.list({ config: { pageSize: 5 } })) listed.push(each.name);
    expect(listed).toEqual(["batches/b-1"]);
    google.respond = json({});
    await batches.delete({ name: "batches/b-1" });
    expect(google.calls.filter(({ path }) => !path.includes("pageSize")).map(asked)).toEqual(["POST /v1beta/models/gemini-2.5-flash:batchGenerateContent", "GET /v1beta/batches/b-1", "POST /v1beta/batches/b-1:cancel", "DELETE /v1beta/batches/b-1"]);
    expect(new Set(google.calls.filter(({ path }) => !path.includes("pageSize")).map(({ headers }) => headers["x-goog-api-key"])).size).toBe(1);
    await expect(batches.get({ name: "batches/b-1" })).rejects.toMatchObject({ status: 404 });
    expect(second.calls).toEqual([]);
  });

  it("is counted once at the prices of batches, for whoever made it, when its answers have come", async () => {
    const { batches } = genai("acme-key");
    await batches.create({ model: "quick", src });
    await batches.get({ name: "batches/b-1" });
    google.respond = json(finished);
    for (let round = 0; round < 2; round++) await batches.get({ name: "batches/b-1" });
    const records = await gateway.records();
    // Half of 0.30 and 2.50 USD for a million tokens.
    expect(records.map(({ inputTokens, outputTokens, costUsd }) => [inputTokens, outputTokens, costUsd])).toEqual([[undefined, undefined, undefined], [undefined, undefined, undefined], [2000, 1000, (2000 * 0.15 + 1000 * 1.25) / 1_000_000], [undefined, undefined, undefined]]);
  });

  it("goes where its file is, with that one's key, and its results are the same consumer's", async () => {
    const lines = `${JSON.stringify({ key: "a", response: answered.response })}\n${JSON.stringify({ key: "b", response: answered.response })}\n`;
    const respond: Respond = (call, response) => (call.path.includes(":download") ? void response.writeHead(200, { "content-type": "application/octet-stream" }).end(lines) : json(call.path.startsWith("/upload") ? { file: { name: "files/in" } } : call.method === "POST" ? pending : filed)(call, response));
    second.respond = respond;
    google.respond = respond;
    const uploaded = await fetch(`${gateway.url}/upload/v1beta/files?uploadType=multipart`, { method: "POST", headers: { "x-goog-api-key": "acme-key", "x-goog-upload-protocol": "multipart", "content-type": "multipart/related; boundary=b", "parley-provider": "other" }, body: "--b--" });
    expect(uploaded.status).toBe(200);
    await expect(genai("rival-key").batches.create({ model: "quick", src: "files/in" })).rejects.toMatchObject({ status: 404 });
    await genai("acme-key").batches.create({ model: "quick", src: "files/in" });
    expect([second.calls.at(-1)?.body["batch"], google.calls]).toMatchObject([{ inputConfig: { fileName: "files/in" } }, []]);
    const download = (key: string): Promise<Response> => fetch(`${gateway.url}/v1beta/files/batch-b-1:download?alt=media`, { headers: { "x-goog-api-key": key } });
    expect((await download("acme-key")).status).toBe(404);
    await genai("acme-key").batches.get({ name: "batches/b-1" });
    expect((await download("rival-key")).status).toBe(404);
    for (let round = 0; round < 2; round++) expect(await (await download("acme-key")).text()).toBe(lines);
    const counted = (await gateway.records()).filter(({ inputTokens }) => inputTokens !== undefined);
    expect(counted).toMatchObject([{ consumer: "acme", inputTokens: 2000, outputTokens: 1000 }]);
  });

  it("does not exist for another consumer, and is refused where the model's provider has none", async () => {
    await genai("acme-key").batches.create({ model: "quick", src });
    const rival = genai("rival-key").batches;
    await expect(rival.get({ name: "batches/b-1" })).rejects.toMatchObject({ status: 404 });
    await expect(rival.cancel({ name: "batches/b-1" })).rejects.toMatchObject({ status: 404 });
    await expect(rival.create({ model: "openai/gpt-5-mini", src })).rejects.toMatchObject({ status: 400, message: expect.stringContaining("has batches in this dialect") as string });
    await expect(rival.create({ model: "nobody", src })).rejects.toMatchObject({ status: 404 });
    const wrong = await fetch(`${gateway.url}/v1beta/models/quick:batchGenerateContent`, { headers: { "x-goog-api-key": "acme-key" } });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
    expect(google.calls.map(asked).filter((each) => each.includes("atch"))).toEqual(["POST /v1beta/models/gemini-2.5-flash:batchGenerateContent"]);
    // OpenAI's batches are below the same path as Google's of the stable API, and neither can do what only the other can.
    const cancelled = await fetch(`${gateway.url}/v1/batches/b-1:cancel`, { method: "POST", headers: { authorization: "Bearer acme-key" } });
    expect([cancelled.status, ((await cancelled.json()) as { error: { code: string } }).error.code]).toEqual([405, "method-not-allowed"]);
  });
});
