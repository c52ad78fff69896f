import { describe, expect, it } from "vitest";
import { modelRules } from "./model-rules.ts";

describe("modelRules", () => {
  it.each([
    ["claude-3-haiku-20240307", 4096, "none"],
    ["claude-3-5-sonnet-20241022", 8192, "none"],
    ["claude-3-7-sonnet-latest", 64_000, "budget"],
    ["claude-opus-4-20250514", 32_000, "budget"],
    ["claude-opus-4-0", 32_000, "budget"],
    ["claude-opus-4-1-20250805", 32_000, "budget"],
    ["claude-sonnet-4-20250514", 64_000, "budget"],
    ["claude-sonnet-4-0", 64_000, "budget"],
    ["claude-opus-4-5", 64_000, "budget"],
    ["claude-haiku-4-5-20251001", 64_000, "budget"],
    ["claude-opus-4-6", 64_000, "either"],
    ["claude-opus-4-7-20260416", 64_000, "adaptive"],
    ["claude-sonnet-4-10", 64_000, "adaptive"],
    ["claude-sonnet-5", 64_000, "adaptive"],
    ["something-else", 4096, "budget"],
  ])("knows what %s takes", (model, maxOutputTokens, thinking) => {
    expect(modelRules(model)).toEqual({ maxOutputTokens, thinking });
  });
});
