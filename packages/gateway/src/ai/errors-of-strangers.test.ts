/** Errors whose form is not the provider's dialect: of proxies, clouds and servers that resemble it. Callers get their own dialect's form, with what was said. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json } from "./testing/fake-provider.ts";
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

  it("says how long to wait where the provider says it in milliseconds alone", async () => {
    const { headers } = await bench.ask({ from: "messages", to: "openai", body: {}, respond: json({ error: { message: "slow", type: "requests", code: "rate_limit_exceeded" } }, 429, { "retry-after-ms": "1500" }) });
    expect([headers.get("retry-after"), headers.get("retry-after-ms")]).toEqual(["2", "1500"]);
  });
});
