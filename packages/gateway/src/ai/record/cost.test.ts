import { calcPrice } from "@pydantic/genai-prices";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { provider } from "@parley/contract/config/ai";
import { compileProvider } from "../models/provider-account.ts";
import { PriceBook } from "./cost.ts";

const nowMs = Date.parse("2026-07-01T12:00:00Z");
const models = [
  ["openai", "gpt-5-mini"], ["openai", "gpt-4o"], ["anthropic", "claude-sonnet-4-5"], ["anthropic", "claude-haiku-4-5"],
  ["gemini", "gemini-2.5-pro"], ["gemini", "gemini-2.5-flash"], ["mistral", "mistral-small-latest"],
] as const;

function account(kind: string, more: { baseUrl?: string } = {}) {
  return compileProvider("own", provider.parse({ kind, apiKey: "k", ...more }));
}

describe("PriceBook", () => {
  it("prices every kind of token once, as the catalogue does (BerriAI/litellm#9812, BerriAI/litellm#11364)", () => {
    const counts = fc.record({ fresh: fc.nat(400_000), read: fc.nat(300_000), short: fc.nat(100_000), long: fc.nat(100_000), output: fc.nat(100_000) });
    fc.assert(
      fc.property(fc.constantFrom(...models), counts, ([kind, model], { fresh, read, short, long, output }) => {
        const usage = { inputTokens: fresh + read + short + long, outputTokens: output, cacheReadTokens: read, cacheWriteTokens: short + long, cacheWrite1hTokens: long };
        const expected = calcPrice(
          { input_tokens: usage.inputTokens, output_tokens: output, cache_read_tokens: read, cache_write_tokens: short + long, cache_write_1h_tokens: long },
          model,
          { providerId: kind, timestamp: new Date(nowMs) },
        );
        expect(new PriceBook().cost(account(kind), model, { usage, nowMs })).toBeCloseTo(expected!.total_price, 9);
      }),
    );
  });

  it("prices audio and searches too", () => {
    const usage = { inputTokens: 1000, outputTokens: 0, audioInputTokens: 1000 };
    const spoken = new PriceBook().cost(account("gemini"), "gemini-2.5-flash", { usage, nowMs })!;
    expect(spoken).toBeGreaterThan(new PriceBook().cost(account("gemini"), "gemini-2.5-flash", { usage: { ...usage, audioInputTokens: 0 }, nowMs })!);
  });

  it("knows no price for models of the operator's own servers, and those of known addresses", () => {
    const usage = { inputTokens: 1000, outputTokens: 1000 };
    expect(new PriceBook().cost(account("openai-compatible", { baseUrl: "http://127.0.0.1:8000/v1" }), "gpt-4o", { usage, nowMs })).toBeNull();
    expect(new PriceBook().cost(account("ollama"), "llama3.2", { usage, nowMs })).toBeNull();
    expect(new PriceBook().cost(account("openai-compatible", { baseUrl: "https://api.groq.com/openai/v1" }), "llama-3.3-70b-versatile", { usage, nowMs })).toBeGreaterThan(0);
  });
});
