/** How an answer ended and what it used, from every kind of provider to callers of every dialect. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, From, Json } from "../testing/checklist-bench.ts";
import { awsEvent } from "../testing/scripted-upstreams.ts";
import { events, json, namedEvents, sse } from "../testing/fake-provider.ts";
import type { Respond } from "../testing/fake-provider.ts";
import { framesOf } from "../testing/heard.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const callers: readonly From[] = ["chat", "responses", "messages", "gemini"];

/** An answer of each provider that ends with the given word. */
const ended: Record<string, (word: string) => unknown> = {
  anthropic: (word) => ({ id: "msg_1", type: "message", role: "assistant", model: "m", content: [{ type: "text", text: "A" }], stop_reason: word, stop_sequence: word === "stop_sequence" ? "END" : null, usage: { input_tokens: 1, output_tokens: 1 } }),
  gemini: (word) => ({ candidates: [{ content: { role: "model", parts: [{ text: "A" }] }, finishReason: word }] }),
  mistral: (word) => ({ id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, finish_reason: word, message: { role: "assistant", content: "A" } }] }),
  deepseek: (word) => ({ id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, finish_reason: word, message: { role: "assistant", content: "A" } }] }),
  ollama: (word) => ({ model: "m", done: true, done_reason: word, message: { role: "assistant", content: "A" } }),
  bedrock: (word) => ({ output: { message: { role: "assistant", content: [{ text: "A" }] } }, stopReason: word, usage: { inputTokens: 1, outputTokens: 1 } }),
  cohere: (word) => ({ id: "c", message: { role: "assistant", content: [{ type: "text", text: "A" }] }, finish_reason: word }),
  responses: (word) => ({ id: "resp_1", object: "response", created_at: 1, model: "m", output: [{ type: "message", id: "m1", role: "assistant", status: "completed", content: [{ type: "output_text", text: "A", annotations: [] }] }], ...(word === "completed" ? { status: word } : { status: "incomplete", incomplete_details: { reason: word } }) }),
};
const finishOf: Record<From, (body: Json) => unknown> = {
  chat: (body) => (body["choices"] as Json[])[0]?.["finish_reason"],
  responses: (body) => (body["incomplete_details"] as Json | null)?.["reason"] ?? body["status"],
  messages: (body) => body["stop_reason"],
  gemini: (body) => (body["candidates"] as Json[])[0]?.["finishReason"],
};

describe("33 and 34: the reason of an end", () => {
  it.each<[string, string, [string, string, string, string]]>([
    ["anthropic", "end_turn", ["stop", "completed", "end_turn", "STOP"]], ["anthropic", "max_tokens", ["length", "max_output_tokens", "max_tokens", "MAX_TOKENS"]], ["anthropic", "stop_sequence", ["stop", "completed", "stop_sequence", "STOP"]],
    ["anthropic", "refusal", ["content_filter", "content_filter", "refusal", "SAFETY"]], ["anthropic", "pause_turn", ["stop", "completed", "pause_turn", "STOP"]], ["anthropic", "model_context_window_exceeded", ["length", "max_output_tokens", "model_context_window_exceeded", "MAX_TOKENS"]],
    ["anthropic", "compaction", ["stop", "completed", "compaction", "STOP"]], ["gemini", "CONTINUATION", ["length", "max_output_tokens", "max_tokens", "CONTINUATION"]], ["gemini", "IMAGE_OTHER", ["stop", "failed", "end_turn", "IMAGE_OTHER"]],
    ["bedrock", "model_context_window_exceeded", ["length", "max_output_tokens", "model_context_window_exceeded", "MAX_TOKENS"]],
    ["gemini", "STOP", ["stop", "completed", "end_turn", "STOP"]], ["gemini", "MAX_TOKENS", ["length", "max_output_tokens", "max_tokens", "MAX_TOKENS"]], ["gemini", "SAFETY", ["content_filter", "content_filter", "refusal", "SAFETY"]], ["gemini", "RECITATION", ["content_filter", "content_filter", "refusal", "RECITATION"]],
    ["mistral", "stop", ["stop", "completed", "end_turn", "STOP"]], ["mistral", "length", ["length", "max_output_tokens", "max_tokens", "MAX_TOKENS"]], ["mistral", "model_length", ["length", "max_output_tokens", "max_tokens", "MAX_TOKENS"]],
    ["deepseek", "content_filter", ["content_filter", "content_filter", "refusal", "SAFETY"]], ["ollama", "stop", ["stop", "completed", "end_turn", "STOP"]], ["ollama", "length", ["length", "max_output_tokens", "max_tokens", "MAX_TOKENS"]],
    ["bedrock", "end_turn", ["stop", "completed", "end_turn", "STOP"]], ["bedrock", "guardrail_intervened", ["content_filter", "content_filter", "refusal", "SAFETY"]], ["bedrock", "content_filtered", ["content_filter", "content_filter", "refusal", "SAFETY"]], ["bedrock", "max_tokens", ["length", "max_output_tokens", "max_tokens", "MAX_TOKENS"]],
    ["cohere", "COMPLETE", ["stop", "completed", "end_turn", "STOP"]], ["cohere", "MAX_TOKENS", ["length", "max_output_tokens", "max_tokens", "MAX_TOKENS"]], ["cohere", "STOP_SEQUENCE", ["stop", "completed", "stop_sequence", "STOP"]],
    ["responses", "completed", ["stop", "completed", "end_turn", "STOP"]], ["responses", "max_output_tokens", ["length", "max_output_tokens", "max_tokens", "MAX_TOKENS"]], ["responses", "content_filter", ["content_filter", "content_filter", "refusal", "SAFETY"]],
  ])("%s's %s is said in every caller's words", async (to, word, [chat, responses, messages, gemini]) => {
    const expected: Record<From, string> = { chat, responses, messages, gemini };
    for (const from of callers) {
      const { body } = await bench.ask({ from, to, body: {}, respond: json(ended[to]!(word)) });
      expect([from, finishOf[from](body)]).toEqual([from, expected[from]]);
    }
  });

  it("which chat completions have no word for stands beside it, as the provider says it", async () => {
    for (const [to, word] of [["gemini", "MALFORMED_FUNCTION_CALL"], ["anthropic", "pause_turn"]] as const) {
      expect((await bench.ask({ from: "chat", to, body: {}, respond: json(ended[to]!(word)) })).text).toContain(`"native_finish_reason":"${word}"`);
    }
  });

  it("is a call of a tool where OpenAI says stop, as it does after a call that was forced", async () => {
    const called = { tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }] };
    const choice = { index: 0, finish_reason: "stop" };
    const completion = { id: "c", object: "chat.completion", created: 1, model: "m" };
    const streamed = sse(events({ ...completion, choices: [{ ...choice, finish_reason: null, delta: called }] }, { ...completion, choices: [{ ...choice, delta: {} }] }, "[DONE]"));
    for (const [stream, respond] of [[false, json({ ...completion, choices: [{ ...choice, message: called }] })], [true, streamed]] as const) {
      expect((await bench.ask({ from: "messages", to: "deepseek", body: {}, stream, respond })).text).toContain('"stop_reason":"tool_use"');
    }
  });

  it("tells a caller of messages which stop sequence it was", async () => {
    expect((await bench.ask({ from: "messages", to: "vertex-claude", body: {}, respond: json(ended["anthropic"]!("stop_sequence")) })).text).toContain('"stop_sequence":"END"');
  });

  it("34: a response that is incomplete ends its stream as incomplete", async () => {
    const { text } = await bench.ask({ from: "responses", to: "anthropic", stream: true, body: {}, respond: json(ended["anthropic"]!("max_tokens")) });
    expect(framesOf(text).at(-1)).toMatchObject({ type: "response.incomplete", response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } } });
  });
});

/** Every provider has counted 100 tokens in, of which 60 came from its cache and 10 went there, and 20 out, of which 5 were thought, as far as it tells of such things. */
const counted: Record<string, unknown> = {
  anthropic: { id: "msg_1", type: "message", role: "assistant", model: "m", content: [{ type: "text", text: "A" }], stop_reason: "end_turn", usage: { input_tokens: 30, cache_read_input_tokens: 60, cache_creation_input_tokens: 10, cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 6 }, output_tokens: 20 } },
  bedrock: { output: { message: { role: "assistant", content: [{ text: "A" }] } }, stopReason: "end_turn", usage: { inputTokens: 30, cacheReadInputTokens: 60, cacheWriteInputTokens: 10, outputTokens: 20, totalTokens: 120 } },
  gemini: { candidates: [{ content: { role: "model", parts: [{ text: "A" }] }, finishReason: "STOP" }], usageMetadata: { promptTokenCount: 100, cachedContentTokenCount: 60, candidatesTokenCount: 15, thoughtsTokenCount: 5, totalTokenCount: 120 } },
  deepseek: { id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "A" } }], usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, prompt_tokens_details: { cached_tokens: 60 }, completion_tokens_details: { reasoning_tokens: 5 } } },
  responses: { id: "resp_1", object: "response", created_at: 1, model: "m", status: "completed", output: [{ type: "message", id: "m1", role: "assistant", status: "completed", content: [{ type: "output_text", text: "A", annotations: [] }] }], usage: { input_tokens: 100, input_tokens_details: { cached_tokens: 60 }, output_tokens: 20, output_tokens_details: { reasoning_tokens: 5 }, total_tokens: 120 } },
  ollama: { model: "m", done: true, done_reason: "stop", message: { role: "assistant", content: "A" }, prompt_eval_count: 100, eval_count: 20 },
  cohere: { id: "c", message: { role: "assistant", content: [{ type: "text", text: "A" }] }, finish_reason: "COMPLETE", usage: { billed_units: { input_tokens: 100, output_tokens: 20 }, tokens: { input_tokens: 700, output_tokens: 20 } } },
};
const cached = ["anthropic", "bedrock", "gemini", "deepseek", "responses"];

describe("35, 36, 38 and 40: what was used", () => {
  it.each(Object.keys(counted))("of %s is counted as each caller's dialect counts, input with or without the cache (maximhq/bifrost#5354)", async (to) => {
    const isCached = cached.includes(to);
    const writes = to === "anthropic" || to === "bedrock" ? 10 : 0;
    const expected: Record<From, Json> = {
      chat: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, ...(isCached && { prompt_tokens_details: { cached_tokens: 60 } }) },
      responses: { input_tokens: 100, output_tokens: 20, total_tokens: 120, ...(isCached && { input_tokens_details: { cached_tokens: 60 } }) },
      messages: { input_tokens: isCached ? 40 - writes : 100, cache_read_input_tokens: isCached ? 60 : 0, output_tokens: 20, cache_creation_input_tokens: writes },
      gemini: { promptTokenCount: 100, ...(isCached && { cachedContentTokenCount: 60 }), totalTokenCount: 120 },
    };
    for (const from of callers) {
      if (from === "messages" && to === "anthropic") continue;
      const { body } = await bench.ask({ from, to, body: {}, respond: json(counted[to]) });
      expect([from, body["usage"] ?? body["usageMetadata"]]).toMatchObject([from, expected[from]]);
    }
  });

  it.each(["gemini", "deepseek", "responses"])("38: reasoning of %s is a part of the output, and told apart", async (to) => {
    const expected: Record<From, Json> = {
      chat: { completion_tokens: 20, completion_tokens_details: { reasoning_tokens: 5 } }, responses: { output_tokens: 20, output_tokens_details: { reasoning_tokens: 5 } },
      messages: { output_tokens: 20, output_tokens_details: { thinking_tokens: 5 } }, gemini: { candidatesTokenCount: 15, thoughtsTokenCount: 5 },
    };
    for (const from of callers) {
      const { body } = await bench.ask({ from, to, body: {}, respond: json(counted[to]) });
      expect([from, body["usage"] ?? body["usageMetadata"]]).toMatchObject([from, expected[from]]);
    }
  });
});

describe("37: usage in a stream of messages", () => {
  const message = { id: "msg_1", type: "message", role: "assistant", model: "m", content: [], stop_reason: null };
  const respond = sse(namedEvents(
    { type: "message_start", message: { ...message, usage: { input_tokens: 3, output_tokens: 1 } } } as never,
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as never, { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "A" } } as never, { type: "content_block_stop", index: 0 } as never,
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { input_tokens: 30, cache_read_input_tokens: 70, output_tokens: 20 } } as never, { type: "message_stop" },
  ));

  it("is cumulative, and its last word corrects the first", async () => {
    const { text } = await bench.ask({ from: "chat", to: "anthropic", stream: true, body: { stream_options: { include_usage: true } }, respond });
    expect(framesOf(text).at(-1)?.["usage"]).toMatchObject({ prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 70 } });
    const gemini = await bench.ask({ from: "gemini", to: "anthropic", stream: true, body: {}, respond });
    expect(framesOf(gemini.text).at(-1)?.["usageMetadata"]).toMatchObject({ promptTokenCount: 100, candidatesTokenCount: 20, cachedContentTokenCount: 70 });
  });
});

describe("39: usage at the end of a stream", () => {
  it.each(["openai", "deepseek", "anthropic", "gemini", "mistral", "ollama", "bedrock", "cohere"])("is given to the caller only if asked for: %s", async (to) => {
    const silent = await bench.ask({ from: "chat", to, stream: true, body: {} });
    expect(framesOf(silent.text).some((frame) => frame["usage"])).toBe(false);
    const told = await bench.ask({ from: "chat", to, stream: true, body: { stream_options: { include_usage: true } } });
    expect(framesOf(told.text).at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 20, completion_tokens: 9 } });
  });

  it.each(["openai", "deepseek", "azure"])("is always asked of %s", async (to) => {
    expect((await bench.ask({ from: "chat", to, stream: true, body: {} })).sent!.body["stream_options"]).toEqual({ include_usage: true });
  });
});

describe("40: counts that come late or not at all", () => {
  it("do not hold up the end: Bedrock's metadata follow its last event, Ollama counts nothing of a prompt in its cache", async () => {
    const respond: Respond = (_call, response) => void response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" }).end(Buffer.concat([awsEvent("messageStart", { role: "assistant" }), awsEvent("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "A" } }), awsEvent("messageStop", { stopReason: "end_turn" })]));
    expect((await bench.ask({ from: "chat", to: "bedrock", stream: true, body: {}, respond })).text).toMatch(/"finish_reason":"stop"[^]*\[DONE\]/);
    const { body } = await bench.ask({ from: "chat", to: "ollama", body: {}, respond: json({ model: "m", done: true, done_reason: "stop", message: { role: "assistant", content: "A" }, eval_count: 20 }) });
    expect(body["usage"]).toMatchObject({ prompt_tokens: 0, completion_tokens: 20 });
  });
});

it("33: two finish reasons of two choices stay apart", async () => {
  const chunk = (index: number, delta: object, finish: string | null): object => ({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index, delta, finish_reason: finish }] });
  const respond = sse(events(chunk(0, { content: "A" }, null), chunk(1, { content: "B" }, null), chunk(1, {}, "length"), chunk(0, {}, "stop"), "[DONE]"));
  const { text } = await bench.ask({ from: "gemini", to: "deepseek", stream: true, body: {}, respond });
  expect((framesOf(text).at(-1)!["candidates"] as Json[]).map((each) => each["finishReason"])).toEqual(["STOP", "MAX_TOKENS"]);
});
