/**
 * Every parameter that OpenAI's SDK knows, of the one API for answers towards the other. The lists are held to the SDK's types:
 * a new release with a new parameter does not compile before it is said here what becomes of it.
 */
import type { ChatCompletionCreateParamsNonStreaming, ChatCompletionCreateParamsStreaming } from "openai/resources/chat/completions";
import type { ResponseCreateParamsNonStreaming, ResponseCreateParamsStreaming } from "openai/resources/responses/responses";
import { describe, expect, it } from "vitest";
import type { CallerDialect, ProviderDialect } from "../../conversation/dialect.ts";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { withWebSearch } from "../../conversation/web-search.ts";
import { openAiChatCaller, openAiChatProvider } from "../openai-chat/dialect.ts";
import { openAiResponsesCaller, openAiResponsesProvider } from "./dialect.ts";

type Fate =
  /** These members of the other API's request. */
  | { to: object }
  | "refused"
  /** Left out, and the caller is told. */
  | "warned"
  /** Only this API needs it. */
  | "meaningless";
type Fates<Members extends string> = Record<Members, readonly [value: unknown, fate: Fate]>;

const schema = { type: "object", properties: {} };
const tool = { name: "f", parameters: schema };

const chatParameters: Fates<keyof ChatCompletionCreateParamsNonStreaming | keyof ChatCompletionCreateParamsStreaming> = {
  messages: [[{ role: "user", content: "Hi" }], { to: { input: [{ role: "user", content: "Hi" }] } }],
  model: ["gpt-5-mini", { to: { model: "gpt-5-mini" } }],
  audio: [{ voice: "alloy", format: "mp3" }, "refused"],
  frequency_penalty: [0.5, "warned"],
  function_call: ["auto", "refused"],
  functions: [[{ name: "f" }], "refused"],
  logit_bias: [{ "50256": -100 }, "refused"],
  logprobs: [true, { to: { include: expect.arrayContaining(["message.output_text.logprobs"]) as unknown } }],
  max_completion_tokens: [100, { to: { max_output_tokens: 100 } }],
  max_tokens: [100, { to: { max_output_tokens: 100 } }],
  metadata: [{ team: "red" }, { to: { metadata: { team: "red" } } }],
  modalities: [["text", "audio"], "refused"],
  moderation: [{ model: "omni-moderation-latest" }, { to: { moderation: { model: "omni-moderation-latest" } } }],
  n: [2, "refused"],
  parallel_tool_calls: [false, { to: { parallel_tool_calls: false } }],
  prediction: [{ type: "content", content: "Hi" }, "warned"],
  presence_penalty: [0.5, "warned"],
  prompt_cache_key: ["k", { to: { prompt_cache_key: "k" } }],
  prompt_cache_options: [{ mode: "explicit" }, { to: { prompt_cache_options: { mode: "explicit" } } }],
  prompt_cache_retention: ["24h", { to: { prompt_cache_retention: "24h" } }],
  reasoning_effort: ["low", { to: { reasoning: { effort: "low" } } }],
  response_format: [{ type: "json_schema", json_schema: { name: "a", schema, strict: true } }, { to: { text: { format: { type: "json_schema", name: "a", schema, strict: true } } } }],
  safety_identifier: ["s", { to: { safety_identifier: "s" } }],
  seed: [1, "warned"],
  service_tier: ["flex", { to: { service_tier: "flex" } }],
  stop: [["END"], "refused"],
  // The gateway keeps no answer at a provider that the caller has no way to ask for.
  store: [true, "warned"],
  stream: [true, { to: { stream: true } }],
  stream_options: [{ include_usage: true }, "meaningless"],
  temperature: [0.5, { to: { temperature: 0.5 } }],
  tool_choice: [{ type: "function", function: { name: "f" } }, { to: { tool_choice: { type: "function", name: "f" } } }],
  tools: [[{ type: "function", function: tool }], { to: { tools: [{ type: "function", ...tool, strict: false }] } }],
  top_logprobs: [3, { to: { top_logprobs: 3 } }],
  top_p: [0.5, { to: { top_p: 0.5 } }],
  user: ["u", { to: { user: "u" } }],
  verbosity: ["low", { to: { text: { verbosity: "low" } } }],
  web_search_options: [{ search_context_size: "low" }, { to: { tools: [{ type: "web_search", search_context_size: "low" }] } }],
};

const responsesParameters: Fates<keyof ResponseCreateParamsNonStreaming | keyof ResponseCreateParamsStreaming> = {
  access_programs: [{ kinds: ["a"] }, "warned"],
  background: [true, "refused"],
  context_management: [[{ type: "compaction" }], "warned"],
  conversation: ["conv_1", "refused"],
  image: [{ a: 1 }, "warned"],
  include: [["file_search_call.results"], "warned"],
  input: ["Hi", { to: { messages: [{ role: "user", content: "Hi" }] } }],
  instructions: ["Be brief.", { to: { messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Hi" }] } }],
  max_output_tokens: [100, { to: { max_completion_tokens: 100 } }],
  max_tool_calls: [3, "warned"],
  metadata: [{ team: "red" }, { to: { metadata: { team: "red" } } }],
  model: ["gpt-5-mini", { to: { model: "gpt-5-mini" } }],
  moderation: [{ model: "omni-moderation-latest" }, { to: { moderation: { model: "omni-moderation-latest" } } }],
  parallel_tool_calls: [false, { to: { parallel_tool_calls: false } }],
  previous_response_id: ["resp_1", "refused"],
  prompt: [{ id: "p" }, "refused"],
  prompt_cache_key: ["k", { to: { prompt_cache_key: "k" } }],
  prompt_cache_options: [{ mode: "explicit" }, { to: { prompt_cache_options: { mode: "explicit" } } }],
  prompt_cache_retention: ["24h", { to: { prompt_cache_retention: "24h" } }],
  reasoning: [{ effort: "low" }, { to: { reasoning_effort: "low" } }],
  safety_identifier: ["s", { to: { user: "s" } }],
  service_tier: ["flex", { to: { service_tier: "flex" } }],
  store: [true, "warned"],
  stream: [true, { to: { stream: true, stream_options: { include_usage: true } } }],
  stream_options: [{ include_obfuscation: false }, "meaningless"],
  temperature: [0.5, { to: { temperature: 0.5 } }],
  text: [{ format: { type: "json_schema", name: "a", schema, strict: true }, verbosity: "low" }, { to: { response_format: { type: "json_schema", json_schema: { name: "a", schema, strict: true } }, verbosity: "low" } }],
  tool_choice: [{ type: "function", name: "f" }, { to: { tool_choice: { type: "function", function: { name: "f" } } } }],
  tools: [[{ type: "function", ...tool }], { to: { tools: [{ type: "function", function: tool }] } }],
  top_logprobs: [3, { to: { logprobs: true, top_logprobs: 3 } }],
  top_p: [0.5, { to: { top_p: 0.5 } }],
  truncation: ["auto", "warned"],
  user: ["u", { to: { user: "u" } }],
};

const companions: Record<string, object> = { tool_choice: { tools: [{ type: "function", ...tool, function: tool }] } };

function sent(from: CallerDialect, to: ProviderDialect, body: Record<string, unknown>): { body: object; warned: string[] } | "refused" {
  const notes = new TranslationNotes();
  try {
    const conversation = from.parseRequest(body as Parameters<CallerDialect["parseRequest"]>[0]);
    const request = withWebSearch(to, conversation).writeRequest(conversation, { model: "gpt-5-mini", stream: body["stream"] === true }, notes);
    return { body: JSON.parse(JSON.stringify(request.body)) as object, warned: notes.warnings.map(({ parameter }) => parameter) };
  } catch (error) {
    expect((error as { refusal?: { code?: string } }).refusal?.code).toBe("unsupported-parameter");
    return "refused";
  }
}

function expectFate(outcome: ReturnType<typeof sent>, name: string, fate: Fate): void {
  if (fate === "refused") return expect(outcome).toBe("refused");
  if (outcome === "refused") throw new Error(`${name} was refused`);
  if (fate === "warned") return expect(outcome.warned).toEqual([name]);
  expect(outcome.warned).toEqual([]);
  if (fate !== "meaningless") expect(outcome.body).toMatchObject(fate.to);
}

describe("parameters of chat completions towards responses", () => {
  it.each(Object.entries(chatParameters))("%s", (name, [value, fate]) => {
    expectFate(sent(openAiChatCaller, openAiResponsesProvider, { model: "m", messages: [{ role: "user", content: "Hi" }], ...(name === "top_logprobs" && { logprobs: true }), ...companions[name], [name]: value }), name, fate);
  });
});

describe("parameters of chat completions that other makers added", () => {
  it.each([["search_parameters", { mode: "on" }], ["search_domain_filter", ["example.com"]], ["search_recency_filter", "week"], ["search_after_date_filter", "1/1/2026"]])("%s is refused where nobody searches so", (name, value) => {
    expectFate(sent(openAiChatCaller, openAiResponsesProvider, { model: "m", messages: [{ role: "user", content: "Hi" }], [name]: value }), name, "refused");
  });

  it("say nothing where the search is off", () => {
    expectFate(sent(openAiChatCaller, openAiResponsesProvider, { model: "m", messages: [{ role: "user", content: "Hi" }], search_parameters: { mode: "off" } }), "search_parameters", "meaningless");
  });
});

describe("parameters of responses towards chat completions", () => {
  it.each(Object.entries(responsesParameters))("%s", (name, [value, fate]) => {
    expectFate(sent(openAiResponsesCaller, openAiChatProvider, { model: "m", input: "Hi", ...companions[name], [name]: value }), name, fate);
  });

  it("keep what only OpenAI's models take from other makers' servers, and say so", () => {
    const conversation = openAiResponsesCaller.parseRequest({ model: "m", input: "Hi", prompt_cache_key: "k", text: { verbosity: "low" } });
    const notes = new TranslationNotes();
    expect(openAiChatProvider.writeRequest(conversation, { model: "llama-3.3-70b", stream: false }, notes).body).not.toHaveProperty("prompt_cache_key");
    expect(notes.warnings.map(({ parameter }) => parameter)).toEqual(["prompt_cache_key", "text.verbosity"]);
  });
});
