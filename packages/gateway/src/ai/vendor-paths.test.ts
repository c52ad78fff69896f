import { afterAll, beforeAll, describe, expect, it } from "vitest";
import Anthropic from "@anthropic-ai/sdk";
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
