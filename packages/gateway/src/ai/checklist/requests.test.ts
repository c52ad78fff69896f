/** What a request says, towards every kind of provider: it arrives, or it is refused by name, or Parley-Warning says that it did not. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyProvider } from "../testing/every-provider.ts";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, Json } from "../testing/checklist-bench.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const kinds = Object.keys(everyProvider);
const user = (content: unknown): Json => ({ role: "user", content });
const assistant = (content: unknown): Json => ({ role: "assistant", content });

function at(value: unknown, ...members: (string | number)[]): unknown {
  return members.reduce<unknown>((inner, member) => (inner as Record<string | number, unknown> | undefined)?.[member], value);
}

describe("messages", () => {
  it.each(kinds)("1: system and developer messages keep their order before the rest, and a later one its place: %s", async (to) => {
    const messages = [{ role: "system", content: "S-one" }, { role: "developer", content: "S-two" }, user("U-one"), assistant("A-one"), { role: "system", content: "S-three" }, user("U-two")];
    const { status, sent } = await bench.ask({ from: "chat", to, body: { messages } });
    expect(status).toBe(200);
    const { system, systemInstruction, ...rest } = sent!.body;
    const text = JSON.stringify([system, systemInstruction, rest]);
    const places = ["S-one", "S-two", "U-one", "A-one", "S-three", "U-two"].map((word) => text.indexOf(word));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places).not.toContain(-1);
  });

  it.each(["anthropic", "vertex-claude", "bedrock", "gemini", "vertex"])("2: neighbours of one role are one turn, and results of tools are the user's: %s", async (to) => {
    const call = (id: string): Json => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
    const messages = [user("one"), user("two"), { role: "assistant", content: null, tool_calls: [call("call_aaa1"), call("call_aaa2")] }, { role: "tool", tool_call_id: "call_aaa1", content: "r1" }, { role: "tool", tool_call_id: "call_aaa2", content: "r2" }, user("three")];
    const { sent } = await bench.ask({ from: "chat", to, body: { messages, tools: [{ type: "function", function: { name: "f" } }] } });
    const turns = (sent!.body["messages"] ?? sent!.body["contents"]) as { role: string; content?: unknown[]; parts?: unknown[] }[];
    expect(turns.map(({ role, content, parts }) => [role, (content ?? parts)?.length])).toEqual([["user", 2], [to.startsWith("gemini") || to === "vertex" ? "model" : "assistant", 2], ["user", 3]]);
  });

  it.each(["anthropic", "vertex-claude", "bedrock"])("3 and 4: empty texts and white space behind an answer's beginning, which are refused there, are not sent: %s", async (to) => {
    const messages = [user([{ type: "text", text: "" }, { type: "text", text: " " }, { type: "text", text: "Hello" }]), assistant(""), user("Say"), assistant("It is \n")];
    const { sent } = await bench.ask({ from: "chat", to, body: { messages } });
    expect(sent!.text).not.toMatch(/"text":"\s*"|"content":"\s*"|"content":\[\]/);
    const last = (sent!.body["messages"] as Json[]).at(-1);
    expect(last?.["role"]).toBe("assistant");
    expect(JSON.stringify(last)).toContain('"It is"');
  });

  it.each([["mistral", { role: "assistant", content: "It is", prefix: true }], ["deepseek", { role: "assistant", content: "It is", prefix: true }], ["ollama", { role: "assistant", content: "It is" }], ["gemini", { role: "model", parts: [{ text: "It is" }] }], ["cohere", { role: "assistant", content: "It is" }]])("4: the beginning of an answer stays the last message: %s", async (to, expected) => {
    const { sent } = await bench.ask({ from: "chat", to, body: { messages: [user("Say"), { ...assistant("It is"), prefix: true }] } });
    expect((((sent!.body["messages"] ?? sent!.body["contents"])) as Json[]).at(-1)).toMatchObject(expected);
  });
});

const limitPlaces: Record<string, (string | number)[]> = {
  openai: ["max_completion_tokens"], deepseek: ["max_tokens"], responses: ["max_output_tokens"], anthropic: ["max_tokens"], gemini: ["generationConfig", "maxOutputTokens"], mistral: ["max_tokens"],
  ollama: ["options", "num_predict"], bedrock: ["inferenceConfig", "maxTokens"], cohere: ["max_tokens"], azure: ["max_completion_tokens"], vertex: ["generationConfig", "maxOutputTokens"], "vertex-claude": ["max_tokens"],
};

describe("5: the limit of the answer", () => {
  it.each(kinds)("has each provider's own name, whatever the caller's is: %s", async (to) => {
    const forms: [Parameters<ChecklistBench["ask"]>[0]["from"], Json][] = [
      ["chat", { max_tokens: 321 }], ["chat", { max_completion_tokens: 321 }], ["responses", { max_output_tokens: 321 }], ["messages", { max_tokens: 321 }], ["gemini", { generationConfig: { maxOutputTokens: 321 } }],
    ];
    for (const [from, body] of forms) {
      const { sent } = await bench.ask({ from, to, body });
      const isPassed = from === "chat" && (to === "openai" || to === "azure");
      const place = sent!.path.includes("/responses") ? ["max_output_tokens"] : isPassed ? Object.keys(body) : limitPlaces[to]!;
      expect([from, at(sent!.body, ...place)]).toEqual([from, 321]);
    }
  });

  it.each(["anthropic", "vertex-claude"])("is made up where it is required only, and Parley-Warning says so: %s", async (to) => {
    expect((await bench.ask({ from: "chat", to, body: {} })).warned).toEqual(["added max_tokens"]);
    expect((await bench.ask({ from: "chat", to: "bedrock", body: {} })).warned).toEqual([]);
  });
});

describe("6: reasoning", () => {
  it.each<[string, string | undefined, Json]>([
    ["openai", "gpt-5", { reasoning_effort: "low" }], ["responses", "gpt-5", { reasoning: { effort: "low" } }], ["anthropic", undefined, { thinking: { type: "enabled", budget_tokens: 2048 } }],
    ["gemini", "gemini-2.5-flash", { generationConfig: { thinkingConfig: { thinkingBudget: 2048, includeThoughts: true } } }], ["gemini", "gemini-3-pro-preview", { generationConfig: { thinkingConfig: { thinkingLevel: "LOW", includeThoughts: true } } }],
    ["ollama", undefined, { think: "low" }], ["bedrock", undefined, { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2048 } } }], ["cohere", undefined, { thinking: { type: "enabled", token_budget: 2048 } }],
  ])("an effort is what %s %s takes of it", async (to, model, expected) => {
    const { sent } = await bench.ask({ from: "chat", to, ...(model && { model }), body: { reasoning_effort: "low", max_completion_tokens: 4000 } });
    expect(sent!.body).toMatchObject(expected);
  });

  it.each(["anthropic", "vertex-claude"])("a budget is at least 1,024 and less than the limit: %s", async (to) => {
    for (const limit of [1100, 2000, 9000]) {
      const { sent } = await bench.ask({ from: "chat", to, body: { reasoning_effort: "high", max_tokens: limit } });
      const budget = at(sent!.body, "thinking", "budget_tokens") as number;
      expect(budget).toBeGreaterThanOrEqual(1024);
      expect(budget).toBeLessThan(limit);
    }
    const { sent, warned } = await bench.ask({ from: "chat", to, body: { reasoning_effort: "high", max_tokens: 900 } });
    expect([at(sent!.body, "thinking"), warned]).toEqual([undefined, ["dropped reasoning_effort"]]);
  });

  it.each<[string, string, Json]>([["openai", "gpt-5", { reasoning_effort: "medium" }], ["gemini", "gemini-2.5-flash", { generationConfig: { thinkingConfig: { thinkingBudget: 5000 } } }], ["cohere", "command-a-reasoning-08-2025", { thinking: { type: "enabled", token_budget: 5000 } }]])("Anthropic's budget arrives at %s", async (to, model, expected) => {
    const { sent } = await bench.ask({ from: "messages", to, model, body: { max_tokens: 8000, thinking: { type: "enabled", budget_tokens: 5000 } } });
    expect(sent!.body).toMatchObject(expected);
  });
});

describe("7: temperature", () => {
  it.each([["anthropic", 1], ["bedrock", 1], ["cohere", 1], ["mistral", 1.5], ["gemini", 1.8], ["openai", 1.8], ["ollama", 1.8]])("past %s's range becomes %d, and is said", async (to, expected) => {
    const { sent, warned } = await bench.ask({ from: "chat", to, body: { temperature: 1.8, max_tokens: 100 } });
    const { temperature, options, inferenceConfig, generationConfig } = sent!.body as Record<string, Record<string, unknown>>;
    expect(temperature ?? options?.["temperature"] ?? inferenceConfig?.["temperature"] ?? generationConfig?.["temperature"]).toBe(expected);
    expect(warned).toEqual(expected === 1.8 ? [] : ["changed temperature"]);
  });
});

describe("8: stop sequences", () => {
  it.each<[string, (string | number)[]]>([["anthropic", ["stop_sequences"]], ["gemini", ["generationConfig", "stopSequences"]], ["mistral", ["stop"]], ["ollama", ["options", "stop"]], ["bedrock", ["inferenceConfig", "stopSequences"]], ["cohere", ["stop_sequences"]]])("are a list at %s, also where the caller wrote one text", async (to, place) => {
    expect(at((await bench.ask({ from: "chat", to, body: { stop: "END" } })).sent!.body, ...place)).toEqual(["END"]);
    expect(at((await bench.ask({ from: "messages", to: to === "anthropic" ? "bedrock" : to, body: { stop_sequences: ["END"] } })).sent!.text.includes('["END"]'))).toBe(true);
  });

  it.each(["gemini", "cohere"])("past the number that %s takes are refused by name", async (to) => {
    const { status, body } = await bench.ask({ from: "messages", to, body: { stop_sequences: ["a", "b", "c", "d", "e", "f"] } });
    expect([status, at(body, "error", "message")]).toEqual([400, expect.stringContaining("stop")]);
  });
});

describe("what would change the answer is refused by name where it cannot be said", () => {
  it.each(kinds.filter((kind) => !["openai", "deepseek", "azure", "gemini", "vertex", "mistral"].includes(kind)))("9: n: %s", async (to) => {
    const { status, body, sent } = await bench.ask({ from: "chat", to, body: { n: 2 } });
    expect([status, at(body, "error", "param"), sent]).toEqual([400, "n", undefined]);
  });

  it.each<[string, (string | number)[]]>([["gemini", ["generationConfig", "candidateCount"]], ["mistral", ["n"]], ["openai", ["n"]]])("9: n arrives at %s", async (to, place) => {
    expect(at((await bench.ask({ from: "chat", to, body: { n: 2 } })).sent!.body, ...place)).toBe(2);
  });

  it.each(kinds.filter((kind) => !["openai", "deepseek", "azure"].includes(kind)))("10: logit_bias: %s", async (to) => {
    const { status, body } = await bench.ask({ from: "chat", to, body: { logit_bias: { 50256: -100 } } });
    expect([status, at(body, "error", "param")]).toEqual([400, "logit_bias"]);
  });

  it.each(["anthropic", "bedrock", "vertex-claude"])("11: logprobs: %s", async (to) => {
    const { status, body } = await bench.ask({ from: "chat", to, body: { logprobs: true } });
    expect([status, at(body, "error", "param")]).toEqual([400, "logprobs"]);
  });

  it.each<[string, Json]>([["gemini", { generationConfig: { responseLogprobs: true, logprobs: 3 } }], ["ollama", { logprobs: true, top_logprobs: 3 }], ["responses", { include: ["message.output_text.logprobs"], top_logprobs: 3 }]])("11: logprobs are asked of %s", async (to, expected) => {
    expect((await bench.ask({ from: "chat", to, body: { logprobs: true, top_logprobs: 3 } })).sent!.body).toMatchObject(expected);
  });

  it.each(kinds.filter((kind) => !["openai", "responses", "azure"].includes(kind)))("12: previous_response_id: %s", async (to) => {
    const { status, body } = await bench.ask({ from: "responses", to, body: { previous_response_id: "resp_1" } });
    expect([status, at(body, "error", "param")]).toEqual([400, "previous_response_id"]);
  });
});

const hints = { seed: 5, presence_penalty: 0.5, frequency_penalty: 0.25, user: "u-1", service_tier: "flex", metadata: { team: "red" }, unheard_of: 1, parallel_tool_calls: false };
const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: { a: { type: "string" } } } } }];

describe("10, 12 and 13: a hint", () => {
  it.each(kinds)("arrives, or Parley-Warning names it: %s", async (to) => {
    const { status, sent, warned } = await bench.ask({ from: "chat", to, body: { ...hints, tools } });
    expect(status).toBe(200);
    const values: Record<keyof typeof hints, RegExp> = {
      seed: /"(?:random_)?seed":5/, presence_penalty: /presence_?penalty":0\.5/i, frequency_penalty: /frequency_?penalty":0\.25/i, user: /"u-1"/, service_tier: /"flex"/, metadata: /"team":"red"/, unheard_of: /"unheard_of":1/, parallel_tool_calls: /parallel_tool_calls":false|disable_parallel_tool_use":true/,
    };
    for (const [name, pattern] of Object.entries(values)) {
      const isSaid = warned.some((warning) => warning === `dropped ${name}` || warning.startsWith(`dropped ${name}.`));
      expect([name, pattern.test(sent!.text) !== isSaid]).toEqual([name, true]);
    }
  });

  it("13: of a caller of the same dialect nothing is changed but the model", async () => {
    const { sent } = await bench.ask({ from: "messages", to: "anthropic", body: { unheard_of: { a: [1.50] }, max_tokens: 7 } });
    expect(sent!.body).toMatchObject({ unheard_of: { a: [1.5] }, max_tokens: 7, model: "claude-sonnet-4-5" });
  });
});
