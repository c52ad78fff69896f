import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway, AiGatewayOptions } from "./testing/ai-gateway.ts";
import { message } from "./testing/anthropic-fixtures.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider, Respond } from "./testing/fake-provider.ts";
import { chatAnswer } from "./testing/openai-fixtures.ts";

const opened: AsyncDisposable[] = [];
const picture = `iVBORw0KGgo${randomBytes(900_001).toString("base64").slice(11)}`;
const gemini = { candidates: [{ content: { role: "model", parts: [{ text: "Hello" }] }, finishReason: "STOP" }], usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 } };

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function start(respond: Respond, models: Parameters<typeof startAi>[1] = {}, options: AiGatewayOptions = {}): Promise<{ gateway: AiGateway; provider: FakeProvider }> {
  const provider = await startProvider(respond);
  const at = { apiKey: "k", baseUrl: provider.url };
  const gateway = await startAi({ sandbox: {}, openai: { ...at, baseUrl: `${provider.url}/v1` }, anthropic: at, gemini: at, mistral: { ...at, baseUrl: `${provider.url}/v1` } }, models, options);
  opened.push(provider, gateway);
  return { gateway, provider };
}

async function post(gateway: AiGateway, path: string, body: unknown): Promise<{ status: number; headers: Headers; body: { error?: { message: string } } }> {
  const answer = await fetch(gateway.url + path, { method: "POST", headers: { "content-type": "application/json" }, body: typeof body === "string" ? body : JSON.stringify(body) });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as { error?: { message: string } } };
}

const chat = (model: string, url = `data:image/png;base64,${picture}`): object => ({ model, max_tokens: 16, messages: [{ role: "user", content: [{ type: "text", text: "é" }, { type: "image_url", image_url: { url } }] }] });

describe("a large picture in a request", () => {
  it.each<[string, unknown, unknown]>([
    ["anthropic/claude-sonnet-4-5", message, { messages: [{ role: "user", content: [{ type: "text", text: "é" }, { type: "image", source: { type: "base64", media_type: "image/png", data: picture } }] }] }],
    ["gemini/gemini-2.5-flash", gemini, { contents: [{ role: "user", parts: [{ text: "é" }, { inlineData: { mimeType: "image/png", data: picture } }] }] }],
    ["openai/gpt-5-mini", chatAnswer, { ...chat("gpt-5-mini") }],
  ])("reaches %s with every byte", async (model, answer, expected) => {
    const { gateway, provider } = await start(json(answer));
    expect(await post(gateway, "/v1/chat/completions", chat(model))).toMatchObject({ status: 200 });
    const [call] = provider.calls;
    expect(call?.body).toMatchObject(expected as object);
    expect(call?.headers["content-length"]).toBe(String(call?.bytes.length));
  });

  it("reaches OpenAI from a caller of Anthropic's with every byte", async () => {
    const { gateway, provider } = await start(json(chatAnswer));
    const source = { type: "base64", media_type: "image/png", data: picture };
    expect(await post(gateway, "/v1/messages", { model: "openai/gpt-5-mini", max_tokens: 16, messages: [{ role: "user", content: [{ type: "image", source }, { type: "image", source }] }] })).toMatchObject({ status: 200 });
    const part = { type: "image_url", image_url: { url: `data:image/png;base64,${picture}` } };
    expect(provider.calls[0]?.body).toMatchObject({ messages: [{ role: "user", content: [part, part] }] });
  });

  it("that is a text file after all is sent as the text that it is", async () => {
    const { gateway, provider } = await start(json(message));
    const text = "Grüße aus Köln. ".repeat(30_000);
    const file = { type: "file", file: { filename: "a.txt", file_data: `data:text/plain;base64,${Buffer.from(text).toString("base64")}` } };
    expect(await post(gateway, "/v1/chat/completions", { model: "anthropic/claude-sonnet-4-5", max_tokens: 16, messages: [{ role: "user", content: [file] }] })).toMatchObject({ status: 200 });
    expect(provider.calls[0]?.body).toMatchObject({ messages: [{ content: [{ source: { type: "text", data: text } }] }] });
  });

  it("goes to the next target whole after one has failed", async () => {
    const { gateway, provider } = await start((call, response) => json(call.path.includes("messages") ? message : { error: { message: "oops" } }, call.path.includes("messages") ? 200 : 500)(call, response), {
      assistant: { strategy: "failover", targets: [{ model: "openai/gpt-5-mini" }, { model: "mistral/mistral-small-latest" }, { model: "anthropic/claude-sonnet-4-5" }] },
    });
    expect(await post(gateway, "/v1/chat/completions", chat("assistant"))).toMatchObject({ status: 200 });
    expect(provider.calls.map(({ text }) => text.split(picture).length)).toEqual([2, 2, 2]);
  });

  it("is neither read nor changed by guardrails, which black out the text beside it", async () => {
    const { gateway, provider } = await start(json(message), {}, { ai: { access: "open", guardrails: { privacy: { detect: ["email"] }, few: { max: { images: 1, tokens: 5000 } } } } });
    const asked = (text: string, images = 1): object => ({ model: "anthropic/claude-sonnet-4-5", max_tokens: 16, messages: [{ role: "user", content: [{ type: "text", text }, ...Array.from({ length: images }, () => ({ type: "image_url", image_url: { url: `data:image/png;base64,${picture}` } }))] }] });
    expect(await post(gateway, "/v1/chat/completions", asked("I am bob@example.org"))).toMatchObject({ status: 200 });
    expect(await post(gateway, "/v1/chat/completions", asked("Hello"))).toMatchObject({ status: 200 });
    expect(provider.calls.map(({ text }) => [text.includes("bob@"), text.split(picture).length])).toEqual([[false, 2], [false, 2]]);
    expect((await post(gateway, "/v1/chat/completions", asked("Hello", 2))).status).toBeGreaterThanOrEqual(400);
    expect(provider.calls).toHaveLength(2);
  });

  it("tells one cached answer from another", async () => {
    const { gateway, provider } = await start(json(chatAnswer), {}, { ai: { access: "open", cache: { exact: {} } } });
    const other = `${picture.slice(0, 500_000)}${picture[500_000] === "x" ? "y" : "x"}${picture.slice(500_001)}`;
    const found: (string | null)[] = [];
    for (const data of [picture, picture, other, picture]) found.push((await post(gateway, "/v1/chat/completions", chat("openai/gpt-5-mini", `data:image/png;base64,${data}`))).headers.get("parley-cache"));
    expect(found).toEqual(["miss", "hit", "miss", "hit"]);
    expect(provider.calls).toHaveLength(2);
  });

  it("tells one conversation from another, also when it grows past what is read at once", async () => {
    const { gateway, provider } = await start(json(chatAnswer), { assistant: { pin: "conversation", strategy: "weighted", targets: [{ model: "openai/gpt-5-mini" }, { model: "mistral/mistral-small-latest" }] } });
    for (let conversation = 0; conversation < 6; conversation++) {
      const opening = { role: "user", content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${picture.slice(0, 100_000 + 4 * conversation)}` } }] };
      for (const turns of [[], [{ role: "assistant", content: "Yes." }, { role: "user", content: "and? ".repeat(100_000) }]]) await post(gateway, "/v1/chat/completions", { model: "assistant", messages: [opening, ...turns] });
    }
    const asked = provider.calls.map(({ body }) => body["model"]);
    expect(asked.filter((_, call) => call % 2 === 1)).toEqual(asked.filter((_, call) => call % 2 === 0));
  });

  it("is the same or another one to a cache that goes by meaning", async () => {
    const { gateway, provider } = await start(json(chatAnswer), {}, { ai: { access: "open", cache: { exact: {}, semantic: { model: "sandbox/embed", threshold: 0.6 } } } });
    const other = `${picture.slice(0, 500_000)}${picture[500_000] === "x" ? "y" : "x"}${picture.slice(500_001)}`;
    const found: (string | null)[] = [];
    for (const [text, data] of [["what is to be seen here", picture], ["here what is to be seen", picture], ["here what is seen to be", other]] as const) {
      const content = [{ type: "text", text }, { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } }];
      found.push((await post(gateway, "/v1/chat/completions", { model: "openai/gpt-5-mini", max_tokens: 16, messages: [{ role: "user", content }] })).headers.get("parley-cache"));
    }
    expect(found).toEqual(["miss", expect.stringContaining("kind=semantic"), "miss"]);
    expect(provider.calls).toHaveLength(2);
  });

  it.each([
    ["for a target that takes bytes", "/v1/chat/completions", "gemini/gemini-2.5-flash", {}],
    ["before a cache that goes by meaning", "/v1/messages", "anthropic/claude-sonnet-4-5", { cache: { exact: {}, semantic: { model: "sandbox/embed" } } }],
    ["before a webhook", "/v1/responses", "openai/gpt-5-mini", { guardrails: { review: { webhook: { url: "http://127.0.0.1:1/check" } } } }],
  ] as const)("past the limit of a body is refused in the caller's words %s, declared or not", async (_what, path, model, ai) => {
    const { gateway, provider } = await start(json(chatAnswer), {}, { ai: { access: "open", ...ai }, gateway: { limits: { bodyBytes: "1MiB" } } });
    for (const isDeclared of [true, false]) {
      const body = Buffer.from(JSON.stringify({ ...chat(model), input: "x" }));
      const answer = await fetch(gateway.url + path, { method: "POST", body: isDeclared ? body : new Blob([body]).stream(), ...(!isDeclared && { duplex: "half" }) });
      expect([answer.status, await answer.text()]).toEqual([413, expect.stringContaining("body-too-large")]);
    }
    expect(provider.calls).toHaveLength(0);
  });

  it("is judged in the caller's own words where the request is wrong", async () => {
    const { gateway } = await start(json(message));
    const wrong = await post(gateway, "/v1/chat/completions", { model: "anthropic/claude-sonnet-4-5", messages: [{ role: picture, content: "x" }] });
    expect(wrong.status).toBe(400);
    expect(wrong.body.error?.message).toContain(picture.slice(0, 80));
    const broken = await post(gateway, "/v1/chat/completions", JSON.stringify(chat("anthropic/claude-sonnet-4-5")).replace("16,", "16,,"));
    expect(broken.body.error?.message).toContain("line 1, column");
  });
});
