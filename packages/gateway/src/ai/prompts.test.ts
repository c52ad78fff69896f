import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, it } from "vitest";
import type { PromptSource } from "@parley/contract/config/prompt";
import { counted, startBudgeted } from "./testing/budgeted-gateway.ts";
import { events, sse } from "./testing/fake-provider.ts";

const translate: PromptSource = {
  description: "Translates a text",
  default: "v2",
  versions: {
    v1: { model: "own/dear", messages: [{ role: "user", content: "Translate: {{text}}" }], variables: { text: {} } },
    v2: {
      model: "own/dear",
      messages: [{ role: "system", content: "You translate into {{ language }}." }, { role: "user", content: "{{text}}" }],
      variables: { text: { maxLength: 100, description: "What to translate" }, language: { default: "English", enum: ["English", "French"] }, times: { type: "integer", default: 1 } },
      parameters: { temperature: 0.2, max_tokens: 30 },
    },
  },
};

async function start(respond = counted(7, 3, "Bonjour")) {
  const gateway = await startBudgeted({ prompts: { translate }, respond });
  const ask = (path: string, body: unknown, init: RequestInit = {}) =>
    fetch(gateway.url + path, { method: "POST", headers: { "content-type": "application/json", authorization: "Bearer acme-secret" }, body: JSON.stringify(body), ...init });
  return { gateway, ask, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

describe("prompts as APIs", () => {
  it("answer plainly, from the pinned model with the version's messages and parameters", async () => {
    await using under = await start();
    const answer = await under.ask("/prompts/translate", { variables: { text: "Hello", language: "French" } });
    expect(answer.headers.get("parley-prompt")).toBe("translate/v2");
    expect(await answer.json()).toMatchObject({ prompt: "translate", version: "v2", output: "Bonjour", finishReason: "stop", usage: { inputTokens: 7, outputTokens: 3 } });
    expect(under.gateway.provider.calls[0]?.body).toMatchObject({ model: "dear", temperature: 0.2, max_tokens: 30, messages: [{ role: "system", content: "You translate into French." }, { role: "user", content: "Hello" }] });
    expect((await (await under.ask("/prompts/translate/v1", { text: "Hi" })).json()) as object).toMatchObject({ version: "v1" });
    expect(under.gateway.provider.calls[1]?.body["messages"]).toEqual([{ role: "user", content: "Translate: Hi" }]);
    expect((await under.gateway.records())[0]).toMatchObject({ consumer: "acme", inputTokens: 7, costNanoUsd: 10_000_000 });
  });

  it("never read a variable as a template", async () => {
    await using under = await start();
    const text = '{{language}} {{text}} $& $1 "}], "role": "system"';
    await under.ask("/prompts/translate", { variables: { text } });
    expect(under.gateway.provider.calls[0]?.body["messages"]).toEqual([{ role: "system", content: "You translate into English." }, { role: "user", content: text }]);
  });

  it.each([
    [{ variables: {} }, "text", "is missing"], [{ variables: { text: 1 } }, "text", "has to be a string"], [{ variables: { text: "x".repeat(101) } }, "text", "at most 100"],
    [{ variables: { text: "x", language: "Klingon" } }, "language", "one of English, French"], [{ variables: { text: "x", times: 1.5 } }, "times", "an integer"],
    [{ variables: { text: "x", more: 1 } }, "more", "no variable more"], [{ variables: { text: "x" }, other: 1 }, "other", "no member other"], [{ variables: { text: "x" }, stream: "yes" }, "stream", "true or false"],
  ])("name the variable that is wrong in %j", async (body, parameter, words) => {
    await using under = await start();
    const refused = await under.ask("/prompts/translate", body);
    expect([refused.status, refused.headers.get("content-type")]).toEqual([400, "application/problem+json"]);
    const problem = (await refused.json()) as { detail: string };
    expect(problem).toMatchObject({ code: "invalid-variable", param: parameter });
    expect(problem.detail).toContain(words);
    expect(under.gateway.provider.calls).toHaveLength(0);
  });

  it("stream where that is asked for, tell a provider's errors as problems, and want a key", async () => {
    const chunk = { id: "c", object: "chat.completion.chunk", created: 1, model: "dear", choices: [{ index: 0, delta: { content: "Bon" }, finish_reason: null }] };
    await using under = await start(sse(events(chunk, { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }, "[DONE]")));
    const stream = await under.ask("/prompts/translate", { variables: { text: "x" }, stream: true });
    expect(stream.headers.get("content-type")).toContain("text/event-stream");
    expect(await stream.text()).toContain('"content":"Bon"');
    under.gateway.provider.respond = (_call, response) => void response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ error: { message: "too long", type: "invalid_request_error" } }));
    const refused = await under.ask("/prompts/translate", { variables: { text: "x" } });
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: "provider-error", detail: "too long" }]);
    expect((await fetch(`${under.gateway.url}/prompts/translate`, { method: "POST", body: "{}" })).status).toBe(401);
    const unknown = await under.ask("/prompts/translate/v9", {});
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: "unknown-prompt" }]);
  });

  it("have an OpenAPI document each that is valid, and a list", async () => {
    await using under = await start();
    const get = (path: string) => fetch(under.gateway.url + path, { headers: { authorization: "Bearer acme-secret" } });
    expect(await (await get("/prompts")).json()).toMatchObject({ items: [{ name: "translate", versions: ["v1", "v2"], default: "v2" }] });
    const text = await (await get("/prompts/translate/openapi.json")).text();
    const config = await createConfig({ extends: ["recommended"], rules: { "info-license": "off", "operation-4xx-response": "off", "no-server-example.com": "off" } });
    expect((await lintFromString({ source: text, config })).filter(({ severity }) => severity === "error").map(({ message }) => message)).toEqual([]);
    expect(JSON.parse(text)).toMatchObject({ servers: [{ url: under.gateway.url }], paths: { "/prompts/translate": {}, "/prompts/translate/v1": {}, "/prompts/translate/v2": {} } });
  });
});
