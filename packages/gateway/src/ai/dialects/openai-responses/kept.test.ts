import { afterAll, beforeAll, expect, it } from "vitest";
import { startChecklist } from "../../testing/checklist-bench.ts";
import type { ChecklistBench } from "../../testing/checklist-bench.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const wish = { store: false, include: ["reasoning.encrypted_content"] };
/** Reasoning of another provider's, without which OpenAI would be sent the caller's own bytes. */
const foreign = { input: [{ role: "user", content: "Hi" }, { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "parley.anthropic-messages:c2ln" }, { role: "assistant", content: "Hm." }, { role: "user", content: "Go on" }] };

it("is not kept at OpenAI where the caller forbids it, and gives its reasoning, also where the request is written anew", async () => {
  for (const model of ["gpt-4o", "my-own-deployment"]) {
    const { sent } = await bench.ask({ from: "responses", to: "responses", model, body: { ...foreign, ...wish } });
    expect([sent?.body["store"], sent?.body["include"], sent?.text.includes("parley.")]).toEqual([false, wish.include, false]);
  }
});

it("is nothing that another provider would have to be told", async () => {
  for (const to of ["anthropic", "gemini", "mistral", "deepseek", "bedrock", "cohere", "ollama"]) {
    const { warned, sent } = await bench.ask({ from: "responses", to, body: wish });
    expect([to, warned.filter((each) => !each.startsWith("added")), sent?.text.includes("store")]).toEqual([to, [], false]);
  }
});
