import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";

let gateway: AiGateway;
const ids = ["assistant", "openai/gpt-4o", "openai/text-embedding-3-small", "openai/gpt-image-1", "anthropic/claude-sonnet-4-5", "sandbox/echo", "sandbox/embed", "sandbox/image", "sandbox/tts"];

beforeEach(async () => {
  const nowhere = "http://127.0.0.1:1";
  gateway = await startAi(
    { openai: { apiKey: "sk", baseUrl: nowhere, models: ["gpt-4o", "text-embedding-3-small", "gpt-image-1"] }, anthropic: { apiKey: "sk", baseUrl: nowhere, models: ["claude-sonnet-4-5"] }, sandbox: {} },
    { assistant: { targets: [{ model: "openai/gpt-4o" }] } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
});

describe("the list of models", () => {
  it("says what each can be asked for, and how much it reads", async () => {
    const { data } = await gateway.client.models.list();
    expect(data.map(({ id }) => id)).toEqual(ids);
    expect(data).toMatchObject([
      { capabilities: expect.arrayContaining(["chat"]), context_window: 128_000, owned_by: "parley" }, { context_window: 128_000, owned_by: "openai" }, { capabilities: ["embeddings"] }, { capabilities: ["images"] },
      { capabilities: expect.arrayContaining(["chat"]), context_window: 200_000 }, { capabilities: ["chat"] }, { capabilities: ["embeddings"] }, { capabilities: ["images"] }, { capabilities: ["speech"] },
    ]);
    // One model by itself as it stands in the list.
    expect(await gateway.client.models.retrieve(ids[0] ?? "")).toEqual(data[0]);
    expect(await gateway.client.models.retrieve("openai/text-embedding-3-small")).toMatchObject({ id: "openai/text-embedding-3-small", capabilities: ["embeddings"] });
  });

  it("has Anthropic's shape and pages for its clients", async () => {
    const client = new Anthropic({ apiKey: "unused", baseURL: gateway.url, maxRetries: 0 });
    const found: string[] = [];
    for await (const model of client.models.list({ limit: 4 })) found.push(model.id);
    expect(found).toEqual(ids);
    const before = await client.models.list({ limit: 2, before_id: ids[3] ?? "" });
    expect([before.data.map(({ id }) => id), before.has_more]).toEqual([ids.slice(1, 3), true]);
    expect((await client.models.list()).data).toHaveLength(9);
    expect(await client.models.retrieve("assistant")).toMatchObject({ type: "model", id: "assistant", max_input_tokens: 128_000 });
    await expect(client.models.list({ after_id: "nobody-has-it" })).rejects.toMatchObject({ status: 400 });
    await expect(client.models.list({ limit: 0 })).rejects.toMatchObject({ status: 400 });
  });

  it("has Google's shape and pages for its clients", async () => {
    const client = new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: gateway.url } });
    const found: unknown[] = [];
    for await (const model of await client.models.list({ config: { pageSize: 4 } })) found.push(model.name);
    expect(found).toEqual(ids.map((id) => `models/${id}`));
    const answer = await fetch(`${gateway.url}/v1beta/models?pageSize=4`);
    expect(await answer.json()).toMatchObject({ nextPageToken: "4", models: [{ inputTokenLimit: 128_000 }, {}, { supportedGenerationMethods: ["embedContent", "batchEmbedContents"] }, {}] });
    expect((await fetch(`${gateway.url}/v1beta/models?pageToken=x`)).status).toBe(400);
  });
});
