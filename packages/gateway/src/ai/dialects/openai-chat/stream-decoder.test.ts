import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { parseChatAnswer } from "./parse-answer.ts";
import { chatStreamDecoder } from "./stream-decoder.ts";

function decode(deltas: readonly object[], finish: string | null = "stop"): StreamEvent[] {
  let made = 0;
  const decoder = chatStreamDecoder({ makeId: (prefix) => `${prefix}${++made}` });
  const frames = deltas.map((delta) => JSON.stringify({ id: "c", model: "m", choices: [{ index: 0, delta, finish_reason: null }] }));
  if (finish !== null) frames.push(JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }), "[DONE]");
  return [...frames.flatMap((data) => decoder.step({ event: "", data })), ...decoder.finish()];
}

function citedBlocks(events: readonly StreamEvent[]): number[] {
  return events.flatMap((event) => (event.type === "citation" ? [event.block] : []));
}

describe("what a text rests on", () => {
  const annotations = [{ type: "url_citation", url_citation: { url: "https://a.example", title: "A" } }];

  it("arrives where it is told before the text, with it and after it", () => {
    expect(citedBlocks(decode([{ role: "assistant", annotations }, { content: "Hi" }]))).toEqual([0]);
    expect(citedBlocks(decode([{ content: "Hi", annotations }]))).toEqual([0]);
    expect(citedBlocks(decode([{ content: "Hi" }, { reasoning: "Hm" }, { annotations }]))).toEqual([2]);
  });
});

it("reads counts in the choice, where Moonshot has them", () => {
  const decoder = chatStreamDecoder({ makeId: (prefix) => prefix });
  const events = decoder.step({ event: "", data: JSON.stringify({ id: "c", choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: { prompt_tokens: 3, completion_tokens: 2 } }] }) });
  expect(events).toContainEqual({ type: "usage", usage: expect.objectContaining({ inputTokens: 3, outputTokens: 2 }) as never });
});

const call = (index: number | undefined, id: string | undefined, name: string | undefined, json: string): object => ({
  tool_calls: [{ ...(index !== undefined && { index }), ...(id !== undefined && { id, type: "function" }), function: { ...(name !== undefined && { name }), arguments: json } }],
});

/** Tool calls as [name, id, arguments], put together from the events; fails where an event belongs to no open block. */
function callsOf(events: readonly StreamEvent[]): [string, string, string][] {
  const open = new Map<number, [string, string, string]>();
  const all: [string, string, string][] = [];
  for (const event of events) {
    if (event.type === "block-start" && event.content.type === "tool-call") {
      const entry: [string, string, string] = [event.content.name, event.content.id, ""];
      open.set(event.block, entry);
      all.push(entry);
    } else if (event.type === "arguments-delta") open.get(event.block)![2] += event.json;
    else if (event.type === "block-end") open.delete(event.block);
  }
  expect(open.size).toBe(0);
  return all;
}

describe("chat stream decoder", () => {
  it("keeps identical parallel calls two, and interleaved ones apart", () => {
    const events = decode([call(0, "a", "f", '{"x":'), call(1, "b", "f", '{"x":'), call(0, undefined, undefined, "1}"), call(1, undefined, undefined, "1}")], "tool_calls");
    expect(callsOf(events)).toEqual([["f", "a", '{"x":1}'], ["f", "b", '{"x":1}']]);
  });

  it("ends a call that is complete as soon as the next begins", () => {
    const events = decode([call(0, "a", "f", "{}"), call(1, "b", "g", "{}")], "tool_calls");
    const end = events.findIndex((event) => event.type === "block-end");
    const second = events.findIndex((event) => event.type === "block-start" && event.content.type === "tool-call" && event.content.name === "g");
    expect(end).toBeLessThan(second);
    expect(callsOf(events)).toHaveLength(2);
  });

  it("takes whole calls without an index, or all with 0, for so many calls", () => {
    expect(callsOf(decode([{ tool_calls: [{ id: "a", function: { name: "f", arguments: "{}" } }, { id: "b", function: { name: "g", arguments: { x: 1 } } }] }]))).toEqual([["f", "a", "{}"], ["g", "b", '{"x":1}']]);
    expect(callsOf(decode([call(0, "a", "f", '{"x":1}'), call(0, "b", "f", '{"x":'), call(0, undefined, undefined, "2}")]))).toEqual([["f", "a", '{"x":1}'], ["f", "b", '{"x":2}']]);
  });

  it("keeps calls without arguments in their order where all have the index 0", () => {
    expect(callsOf(decode([call(0, "a", "f", ""), call(0, "b", "g", "")], "tool_calls"))).toEqual([["f", "a", ""], ["g", "b", ""]]);
  });

  it("makes an id where the server gives none", () => {
    expect(callsOf(decode([call(0, undefined, "f", "{}")]))).toEqual([["f", "call_1", "{}"]]);
  });

  it("opens a block for each change between reasoning, text and refusal", () => {
    const events = decode([{ reasoning_content: "a" }, { reasoning: "b" }, { content: "c" }, { refusal: "d" }]);
    expect(events.flatMap((event) => (event.type === "block-start" ? [event.content.type] : event.type === "text-delta" ? [event.text] : []))).toEqual(["reasoning", "a", "b", "text", "c", "refusal", "d"]);
    expect(events.filter((event) => event.type === "block-end")).toHaveLength(3);
  });

  it("takes an end without [DONE] for clean only where there was a finish reason", () => {
    expect(decode([{ content: "a" }], null).some((event) => event.type === "end")).toBe(false);
    const decoder = chatStreamDecoder({ makeId: (prefix) => prefix });
    decoder.step({ event: "", data: JSON.stringify({ choices: [{ index: 0, delta: { content: "a" }, finish_reason: "length" }] }) });
    expect(decoder.finish().at(-1)).toEqual({ type: "end" });
  });

  it.each([
    ["garbage", "{"],
    ["an error", '{"error":{"message":"no","code":429}}'],
    ["an end before the beginning", "[DONE]"],
  ])("gives %s as an error, and nothing after it", (_what, data) => {
    const decoder = chatStreamDecoder({ makeId: (prefix) => prefix });
    expect(decoder.step({ event: "", data }).map((event) => event.type)).toEqual(["error"]);
    expect(decoder.step({ event: "", data: "[DONE]" })).toEqual([]);
    expect(decoder.finish()).toEqual([]);
  });

  it("counts several choices apart", () => {
    const decoder = chatStreamDecoder({ makeId: (prefix) => prefix });
    const events = decoder.step({ event: "", data: JSON.stringify({ choices: [{ index: 0, delta: { content: "a" } }, { index: 1, delta: { content: "b" } }] }) });
    expect(events.flatMap((event) => (event.type === "text-delta" ? [[event.choice, event.block, event.text]] : []))).toEqual([[0, 0, "a"], [1, 0, "b"]]);
  });
});

describe("an error of a choice, as OpenRouter tells it", () => {
  const failed = { index: 0, finish_reason: "error", error: { code: 502, message: "The upstream broke" } };

  it("is the answer's, whole or in the midst of a stream", () => {
    expect(parseChatAnswer({ id: "c", choices: [{ ...failed, message: { content: "Half" } }] }, { makeId: (prefix) => prefix })).toMatchObject({ status: 502, message: "The upstream broke" });
    const decoder = chatStreamDecoder({ makeId: (prefix) => prefix });
    const frames = [{ choices: [{ index: 0, delta: { content: "Half" } }] }, { choices: [{ ...failed, delta: { content: "" } }] }];
    const events = [...frames.flatMap((frame) => decoder.step({ event: "", data: JSON.stringify(frame) })), ...decoder.step({ event: "", data: "[DONE]" }), ...decoder.finish()];
    expect(events.at(-1)).toMatchObject({ type: "error", error: { status: 502, message: "The upstream broke" } });
    expect(events.some(({ type }) => type === "end" || type === "finish")).toBe(false);
  });

  it("leaves what another choice says an answer", () => {
    const answer = parseChatAnswer({ id: "c", choices: [{ index: 0, message: { content: "Whole" }, finish_reason: "stop" }, { ...failed, index: 1, message: {} }] }, { makeId: (prefix) => prefix });
    expect(answer).toMatchObject({ choices: [{ parts: [{ type: "text", text: "Whole" }] }, { finish: { unified: "error" } }] });
  });
});

it("finds thoughts among the pieces of a content that is a list, in pieces and signed, as Databricks gives them", () => {
  const thought = (text: string, signature: string): object => ({ content: [{ type: "reasoning", summary: [{ type: "summary_text", text, signature }] }] });
  const events = decode([thought("Let me", ""), thought(" see", ""), thought("", "c2lnbmVk"), { content: [{ type: "text", text: "Here" }] }]);
  expect(events.flatMap((event) => (event.type === "block-start" ? [event.content.type] : event.type === "text-delta" ? [event.text] : event.type === "signature" ? [event.signature.value, event.block] : []))).toEqual(["reasoning", "Let me", " see", "c2lnbmVk", 0, "text", "Here"]);
});

it("finds pictures among the pieces of a content that is a list", () => {
  const picture = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
  expect(decode([{ content: [{ type: "text", text: "Here" }, picture] }])).toContainEqual(expect.objectContaining({ type: "part", part: { type: "image", source: { type: "base64", mediaType: "image/png", data: "iVBORw0KGgo=" } } }));
});
