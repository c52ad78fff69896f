import { afterAll, beforeAll, describe, expect, it } from "vitest";
import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI, { AzureOpenAI } from "openai";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { message } from "./testing/anthropic-fixtures.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";
import { chatAnswer } from "./testing/openai-fixtures.ts";

let provider: FakeProvider;
let gateway: AiGateway;

beforeAll(async () => {
  provider = await startProvider((call, response) => json(call.path.includes("/messages") ? message : chatAnswer)(call, response));
  gateway = await startAi({ anthropic: { apiKey: "sk-ant", baseUrl: provider.url }, openai: { apiKey: "sk", baseUrl: `${provider.url}/v1` }, sandbox: {} }, {}, { ai: { access: "key" }, consumers: { dev: { key: "dev-key" } } });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const bearer = { authorization: "Bearer dev-key" };
const anthropics = { "x-api-key": "dev-key", "anthropic-version": "2023-06-01" };
const googles = { "x-goog-api-key": "dev-key" };

async function get(path: string, headers: Record<string, string>, method = "GET"): Promise<{ status: number; text: string }> {
  const answer = await fetch(gateway.url + path, { method, headers });
  return { status: answer.status, text: await answer.text() };
}

describe("an application finds the endpoints", () => {
  it.each(["/v1", "/openai/v1", "/v1beta/openai", "/v1/v1", ""])("of OpenAI's API with the base URL %s", async (base) => {
    const client = new OpenAI({ apiKey: "dev-key", baseURL: gateway.url + base, maxRetries: 0 });
    expect((await client.chat.completions.create({ model: "openai/gpt-5-mini", messages: [{ role: "user", content: "Hi" }] })).choices).toHaveLength(1);
    expect(await client.embeddings.create({ model: "sandbox/embed", input: "Hi" })).toMatchObject({ object: "list" });
    await client.responses.retrieve("resp_none");
    expect(provider.calls.at(-1)?.path).toBe("/v1/responses/resp_none");
    await expect(client.chat.completions.create({ model: "nope", messages: [] })).rejects.toMatchObject({ status: 404, code: "unknown-model", type: "invalid_request_error" });
  });

  it.each(["", "/v1"])("of Anthropic's API with the base URL %s, and its errors in its own words", async (base) => {
    const client = new Anthropic({ apiKey: "dev-key", baseURL: gateway.url + base, maxRetries: 0 });
    expect((await client.beta.messages.create({ model: "claude-sonnet-4-5", max_tokens: 5, messages: [{ role: "user", content: "Hi" }], betas: ["context-1m-2025-08-07"] })).type).toBe("message");
    await expect(client.messages.create({ model: "nope", max_tokens: 5, messages: [] })).rejects.toMatchObject({ status: 404, error: { type: "error", error: { type: "not_found_error" } } });
  });
});

/** What the provider got last. */
async function formOf(): Promise<{ path: string; fields: Record<string, unknown> }> {
  const { path = "", bytes = Buffer.alloc(0), headers } = provider.calls.at(-1) ?? {};
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": String(headers?.["content-type"]) } }).formData();
  return { path, fields: Object.fromEntries(form) };
}

describe("an application of Azure OpenAI", () => {
  const azure = (deployment?: string): AzureOpenAI => new AzureOpenAI({ apiKey: "dev-key", endpoint: gateway.url, apiVersion: "2024-10-21", maxRetries: 0, ...(deployment !== undefined && { deployment }) });

  it.each([undefined, "openai/gpt-5-mini"])("finds deployments by the endpoint alone, with its key in api-key (deployment %s)", async (deployment) => {
    expect((await azure(deployment).chat.completions.create({ model: "openai/gpt-5-mini", messages: [{ role: "user", content: "Hi" }] })).choices).toHaveLength(1);
    expect(provider.calls.at(-1)).toMatchObject({ path: "/v1/chat/completions", body: { model: "gpt-5-mini" }, headers: { authorization: "Bearer sk" } });
    expect(provider.calls.at(-1)?.headers["api-key"]).toBeUndefined();
    await expect(azure("nope").chat.completions.create({ model: "nope", messages: [] })).rejects.toMatchObject({ status: 404, code: "unknown-model" });
    expect(await azure().embeddings.create({ model: "sandbox/embed", input: "Hi" })).toMatchObject({ object: "list" });
    expect(await azure().responses.create({ model: "sandbox/echo", input: "Hi" })).toMatchObject({ object: "response" });
  });

  it("draws, speaks and hears below deployments, whether or not a form names the model", async () => {
    const client = azure();
    await client.images.generate({ model: "openai/gpt-image-1", prompt: "A cat" });
    expect(provider.calls.at(-1)).toMatchObject({ path: "/v1/images/generations", body: { model: "gpt-image-1", prompt: "A cat" } });
    const picture = new File([new Uint8Array([137, 80])], "a.png", { type: "image/png" });
    await client.images.edit({ model: "openai/gpt-image-1", prompt: "Blue", image: picture });
    expect(await formOf()).toMatchObject({ path: "/v1/images/edits", fields: { model: "gpt-image-1", prompt: "Blue" } });
    await client.audio.transcriptions.create({ model: "openai/gpt-4o-transcribe", file: new File(["x"], "a.wav") });
    expect(await formOf()).toMatchObject({ path: "/v1/audio/transcriptions", fields: { model: "gpt-4o-transcribe" } });
    await client.audio.translations.create({ model: "openai/whisper-1", file: new File(["x"], "a.wav") });
    expect(await formOf()).toMatchObject({ path: "/v1/audio/translations", fields: { model: "whisper-1" } });
    expect((await client.audio.speech.create({ model: "sandbox/tts", voice: "alloy", input: "Hi" })).headers.get("content-type")).toBe("audio/wav");
    for (const named of [undefined, "whisper-1", "other"]) {
      const form = new FormData();
      form.set("file", new File(["x"], "a.wav"));
      if (named !== undefined) form.set("model", named);
      const answer = await fetch(`${gateway.url}/openai/deployments/openai%2Fwhisper-1/audio/transcriptions?api-version=2024-10-21`, { method: "POST", headers: { "api-key": "dev-key" }, body: form });
      expect([named, answer.status, await formOf()]).toMatchObject([named, 200, { fields: { model: "whisper-1" } }]);
    }
    const broken = await fetch(`${gateway.url}/openai/deployments/openai%2Fwhisper-1%0D%0A--b/audio/transcriptions`, { method: "POST", headers: { "api-key": "dev-key" }, body: new FormData() });
    expect([broken.status, ((await broken.json()) as { error: { code: string } }).error.code]).toEqual([400, "invalid-request"]);
    await expect(client.images.generate({ model: "nope", prompt: "A cat" })).rejects.toMatchObject({ status: 404, code: "unknown-model" });
  });

  it("asks the path's deployment, whether or not the body names a model", async () => {
    const ask = async (body: object | string, key = "dev-key", method = "POST"): Promise<unknown> => {
      const answer = await fetch(`${gateway.url}/openai/deployments/sandbox%2Fecho/chat/completions?api-version=2024-10-21`, { method, headers: { "api-key": key, "content-type": "application/json" }, ...(method === "POST" && { body: typeof body === "string" ? body : JSON.stringify(body) }) });
      const { error, model } = (await answer.json()) as { error?: { code: string }; model?: string };
      return [answer.status, error?.code ?? model];
    };
    const messages = [{ role: "user", content: "Hi" }];
    for (const body of [{ messages }, { messages, model: "sandbox/error-429" }, { model: "sandbox/echo", messages }]) expect(await ask(body)).toEqual([200, "sandbox/echo"]);
    expect(await ask("{}")).toEqual([400, expect.any(String)]);
    expect(await ask('{"messages"')).toEqual([400, "malformed-json"]);
    expect(await ask({ messages }, "wrong")).toEqual([401, "unknown-key"]);
    expect(await ask({}, "dev-key", "GET")).toEqual([405, "method-not-allowed"]);
    const v1 = new OpenAI({ apiKey: "unused", baseURL: `${gateway.url}/openai/v1`, defaultHeaders: { "api-key": "dev-key", authorization: null }, maxRetries: 0 });
    expect((await v1.embeddings.create({ model: "sandbox/embed", input: "Hi" })).object).toBe("list");
  });
});

describe("a refusal below a path that several APIs have", () => {
  it("is in the words of the API whose fields the call has", async () => {
    for (const path of ["/v1/models/nope", "/v1/files/file_none", "/v1/nothing"]) {
      expect(JSON.parse((await get(path, anthropics)).text), path).toMatchObject({ type: "error", error: { type: "not_found_error" } });
      expect(JSON.parse((await get(path, googles)).text), path).toMatchObject({ error: { code: 404, status: "NOT_FOUND" } });
      expect(JSON.parse((await get(path, bearer)).text), path).toMatchObject({ error: { message: expect.any(String), type: "invalid_request_error" } });
    }
    expect(JSON.parse((await get("/v1/models", { ...anthropics, "x-api-key": "wrong" })).text)).toMatchObject({ type: "error", error: { type: "authentication_error" } });
  });
});

it("lists of models and one model are there for a look at their head alone", async () => {
  for (const path of ["/v1/models", "/v1beta/models", "/v1/models/gpt-5-mini", "/api/tags", "/api/version"]) expect(await get(path, bearer, "HEAD"), path).toEqual({ status: 200, text: "" });
  expect((await get("/v1/models/nope", bearer, "HEAD")).status).toBe(404);
  expect((await get("/v1/chat/completions", bearer, "HEAD")).status).toBe(405);
});

it("Ollama's clients are told at the very root that it runs, where no service is; nothing below it changes", async () => {
  expect(await get("/", bearer)).toEqual({ status: 200, text: "Ollama is running" });
  expect(await get("/", bearer, "HEAD")).toEqual({ status: 200, text: "" });
  expect(await get("/?x=1", bearer)).toMatchObject({ status: 200 });
  expect(JSON.parse((await get("/", {})).text)).toMatchObject({ error: expect.any(String) as string, code: "missing-key" });
  expect((await get("/", bearer, "POST")).status).toBe(405);
  expect((await fetch(`${gateway.url}/nothing`, { headers: bearer })).headers.get("content-type")).toBe("application/problem+json");
});

it("Ollama's clients are told in its own words that models are fetched and deleted elsewhere", async () => {
  const client = new Ollama({ host: gateway.url, headers: bearer });
  const refused = { name: "ResponseError", status_code: 404, error: expect.stringContaining("at their provider") as string };
  await expect(client.pull({ model: "qwen3" })).rejects.toMatchObject(refused);
  await expect(client.pull({ model: "qwen3", stream: true })).rejects.toMatchObject(refused);
  await expect(client.delete({ model: "qwen3" })).rejects.toMatchObject(refused);
  for (const [path, method] of [["/api/push", "POST"], ["/api/create", "POST"], ["/api/copy", "POST"], ["/api/blobs/sha256:0", "PUT"]] as const) {
    const { status, text } = await get(path, bearer, method);
    expect([path, status, JSON.parse(text)]).toMatchObject([path, 404, { error: refused.error, code: "unknown-route" }]);
  }
  expect((await get("/api/pull", {}, "POST")).status).toBe(401);
  expect((await get("/api/pulled", bearer, "POST")).status).toBe(404);
});
