import { afterEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { message, messageEvents } from "./testing/anthropic-fixtures.ts";
import { cutAfter, events, json, namedEvents, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider, Respond } from "./testing/fake-provider.ts";
import { chatAnswer, chunk, textChunks } from "./testing/openai-fixtures.ts";

const hello = [{ role: "user" as const, content: "Hello" }];
const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function two(first: Respond, second: Respond = json(message), strategy: "failover" | "weighted" = "failover"): Promise<{ gateway: AiGateway; one: FakeProvider; other: FakeProvider }> {
  const one = await startProvider(first);
  const other = await startProvider(second);
  const gateway = await startAi(
    { openai: { apiKey: "k", baseUrl: `${one.url}/v1`, timeouts: { connect: "1s", firstByte: "1s", idle: "1s" } }, anthropic: { apiKey: "k", baseUrl: other.url } },
    { assistant: { strategy, targets: [{ model: "openai/gpt-5-mini", weight: 3 }, { model: "anthropic/claude-sonnet-4-5", weight: 1 }], timeouts: { firstToken: "1500ms" } } },
  );
  opened.push(one, other, gateway);
  return { gateway, one, other };
}

describe("an alias with several targets", () => {
  it.each<[string, Respond]>([
    ["429", json({ error: { message: "slow down" } }, 429)],
    ["500", json({ error: { message: "oops" } }, 500)],
    ["an error with status 200", json({ error: { message: "oops" } })],
    ["a closed connection", (_call, response) => void response.socket?.destroy()],
    ["a time-out", () => {}],
    ["the gateway's key refused", json({ error: { message: "no" } }, 401)],
  ])("goes on to the next after %s", async (_what, respond) => {
    const { gateway } = await two(respond);
    const answer = await gateway.client.chat.completions.create({ model: "assistant", messages: hello, max_tokens: 50 });
    expect(answer).toMatchObject({ id: "msg_1", model: "assistant" });
    const [record] = await gateway.records();
    expect(record).toMatchObject({ provider: "anthropic", attempts: 2, status: 200 });
    expect(record?.attemptLog?.map((attempt) => [attempt.target, attempt.failure === undefined])).toEqual([["openai/gpt-5-mini", false], ["anthropic/claude-sonnet-4-5", true]]);
    expect(record?.error).toBeUndefined();
  });

  it.each<[string, Respond]>([
    ["an error before content", sse(events(chunk({ role: "assistant", content: "" }), { error: { message: "oops" } }))],
    ["a cut before content", cutAfter(events(chunk({ role: "assistant", content: "" })))],
    ["no first token in time", (_call, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).write(events(chunk({ role: "assistant", content: "" })))],
  ])("goes on to the next in a stream after %s, and the caller sees only that", async (_what, respond) => {
    const { gateway } = await two(respond, sse(namedEvents(...messageEvents)));
    const text = await (await gateway.post({ model: "assistant", messages: hello, stream: true })).text();
    expect(text).not.toContain("chatcmpl-1");
    expect(text).toContain("I look");
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("waits for an answer that is not streamed as long as the alias says, whatever the time for a first token (APIParkLab/APIPark#434)", async () => {
    const slow: Respond = (call, response) => void setTimeout(() => void json(chatAnswer)(call, response), 300);
    const mute = await startProvider(() => {});
    const late = await startProvider(slow);
    const targets = [{ model: "mute/a", timeouts: { firstByte: "100ms" } }, { model: "late/a" }];
    const gateway = await startAi(
      { mute: { kind: "openai-compatible", baseUrl: `${mute.url}/v1` }, late: { kind: "openai-compatible", baseUrl: `${late.url}/v1` } },
      { assistant: { targets, timeouts: { firstToken: "50ms" } } },
    );
    opened.push(mute, late, gateway);
    expect(await gateway.client.chat.completions.create({ model: "assistant", messages: hello })).toMatchObject({ id: chatAnswer.id });
    const [record] = await gateway.records();
    expect(record?.attemptLog?.map(({ target, failure }) => [target, failure])).toEqual([["mute/a", "timeout"], ["late/a", undefined]]);
  });

  it("never goes on after the first content (maximhq/bifrost#5395)", async () => {
    const { gateway, other } = await two(cutAfter(events(...textChunks.slice(0, 2))));
    const text = await (await gateway.post({ model: "assistant", messages: hello, stream: true })).text();
    expect(text).toContain("provider-broken");
    expect(other.calls).toHaveLength(0);
  });

  it("does not go on after what is the caller's fault", async () => {
    const { gateway, other } = await two(json({ error: { message: "bad", type: "invalid_request_error" } }, 400));
    expect((await gateway.post({ model: "assistant", messages: hello })).status).toBe(400);
    expect(other.calls).toHaveLength(0);
  });

  it("tells why the target failed that could have answered, not that another cannot do what was asked", async () => {
    const { gateway } = await two(json({ error: { message: "slow down" } }, 429, { "retry-after": "5" }));
    const answer = await gateway.post({ model: "assistant", messages: hello, n: 2 });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "5"]);
  });

  it("spreads calls by weight, and goes on to the rest when the drawn one fails", async () => {
    const { gateway, one, other } = await two(json(chatAnswer), json(message), "weighted");
    for (let call = 0; call < 60; call++) await gateway.client.chat.completions.create({ model: "assistant", messages: hello, max_tokens: 50 });
    // Three in four: 60 calls stray outside of 25…59 less than once in a million.
    expect(one.calls.length).toBeGreaterThan(25);
    expect(one.calls.length + other.calls.length).toBe(60);
    one.respond = json({ error: {} }, 500);
    for (let call = 0; call < 5; call++) expect((await gateway.post({ model: "assistant", messages: hello })).status).toBe(200);
  });
});

describe("the name of a model", () => {
  it("finds its provider: prefix, bare, pinned, learned from the provider's own list, and with slashes of its own", async () => {
    const asked: string[] = [];
    const server = await startProvider((call, response) => {
      if (call.method === "GET") return json({ data: [{ id: "meta-llama/Llama-3.3" }, { id: "tiny:latest" }] })(call, response);
      asked.push(call.body["model"] as string);
      return json(chatAnswer)(call, response);
    });
    const gateway = await startAi({ openai: { apiKey: "k", baseUrl: `${server.url}/v1` }, own: { kind: "openai-compatible", baseUrl: `${server.url}/v1` } });
    opened.push(server, gateway);
    for (const model of ["openai/anything", "gpt-4o", "gpt-4o-2024-08-06", "meta-llama/Llama-3.3", "own/x/y", "tiny"]) {
      expect((await gateway.post({ model, messages: hello })).status).toBe(200);
    }
    expect(asked).toEqual(["anything", "gpt-4o", "gpt-4o-2024-08-06", "meta-llama/Llama-3.3", "x/y", "tiny:latest"]);
    expect(server.calls.filter((call) => call.method === "GET").length).toBe(2);
  });

  it("is listed with the aliases, and can be looked up by itself", async () => {
    const { gateway } = await two(json({ data: [{ id: "gpt-own" }] }), json({ data: [] }));
    const ids = (await gateway.client.models.list()).data.map((model) => model.id);
    expect(ids).toEqual(expect.arrayContaining(["assistant", "openai/gpt-5-mini", "openai/gpt-own", "anthropic/claude-sonnet-4-5"]));
    expect(ids[0]).toBe("assistant");
    expect(await gateway.client.models.retrieve("openai/gpt-own")).toMatchObject({ id: "openai/gpt-own", object: "model", owned_by: "openai" });
    await expect(gateway.client.models.retrieve("nothing-like-it")).rejects.toMatchObject({ status: 404, code: "unknown-model" });
  });
});
