import { expect, it } from "vitest";
import { ChatPassThroughStream } from "./pass-through-stream.ts";
import { chatStreamDecoder } from "./stream-decoder.ts";
import { parseUsage } from "./usage.ts";

const counted = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

it.each([
  ["OpenRouter's", { prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 } }],
  ["Alibaba's", { prompt_tokens_details: { cached_tokens: 60, cache_creation_input_tokens: 10 } }],
  ["a gateway's before Anthropic", { cache_read_input_tokens: 60, cache_creation_input_tokens: 10 }],
])("reads and writes of a cache are parts of the input, in %s words", (_whose, words) => {
  expect(parseUsage({ ...counted, ...words })).toMatchObject({ inputTokens: 100, outputTokens: 20, cacheReadTokens: 60, cacheWriteTokens: 10 });
});

it("leaves a cache unsaid where its count cannot be a part of the input", () => {
  expect(parseUsage({ ...counted, cache_read_input_tokens: 900 })).toMatchObject({ inputTokens: 100, cacheReadTokens: undefined });
});

it("counts pictures that a model drew", () => {
  expect(parseUsage({ ...counted, completion_tokens_details: { image_tokens: 15 } })).toMatchObject({ outputTokens: 20, imageOutputTokens: 15 });
});

it.each([
  ["the choice, as Moonshot's", { choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: counted }] }],
  ["what Groq has of its own", { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: null, x_groq: { id: "req_1", usage: { ...counted, queue_time: 0.1 } } }],
])("a stream's counts are found in %s, passed on or translated", (_where, end) => {
  const frames = [{ id: "c", choices: [{ index: 0, delta: { content: "A" }, finish_reason: null }] }, { id: "c", ...end }].map((frame) => JSON.stringify(frame));
  const passed = new ChatPassThroughStream({ rename: null, includeUsage: false });
  const sent = Buffer.concat(frames.map((data) => passed.push(Buffer.from(`data: ${data}\n\n`)))).toString();
  const unknown: string[] = [];
  const decoder = chatStreamDecoder({ makeId: () => "id", unknown: (path) => unknown.push(path) });
  const told = frames.flatMap((data) => decoder.step({ event: "", data }));
  expect(sent).toBe(frames.map((data) => `data: ${data}\n\n`).join(""));
  expect([passed.usage, told.find(({ type }) => type === "usage"), unknown]).toMatchObject([{ inputTokens: 100, outputTokens: 20 }, { usage: { inputTokens: 100, outputTokens: 20 } }, []]);
});
