/**
 * Members that one dialect alone knows, as the types of the vendors' SDKs have them: towards every other dialect they are
 * left out and named in Parley-Warning, and a request that is written anew in its own dialect keeps them.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anthropicMessagesCaller } from "../dialects/anthropic-messages/dialect.ts";
import { bedrockConverseCaller } from "../dialects/bedrock-converse/caller.ts";
import { geminiCaller } from "../dialects/gemini/dialect.ts";
import { openAiChatCaller } from "../dialects/openai-chat/dialect.ts";
import { openAiResponsesCaller } from "../dialects/openai-responses/dialect.ts";
import { providerDialects } from "../dialects/provider-dialects.ts";
import type { CallerDialect } from "../conversation/dialect.ts";
import type { JsonObject } from "../conversation/json.ts";
import { TranslationNotes } from "../conversation/translation-notes.ts";
import { everyProvider } from "../testing/every-provider.ts";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, From } from "../testing/checklist-bench.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const input_schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const png = { mimeType: "image/png", data: "iVBORw0KGgo=" };
const called = (result: object): JsonObject => ({
  contents: [{ role: "user", parts: [{ text: "Hi" }] }, { role: "model", parts: [{ functionCall: { id: "c1", name: "f", args: {} }, thoughtSignature: "c2ln" }] }, { role: "user", parts: [{ functionResponse: { id: "c1", name: "f", response: { output: "x" }, ...result } }] }],
});

/** Who says it, what it is, how, and what the warning names. */
const said: [From, string, JsonObject, string][] = [
  ["messages", "examples of a tool's input", { tools: [{ name: "f", input_schema, input_examples: [{ city: "Ōsaka" }] }] }, "tools[].input_examples"],
  ["messages", "who may call a tool", { tools: [{ name: "f", input_schema, allowed_callers: ["direct"] }] }, "tools[].allowed_callers"],
  ["messages", "how a tool's input is streamed", { tools: [{ name: "f", input_schema, eager_input_streaming: true }] }, "tools[].eager_input_streaming"],
  ["messages", "a budget for the task", { output_config: { task_budget: { type: "tokens", total: 20_000 } } }, "output_config.task_budget"],
  ["messages", "who called a tool", { messages: [{ role: "user", content: "Hi" }, { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "f", input: {}, caller: { type: "direct" } }] }, { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "r" }] }], tools: [{ name: "f", input_schema }] }, "messages[].content[].caller"],
  ["responses", "the phase of a message", { input: [{ role: "user", content: "Hi" }, { type: "message", role: "assistant", phase: "commentary", content: [{ type: "output_text", text: "Hm.", annotations: [] }] }, { role: "user", content: "Go on" }] }, "messages[].content[].phase"],
  ["responses", "what reasoning may look back at", { reasoning: { effort: "low", context: "current_turn" } }, "reasoning.context"],
  ["gemini", "where a search is made", { toolConfig: { retrievalConfig: { latLng: { latitude: 1, longitude: 2 } } } }, "toolConfig"],
  ["gemini", "a function that answers later", { tools: [{ functionDeclarations: [{ name: "f", behavior: "NON_BLOCKING" }] }] }, "tools[].behavior"],
  ["gemini", "what a function gives", { tools: [{ functionDeclarations: [{ name: "f", response: { type: "OBJECT" } }] }] }, "tools[].response"],
  ["gemini", "the resolution of one picture", { contents: [{ role: "user", parts: [{ text: "Hi" }, { inlineData: png, mediaResolution: { level: "MEDIA_RESOLUTION_HIGH" } }] }] }, "messages[].content[].mediaResolution"],
  ["gemini", "when a result is told", called({ scheduling: "SILENT" }), "messages[].content[].scheduling"],
  ["chat", "sound of an earlier answer", { messages: [{ role: "user", content: "Hi" }, { role: "assistant", content: "Hm.", audio: { id: "audio_1" } }, { role: "user", content: "Go on" }] }, "messages[].audio"],
  ["chat", "a member of a function that no document names", { tools: [{ type: "function", function: { name: "f", parameters: input_schema, x_hint: "y" } }] }, "tools[].x_hint"],
];
const own: Record<From, RegExp> = { chat: /^(?:openai|deepseek|azure)$/, responses: /^(?:responses|openai|azure)$/, messages: /anthropic|claude|bedrock/, gemini: /gemini|vertex$/ };
const pairs = said.flatMap(([from, what, body, param]) => Object.keys(everyProvider).filter((to) => !own[from].test(to)).map((to) => [what, from, to, { body, param }] as const));

const call = { type: "tool_use", id: "toolu_1", name: "f", input: {} };
/** On every level of a request: who says it, how, and what the warning names. */
const unknown: [From, JsonObject, string][] = [
  ["chat", { messages: [{ role: "user", content: "Hi", x_new: "y" }] }, "messages[].x_new"],
  ["chat", { messages: [{ role: "user", content: [{ type: "text", text: "Hi", x_new: "y" }] }] }, "messages[].content[].x_new"],
  ["chat", { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA", x_new: "y" } }] }] }, "messages[].content[].image_url.x_new"],
  ["chat", { messages: [{ role: "user", content: "Hi" }, { role: "assistant", tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" }, x_new: "y" }] }, { role: "tool", tool_call_id: "c1", content: "1" }] }, "messages[].tool_calls[].x_new"],
  ["chat", { response_format: { type: "json_schema", json_schema: { name: "a", schema: input_schema, x_new: "y" } } }, "response_format.json_schema.x_new"],
  ["chat", { tools: [{ type: "function", function: { name: "f", parameters: input_schema } }], tool_choice: { type: "function", function: { name: "f" }, x_new: "y" } }, "tool_choice.x_new"],
  ["chat", { tools: [{ type: "function", function: { name: "f", parameters: input_schema }, x_new: "y" }] }, "tools[].x_new"],
  ["chat", { reasoning: { effort: "low", x_new: "y" } }, "reasoning.x_new"],
  ["responses", { input: [{ role: "user", content: [{ type: "input_text", text: "Hi", x_new: "y" }] }] }, "input[].content[].x_new"],
  ["responses", { input: [{ role: "user", content: "Hi", x_new: "y" }] }, "input[].x_new"],
  ["responses", { text: { format: { type: "text" }, x_new: "y" } }, "text.x_new"],
  ["messages", { messages: [{ role: "user", content: [{ type: "text", text: "Hi", x_new: "y" }] }] }, "messages[].content[].x_new"],
  ["messages", { system: [{ type: "text", text: "Be brief.", x_new: "y" }] }, "system[].x_new"],
  ["messages", { messages: [{ role: "user", content: "Hi" }, { role: "assistant", content: [call] }, { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "r", x_new: "y" }] }], tools: [{ name: "f", input_schema }] }, "messages[].content[].x_new"],
  ["messages", { messages: [{ role: "user", content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA", x_new: "y" } }] }] }, "messages[].content[].source.x_new"],
  ["messages", { tools: [{ name: "f", input_schema }], tool_choice: { type: "auto", x_new: "y" } }, "tool_choice.x_new"],
  ["messages", { metadata: { user_id: "u", x_new: "y" } }, "metadata.x_new"],
  ["gemini", { contents: [{ role: "user", parts: [{ text: "Hi", x_new: "y" }] }] }, "contents[].parts[].x_new"],
  ["gemini", { contents: [{ role: "user", parts: [{ text: "Hi" }], x_new: "y" }] }, "contents[].x_new"],
  ["gemini", { generationConfig: { thinkingConfig: { includeThoughts: true, xNew: "y" } } }, "generationConfig.thinkingConfig.xNew"],
];

describe("what nobody knows", () => {
  it.each(unknown.map(([from, body, param]) => [param, from, body] as const))("is warned of on every level: %s, from %s", async (param, from, body) => {
    const { status, warned } = await bench.ask({ from, to: from === "gemini" ? "anthropic" : "gemini", body });
    expect([status, warned]).toEqual([200, expect.arrayContaining([`dropped ${param}`])]);
  });
});

describe("what one dialect alone knows", () => {
  it.each(pairs)("is warned of where it is left out: %s, from %s to %s", async (_what, from, to, { body, param }) => {
    const { status, warned } = await bench.ask({ from, to, body });
    expect([status, warned]).toEqual([200, expect.arrayContaining([`dropped ${param}`])]);
  });

  const callers: Record<From, CallerDialect> = { chat: openAiChatCaller, responses: openAiResponsesCaller, messages: anthropicMessagesCaller, gemini: geminiCaller };
  it.each(said)("from %s stays where a request is written anew in its dialect: %s", (from, _what, body) => {
    const base = { model: "m", max_tokens: 4000, ...(from === "gemini" ? { contents: [{ role: "user", parts: [{ text: "Hi" }] }] } : from === "responses" ? { input: "Hi" } : { messages: [{ role: "user", content: "Hi" }] }) };
    expect(rewritten(callers[from], { ...base, ...body })).toMatchObject(body);
  });

  it("goes to the model by Bedrock where it is Anthropic's", async () => {
    const { sent, warned } = await bench.ask({ from: "messages", to: "bedrock", body: { output_config: { task_budget: { type: "tokens", total: 20_000 } } } });
    expect([sent?.body["additionalModelRequestFields"], warned]).toEqual([{ output_config: { task_budget: { type: "tokens", total: 20_000 } } }, []]);
  });

  it.each(said.filter(([from]) => from === "messages").map(([, what, body]) => [what, body] as const))("reaches Anthropic's models at Bedrock as it came: %s", async (_what, body) => {
    const { sent, warned } = await bench.ask({ from: "messages", to: "bedrock", body });
    expect([JSON.parse(JSON.stringify(sent?.body["additionalModelRequestFields"] ?? sent?.body)), warned]).toMatchObject([body, []]);
  });

  it("is kept for Bedrock's guardrails where their content is marked, and text to everybody else", () => {
    const body = { messages: [{ role: "user", content: [{ guardContent: { text: { text: "Check me", qualifiers: ["query"] } } }] }], inferenceConfig: { maxTokens: 9, candidates: 2 } };
    expect(rewritten(bedrockConverseCaller, body)).toMatchObject(body);
  });
});

function rewritten(caller: CallerDialect, body: JsonObject): JsonObject {
  const notes = new TranslationNotes();
  const { body: written } = providerDialects[caller.name].writeRequest(caller.parseRequest(body), { model: "m", stream: false }, notes);
  expect(notes.warnings).toEqual([]);
  return JSON.parse(JSON.stringify(written)) as JsonObject;
}

describe("what several dialects have a place for", () => {
  it.each(["anthropic", "openai", "responses", "bedrock"])("arrives: a picture in the result of a function, from Gemini's API to %s", async (to) => {
    const { status, sent } = await bench.ask({ from: "gemini", to, body: called({ parts: [{ inlineData: png }] }) });
    expect([status, sent?.text.includes(png.data)]).toEqual([200, true]);
  });

  const search = { type: "search_result", source: "https://found.example", title: "Found", content: [{ type: "text", text: "One." }, { type: "text", text: "Two." }], citations: { enabled: true } };
  const pieces = { type: "document", source: { type: "content", content: [{ type: "text", text: "One." }, { type: "text", text: "Two." }] }, title: "Paper" };

  it.each([["a result of a search", search, { searchResult: { source: "https://found.example", title: "Found", content: [{ text: "One." }, { text: "Two." }], citations: { enabled: true } } }], ["a document in pieces", pieces, { document: { source: { content: [{ text: "One." }, { text: "Two." }] }, name: "Paper" } }]])("arrives: %s, between Anthropic's API and Bedrock, and back", async (_what, block, converse) => {
    const asked = { messages: [{ role: "user", content: [block, { type: "text", text: "Read" }] }] };
    expect((await bench.ask({ from: "messages", to: "bedrock", body: asked })).sent?.body["messages"]).toMatchObject([{ content: [converse, { text: "Read" }] }]);
    expect(rewritten(anthropicMessagesCaller, { model: "m", max_tokens: 9, ...asked })).toMatchObject(asked);
    const told = { messages: [{ role: "user", content: [converse, { text: "Read" }] }] };
    expect(rewritten(bedrockConverseCaller, told as unknown as JsonObject)).toMatchObject(told);
    const { body } = providerDialects["anthropic-messages"].writeRequest(bedrockConverseCaller.parseRequest(told as unknown as JsonObject), { model: "m", stream: false }, new TranslationNotes());
    expect(body["messages"]).toMatchObject(asked.messages);
  });

  it.each(["openai", "responses", "gemini", "mistral", "ollama", "cohere"])("is read as text where there are no results of searches, and where it was found is warned of: %s", async (to) => {
    const { status, sent, warned } = await bench.ask({ from: "messages", to, body: { messages: [{ role: "user", content: [search, { type: "text", text: "Read" }] }] } });
    expect([status, warned]).toEqual([200, expect.arrayContaining(["dropped document.source"])]);
    expect(sent?.text).toContain("One.\\nTwo.");
  });

  it("is said to be reordered: pictures between texts, which Ollama has beside them", async () => {
    const picture = { type: "image_url", image_url: { url: `data:image/png;base64,${png.data}` } };
    const content = [{ type: "text", text: "One" }, picture, { type: "text", text: "Two" }];
    expect((await bench.ask({ from: "chat", to: "ollama", body: { messages: [{ role: "user", content: [...content, picture] }] } })).warned).toEqual(["changed messages[0].content"]);
    expect((await bench.ask({ from: "chat", to: "ollama", body: { messages: [{ role: "user", content: [picture, { type: "text", text: "Two" }] }] } })).warned).toEqual([]);
  });
});
