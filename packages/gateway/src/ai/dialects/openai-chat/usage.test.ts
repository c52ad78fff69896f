import { expect, it } from "vitest";
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
