/** Streams as other servers than the vendors' own write them, or as the vendors do at times: each says the same to every caller. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeAwsMessage } from "../framing/aws-event-stream-reader.ts";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, From, Json } from "../testing/checklist-bench.ts";
import { callsOf, framesOf } from "../testing/heard.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const froms: readonly From[] = ["chat", "responses", "messages", "gemini"];
const sse = "text/event-stream";

const chunk = (delta: object, rest: { fin?: string; usage?: object } = {}): Json => ({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: rest.fin ?? null }], ...(rest.usage && { usage: rest.usage }) });
const call = (index: number, given: { id?: string; name?: string; json?: string }): Json => chunk({ tool_calls: [{ index, ...(given.id && { id: given.id, type: "function" }), function: { ...(given.name !== undefined && { name: given.name }), ...(given.json !== undefined && { arguments: given.json }) } }] });
const piece = (part: object): Json => ({ candidates: [{ index: 0, content: { role: "model", parts: [part] } }], responseId: "r" });
const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
const created = { type: "response.created", response: { id: "resp_1" } };
const completed = (output?: object[]): Json => ({ type: "response.completed", response: { status: "completed", ...(output && { output }), usage: { input_tokens: 5, output_tokens: 7 } } });
const messageItem = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hi", annotations: [] }] };
const callItem = (id: string, name: string, json: string): Json => ({ type: "function_call", call_id: id, name, arguments: json });
const cohere = (type: string, index: number, tool_calls: object): Json => ({ type, index, delta: { message: { tool_calls } } });
const both = [{ name: "a", arguments: { x: 1 } }, { name: "b", arguments: { y: 2 } }];

interface Odd {
  to: string;
  events: readonly (Json | string)[];
  text?: string;
  calls?: readonly object[];
}

const odd: Record<string, Odd> = {
  "calls in pieces that take turns, from chat completions": {
    to: "deepseek", calls: both,
    events: [call(0, { id: "1", name: "a" }), call(1, { id: "2", name: "b" }), call(0, { json: '{"x"' }), call(1, { json: '{"y":2}' }), call(0, { json: ":1}" }), chunk({}, { fin: "tool_calls" }), "[DONE]"],
  },
  "a name that comes after the id": { to: "deepseek", calls: [both[0]!], events: [call(0, { id: "1" }), call(0, { name: "a", json: "" }), call(0, { json: '{"x":1}' }), chunk({}, { fin: "tool_calls" }), "[DONE]"] },
  "a name in pieces, and one anew with each piece": {
    to: "deepseek", calls: [{ name: "get_weather", arguments: { x: 1 } }, { name: "b", arguments: { y: 2 } }, { name: "now_utc", arguments: {} }],
    events: [
      call(0, { id: "1", name: "get_" }), call(0, { name: "weather", json: "" }), call(0, { json: '{"x":1}' }), call(1, { id: "2", name: "b", json: "" }), call(1, { name: "b", json: '{"y"' }), call(1, { name: "b", json: ":2}" }),
      call(2, { id: "3", name: "now" }), call(2, { name: "_utc" }), chunk({}, { fin: "tool_calls" }), "[DONE]",
    ],
  },
  "names in pieces that take turns, from Mistral's API": {
    to: "mistral", calls: [{ name: "get_weather", arguments: { x: 1 } }, { name: "now_utc", arguments: {} }],
    events: [call(0, { id: "1", name: "get_" }), call(1, { id: "2", name: "now" }), call(0, { name: "weather" }), call(1, { name: "_utc" }), call(0, { json: '{"x":1}' }), chunk({}, { fin: "tool_calls", usage }), "[DONE]"],
  },
  "arguments in pieces, from Gemini": {
    to: "gemini", text: "Hi", calls: [{ name: "a", arguments: { city: "Ōsaka, Kansai", days: [{ hot: true }, { hot: false }], "of.it": null, deep: { n: 1.5 } } }, { name: "b", arguments: { y: 2 } }, { name: "c", arguments: {} }],
    events: [
      piece({ text: "Hi" }), piece({ functionCall: { id: "1", name: "a", willContinue: true }, thoughtSignature: "c2ln" }),
      piece({ functionCall: { partialArgs: [{ jsonPath: "$.city", stringValue: "Ōsaka, ", willContinue: true }, { jsonPath: "$.days[0].hot", boolValue: true }], willContinue: true } }),
      piece({ functionCall: { partialArgs: [{ jsonPath: "$.city", stringValue: "Kansai" }, { jsonPath: "$.days[1].hot", boolValue: false }, { jsonPath: "$['of.it']", nullValue: "NULL_VALUE" }], willContinue: true } }),
      piece({ functionCall: { partialArgs: [{ jsonPath: "$.deep.n", numberValue: 1.5 }], willContinue: true } }), piece({ functionCall: {} }),
      piece({ functionCall: { id: "2", name: "b", args: { y: 2 } } }), piece({ functionCall: { id: "3", name: "c", willContinue: true } }), { candidates: [{ content: { parts: [] }, finishReason: "STOP" }] },
    ],
  },
  "a call in the words that tool_calls replaced": { to: "deepseek", calls: [both[0]!], events: [chunk({ function_call: { name: "a", arguments: "" } }), chunk({ function_call: { arguments: '{"x":1}' } }), chunk({}, { fin: "function_call" }), "[DONE]"] },
  "an end without [DONE]": { to: "deepseek", text: "Hi", events: [chunk({ content: "Hi" }), chunk({}, { fin: "stop", usage })] },
  "[DONE] without a reason": { to: "deepseek", text: "Hi", events: [chunk({ content: "Hi" }), "[DONE]"] },
  "content in the chunk with the reason, and counts in each": { to: "deepseek", text: "Hi", events: [chunk({ content: "H" }, { usage: { ...usage, completion_tokens: 1 } }), chunk({ content: "i" }, { fin: "stop", usage }), "[DONE]"] },
  "pings and chunks of nothing": { to: "deepseek", text: "Hi", events: [{ type: "ping" }, chunk({ role: "assistant", content: "" }), chunk({ content: null }), chunk({ content: "Hi" }), { choices: null }, chunk({}, { fin: "stop" }), "[DONE]"] },
  "the whole message once more at the end, from MiniMax": {
    to: "deepseek", text: "Hi", calls: [both[0]!],
    events: [chunk({ content: "H" }), chunk({ content: "i" }), call(0, { id: "1", name: "a", json: '{"x":1}' }), { ...chunk({}), object: "chat.completion", choices: [{ index: 0, finish_reason: "tool_calls", message: { role: "assistant", content: "Hi", tool_calls: [{ id: "1", type: "function", function: { name: "a", arguments: '{"x":1}' } }] } }], usage, base_resp: { status_code: 0, status_msg: "" } }],
  },
  "the message alone, from a server that does not stream": { to: "deepseek", text: "Hi", events: [{ ...chunk({}), choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hi" } }], usage }] },
  "a response that is taken up late": { to: "responses", text: "Hi", events: [{ type: "response.in_progress", response: { id: "resp_1" } }, { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hi" }, completed()] },
  "searches of xAI's own, told as calls": {
    to: "responses", text: "Hi",
    events: [
      created, { type: "response.output_item.added", output_index: 0, item: { type: "custom_tool_call", call_id: "xs_call_1", name: "x_keyword_search", input: "" } }, { type: "response.custom_tool_call_input.delta", output_index: 0, delta: '{"query":"sky"}' },
      { type: "response.output_item.done", output_index: 0, item: { type: "custom_tool_call", call_id: "xs_call_1", name: "x_keyword_search", input: '{"query":"sky"}', status: "completed" } }, { type: "response.output_item.done", output_index: 1, item: messageItem }, completed(),
    ],
  },
  "calls in pieces that take turns, from Mistral's API": {
    to: "mistral", calls: both,
    events: [call(0, { id: "1", name: "a", json: "" }), call(1, { id: "2", name: "b", json: "" }), call(0, { name: "", json: '{"x":1}' }), call(1, { name: "", json: '{"y":2}' }), chunk({}, { fin: "tool_calls", usage }), "[DONE]"],
  },
  "[DONE] without a reason, from Mistral's API": { to: "mistral", text: "Hi", events: [chunk({ content: "Hi" }), "[DONE]"] },
  "calls that take turns, from Cohere": {
    to: "cohere", calls: both,
    events: [
      { type: "message-start", id: "1" }, cohere("tool-call-start", 0, { id: "1", function: { name: "a", arguments: "" } }), cohere("tool-call-start", 1, { id: "2", function: { name: "b", arguments: "" } }),
      cohere("tool-call-delta", 0, { function: { arguments: '{"x":1}' } }), cohere("tool-call-delta", 1, { function: { arguments: '{"y":2}' } }), { type: "message-end", delta: { finish_reason: "TOOL_CALL" } },
    ],
  },
  "a response that is told with its end alone": { to: "responses", text: "Hi", calls: both, events: [created, completed([messageItem, callItem("1", "a", '{"x":1}'), callItem("2", "b", '{"y":2}')])] },
  "items of a response that are told when they are done": { to: "responses", text: "Hi", calls: [both[0]!], events: [created, { type: "response.output_item.done", output_index: 0, item: messageItem }, { type: "response.output_item.done", output_index: 1, item: callItem("1", "a", '{"x":1}') }, completed()] },
  "a message of a response whose content is a text": { to: "responses", text: "Hi", events: [created, { type: "response.output_item.done", output_index: 0, item: { ...messageItem, content: "Hi" } }, completed()] },
  "texts of a response without parts": { to: "responses", text: "Hi", events: [created, { type: "response.output_item.added", output_index: 0, item: { type: "message" } }, { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hi" }, { type: "response.output_item.done", output_index: 0, item: messageItem }, completed([messageItem])] },
  "texts of a response without deltas": { to: "responses", text: "Hi", events: [created, { type: "response.content_part.added", output_index: 0, content_index: 0, part: { type: "output_text", text: "" } }, { type: "response.output_text.done", output_index: 0, content_index: 0, text: "Hi" }, { type: "response.output_item.done", output_index: 0, item: messageItem }, completed([messageItem])] },
  "a block that is not ended, from Anthropic's API": {
    to: "anthropic", text: "Hi",
    events: [
      { type: "message_start", message: { id: "m", usage: { input_tokens: 5, output_tokens: 1 } } }, { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }, { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 7 } }, { type: "message_stop" },
    ],
  },
  "words after the reason, from Gemini": { to: "gemini", text: "Hi", events: [{ candidates: [{ content: { parts: [{ text: "H" }] }, finishReason: "STOP" }] }, { candidates: [{ content: { parts: [{ text: "i" }] } }], usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7 } }] },
};

describe("a stream that is written otherwise", () => {
  // What is the caller's own passes as it is.
  const own: Partial<Record<From, string>> = { chat: "deepseek", responses: "responses", messages: "anthropic", gemini: "gemini" };
  const pairs = Object.keys(odd).flatMap((what) => froms.filter((from) => own[from] !== odd[what]?.to).map((from) => [what, from] as const));

  it.each(pairs)("says the same: %s, to a caller of %s", async (what, from) => {
    const { to, events, text = "", calls = [] } = odd[what]!;
    const body = events.map((event) => (typeof event === "string" ? `data: ${event}\n\n` : `${typeof event["type"] === "string" ? `event: ${event["type"]}\n` : ""}data: ${JSON.stringify(event)}\n\n`)).join("");
    expectSaid(from, await bench.ask({ from, to, stream: true, body: {}, respond: (_call, response) => void response.writeHead(200, { "content-type": sse }).end(body) }), { text, calls });
  });

  it.each(froms)("says the same as a list, as Google's does for those who do not ask for events, to a caller of %s", async (from) => {
    const list = [{ candidates: [{ content: { parts: [{ text: "H" }] } }] }, { candidates: [{ content: { parts: [{ text: "i" }] }, finishReason: "STOP" }], usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7 } }];
    expectSaid(from, await bench.ask({ from, to: "gemini", stream: true, body: {}, respond: (_call, response) => void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(list)) }), { text: "Hi", calls: [] });
    const cut = await bench.ask({ from, to: "gemini", stream: true, body: {}, respond: (_call, response) => void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(list.slice(0, 1))) });
    expect(cut.status).toBe(502);
  });

  it.each(froms)("says the same: a picture in pieces, from Bedrock, to a caller of %s", async (from) => {
    const messages: [string, object][] = [
      ["messageStart", { role: "assistant" }], ["contentBlockStart", { contentBlockIndex: 0, start: { image: { format: "png" } } }], ["contentBlockDelta", { contentBlockIndex: 0, delta: { image: { source: { bytes: "iVBO" } } } }],
      ["contentBlockDelta", { contentBlockIndex: 0, delta: { image: { source: { bytes: "Rw0K" } } } }], ["contentBlockStop", { contentBlockIndex: 0 }], ["messageStop", { stopReason: "end_turn" }], ["metadata", { usage: { inputTokens: 5, outputTokens: 7, totalTokens: 12 } }],
    ];
    const body = Buffer.concat(messages.map(([event, data]) => writeAwsMessage({ ":event-type": event, ":content-type": "application/json", ":message-type": "event" }, Buffer.from(JSON.stringify(data)))));
    const { status, text } = await bench.ask({ from, to: "bedrock", stream: true, body: {}, respond: (_call, response) => void response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" }).end(body) });
    expect([status, text.includes("iVBORw0K")]).toEqual([200, true]);
  });
});

function expectSaid(from: From, { status, text: told }: { status: number; text: string }, { text, calls }: { text: string; calls: readonly object[] }): void {
  expect(status).toBe(200);
  expect(textOf(from, framesOf(told))).toBe(text);
  const found = callsOf(from, told);
  expect(found).toHaveLength(calls.length);
  expect(found).toEqual(expect.arrayContaining([...calls]));
}

const read: Record<From, (frame: Json) => unknown> = {
  chat: (frame) => (frame["choices"] as { delta: { content?: string | null } }[]).map(({ delta }) => delta.content ?? "").join(""),
  responses: (frame) => (frame["type"] === "response.output_text.delta" ? frame["delta"] : ""),
  messages: (frame) => (frame["delta"] as Json | undefined)?.["text"] ?? "",
  gemini: (frame) => (frame["candidates"] as { content?: { parts?: { text?: string }[] } }[]).flatMap(({ content }) => content?.parts?.map(({ text = "" }) => text) ?? []).join(""),
};

function textOf(from: From, frames: readonly Json[]): string {
  return frames.map((frame) => String(read[from](frame))).join("");
}
