import { expect, it } from "vitest";
import { parseMessagesUsage } from "./usage.ts";

const sums = { input_tokens: 30, cache_read_input_tokens: 60, cache_creation_input_tokens: 10, output_tokens: 20 };

it("counts what was billed beside the sums: a summary of earlier turns, and another model's advice", () => {
  const iterations = [
    { type: "compaction", input_tokens: 1000, output_tokens: 50, cache_read_input_tokens: 5, cache_creation_input_tokens: 0 },
    { type: "advisor_message", model: "claude-opus-5", input_tokens: 200, output_tokens: 7, cache_read_input_tokens: 0, cache_creation_input_tokens: 3, cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 0 } },
    { type: "message", ...sums },
  ];
  expect(parseMessagesUsage({ ...sums, iterations })).toMatchObject({ inputTokens: 30 + 1000 + 200 + 60 + 5 + 10 + 3, outputTokens: 77, cacheReadTokens: 65, cacheWriteTokens: 13, cacheWrite5mTokens: 3 });
});

it("does not count the steps again that the sums are made of", () => {
  expect(parseMessagesUsage({ ...sums, iterations: [{ type: "message", ...sums }, { type: "fallback_message", ...sums }] })).toMatchObject({ inputTokens: 100, outputTokens: 20 });
});
