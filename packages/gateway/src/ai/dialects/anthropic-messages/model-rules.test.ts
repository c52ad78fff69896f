import { describe, expect, it } from "vitest";
import { modelRules } from "./model-rules.ts";

describe("modelRules", () => {
  it.each([
    ["claude-instant-1.2", 4096, "none", "all"],
    ["claude-2.1", 4096, "none", "all"],
    ["claude-3-haiku-20240307", 4096, "none", "all"],
    ["claude-3-5-sonnet-20241022", 8192, "none", "all"],
    ["claude-3-7-sonnet-latest", 64_000, "budget", "all"],
    ["claude-opus-4-20250514", 32_000, "budget", "all"],
    ["claude-opus-4-0", 32_000, "budget", "all"],
    ["claude-opus-4-1-20250805", 32_000, "budget", "one"],
    ["claude-sonnet-4-20250514", 64_000, "budget", "all"],
    ["anthropic.claude-sonnet-4-20250514-v1:0", 64_000, "budget", "all"],
    ["claude-opus-4-5", 64_000, "budget", "one"],
    ["claude-haiku-4-5-20251001", 64_000, "budget", "one"],
    ["claude-opus-4-6", 64_000, "either", "one"],
    ["claude-opus-4-7-20260416", 64_000, "adaptive", "none"],
    ["claude-sonnet-4-10", 64_000, "adaptive", "none"],
    ["claude-sonnet-5", 64_000, "adaptive", "none"],
    ["claude-opus-5-5", 64_000, "adaptive", "none"],
    ["something-else", 4096, "budget", "all"],
  ])("knows what %s takes", (model, maxOutputTokens, thinking, sampling) => {
    expect(modelRules(model)).toMatchObject({ maxOutputTokens, thinking, sampling });
  });
});
