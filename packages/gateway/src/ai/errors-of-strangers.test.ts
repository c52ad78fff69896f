/** Errors whose form is not the provider's dialect: of proxies, clouds and servers that resemble it. Callers get their own dialect's form, with what was said. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json } from "./testing/fake-provider.ts";
import type { Respond } from "./testing/fake-provider.ts";
import { startChecklist } from "./testing/checklist-bench.ts";
import type { ChecklistBench, From } from "./testing/checklist-bench.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const google = { error: { code: 429, message: "Quota exceeded", status: "RESOURCE_EXHAUSTED" } };
const froms: readonly From[] = ["chat", "responses", "messages", "gemini"];

describe("an error in another form than the dialect's", () => {
  it.each([["the cloud's own", google], ["the cloud's own in a list", [google]]])("is Anthropic's towards callers of messages at Vertex AI: %s", async (_what, body) => {
    for (const stream of [false, true]) {
      const answer = await bench.ask({ from: "messages", to: "vertex-claude", stream, body: {}, respond: json(body, 429) });
      expect([answer.status, answer.body]).toMatchObject([429, { type: "error", error: { type: "rate_limit_error", message: "Quota exceeded" } }]);
    }
  });

  it("goes on as it came where it is the dialect's", async () => {
    const own = { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_1" };
    expect((await bench.ask({ from: "messages", to: "vertex-claude", body: {}, respond: json(own, 529) })).text).toBe(JSON.stringify(own));
  });

  it.each<[string, unknown]>([
    ["a text", { error: "It is loading." }], ["a message", { message: "It is loading." }], ["a detail", { detail: "It is loading." }], ["complaints", { detail: [{ loc: ["body", "model"], msg: "It is loading." }] }],
    ["a problem", { type: "about:blank", title: "It is loading.", status: 503 }], ["a list", [{ error: { message: "It is loading." } }]], ["no JSON", "It is loading."],
  ])("says what was said, to every caller from every provider: %s", async (_what, body) => {
    for (const to of ["openai", "deepseek", "anthropic", "gemini", "mistral", "ollama", "bedrock", "cohere"]) {
      for (const from of froms) {
        const { status, text } = await bench.ask({ from, to, body: {}, respond: json(body, 503) });
        expect([to, from, status, text]).toEqual([to, from, 503, expect.stringContaining("It is loading.")]);
      }
    }
  });

  const vllms = { object: "error", message: "It is too long.", type: "BadRequestError", param: null, code: 400 };
  const minimaxs = (code: number): object => ({ id: "c", choices: null, base_resp: { status_code: code, status_msg: "It went wrong." } });

  const details = { detail: [{ loc: ["body"], msg: "It went wrong." }] };

  it.each<[string, object, number, string]>([
    ["FastAPI's", { detail: "It went wrong." }, 502, "It went wrong."], ["FastAPI's complaints", details, 502, "It went wrong."],
    ["vLLM's", vllms, 400, "It is too long."], ["MiniMax's limit of calls", minimaxs(1002), 429, "It went wrong."], ["MiniMax's filter", minimaxs(1026), 400, "It went wrong."], ["one of MiniMax's that nobody knows", minimaxs(4242), 502, "It went wrong."],
  ])("is no answer where its status is 200, to every caller: %s", async (_what, body, expected, said) => {
    for (const from of froms) {
      for (const stream of [false, true]) {
        const respond: Respond = (_call, response) => void response.writeHead(200, { "content-type": stream ? "text/event-stream" : "application/json" }).end(stream ? `data: ${JSON.stringify(body)}\n\ndata: [DONE]\n\n` : JSON.stringify(body));
        const { status, text } = await bench.ask({ from, to: "deepseek", stream, body: {}, respond });
        expect([from, stream, status, text]).toEqual([from, stream, expected, expect.stringContaining(said)]);
      }
    }
  });

  it.each<[string, object, string]>([
    ["vLLM's", vllms, "It is too long."], ["FastAPI's", { detail: "It went wrong." }, "It went wrong."], ["FastAPI's complaints", details, "It went wrong."],
    ["MiniMax's filter", minimaxs(1027), "It went wrong."], ["MiniMax's filter, with a reason to end", { ...minimaxs(1027), choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }, "It went wrong."],
  ])("is no clean end in the midst of a stream, to every caller: %s", async (_what, failure, said) => {
    const begun = { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta: { role: "assistant", content: "Half" }, finish_reason: null }] };
    const respond: Respond = (_call, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).end(`data: ${JSON.stringify(begun)}\n\ndata: ${JSON.stringify(failure)}\n\ndata: [DONE]\n\n`);
    for (const from of froms) {
      const { text } = await bench.ask({ from, to: "deepseek", stream: true, body: {}, respond });
      expect([from, text.includes("Half"), text]).toEqual([from, true, expect.stringContaining(said)]);
      expect([from, text]).toEqual([from, expect.not.stringMatching(/\[DONE\]|message_stop|response\.completed|"finishReason"/)]);
    }
  });

  it.each<[string, object]>([["a text", { error: "It went wrong." }], ["FastAPI's", { detail: "It went wrong." }], ["FastAPI's complaints", details]])("is no clean end of a stream in Mistral's words, to every caller: %s", async (_what, failure) => {
    const begun = { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta: { role: "assistant", content: "Half" }, finish_reason: null }] };
    const respond: Respond = (_call, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).end(`data: ${JSON.stringify(begun)}\n\ndata: ${JSON.stringify(failure)}\n\ndata: [DONE]\n\n`);
    for (const from of froms) {
      const { text } = await bench.ask({ from, to: "mistral", stream: true, body: {}, respond });
      expect([from, text.includes("Half"), text]).toEqual([from, true, expect.stringContaining("It went wrong.")]);
      expect([from, text]).toEqual([from, expect.not.stringMatching(/\[DONE\]|message_stop|response\.completed|"finishReason"/)]);
    }
  });

  it("says how long to wait where the provider says it in milliseconds alone", async () => {
    const { headers } = await bench.ask({ from: "messages", to: "openai", body: {}, respond: json({ error: { message: "slow", type: "requests", code: "rate_limit_exceeded" } }, 429, { "retry-after-ms": "1500" }) });
    expect([headers.get("retry-after"), headers.get("retry-after-ms")]).toEqual(["2", "1500"]);
  });
});
