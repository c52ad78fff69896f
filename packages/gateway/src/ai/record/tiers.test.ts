import { calcPrice } from "@pydantic/genai-prices";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { provider } from "@parley/contract/config/ai";
import { prices } from "@parley/contract/config/ai-prices";
import type { Usage } from "../conversation/answer.ts";
import { compileProvider } from "../models/provider-account.ts";
import { PriceBook } from "./cost.ts";

const nowMs = Date.parse("2026-07-01T12:00:00Z");
const account = (kind: string) => compileProvider("own", provider.parse({ kind, apiKey: "k", ...(kind === "bedrock" && { region: "us-east-1" }), ...(kind === "openai-compatible" && { baseUrl: "http://127.0.0.1:1/v1" }) }));
const bill = (kind: string, model: string, usage: Usage) => new PriceBook().costNanoUsd(account(kind), model, { usage, nowMs });

describe("bills, by hand", () => {
  // USD for a million tokens, as the providers publish them; the sums are written out.
  it.each<[what: string, kind: string, model: string, usage: Usage, nanoUsd: number]>([
    ["gpt-5 as always: 1.25 in, 10 out, 0.125 cached", "openai", "gpt-5", { inputTokens: 12_000, outputTokens: 800, cacheReadTokens: 2000, reasoningTokens: 500, serviceTier: "default" }, 10_000 * 1250 + 2000 * 125 + 800 * 10_000],
    ["gpt-5 flex: half", "openai", "gpt-5", { inputTokens: 12_000, outputTokens: 800, cacheReadTokens: 2000, serviceTier: "flex" }, 10_000 * 625 + 2000 * 62.5 + 800 * 5000],
    ["gpt-5 priority: twice", "openai", "gpt-5", { inputTokens: 12_000, outputTokens: 800, serviceTier: "priority" }, 12_000 * 2500 + 800 * 20_000],
    ["gpt-4.1 priority: 3.50 and 14", "openai", "gpt-4.1", { inputTokens: 1000, outputTokens: 100, serviceTier: "priority" }, 1000 * 3500 + 100 * 14_000],
    ["claude-sonnet-4-5 in a batch: half of everything", "anthropic", "claude-sonnet-4-5", { inputTokens: 10_000, outputTokens: 1000, cacheReadTokens: 4000, cacheWriteTokens: 3000, cacheWrite1hTokens: 1000, serviceTier: "batch" }, 3000 * 1500 + 4000 * 150 + 2000 * 1875 + 1000 * 3000 + 1000 * 7500],
    ["claude-sonnet-4-5 with cache writes for 5m and 1h", "anthropic", "claude-sonnet-4-5", { inputTokens: 10_000, outputTokens: 1000, cacheWriteTokens: 3000, cacheWrite1hTokens: 1000, serviceTier: "standard" }, 7000 * 3000 + 2000 * 3750 + 1000 * 6000 + 1000 * 15_000],
    ["claude-sonnet-4-5 past 200,000 tokens: all at 6 and 22.50", "anthropic", "claude-sonnet-4-5", { inputTokens: 200_001, outputTokens: 1000, cacheReadTokens: 1 }, 200_000 * 6000 + 600 + 1000 * 22_500],
    ["claude-sonnet-4-5 at 200,000 tokens: at 3 and 15", "anthropic", "claude-sonnet-4-5", { inputTokens: 200_000, outputTokens: 1000 }, 200_000 * 3000 + 1000 * 15_000],
    ["Anthropic's priority tier: paid for by commitment", "anthropic", "claude-sonnet-4-5", { inputTokens: 1000, outputTokens: 0, serviceTier: "priority" }, 1000 * 3000],
    ["gemini-2.5-pro in a batch", "gemini", "gemini-2.5-pro", { inputTokens: 1000, outputTokens: 1000, serviceTier: "batch" }, 1000 * 625 + 1000 * 5000],
    ["Vertex AI's flex traffic", "vertex", "gemini-2.5-pro", { inputTokens: 1000, outputTokens: 0, serviceTier: "ON_DEMAND_FLEX" }, 1000 * 625],
    ["Groq on demand", "groq", "llama-3.3-70b-versatile", { inputTokens: 1000, outputTokens: 1000, serviceTier: "on_demand" }, 1000 * 590 + 1000 * 790],
    ["gpt-realtime: text 4, audio 32, cached 0.40, out 16 and 64", "openai", "gpt-realtime", { inputTokens: 1000, outputTokens: 500, cacheReadTokens: 300, cacheReadAudioTokens: 200, audioInputTokens: 600, audioOutputTokens: 400 }, 300 * 4000 + 100 * 400 + 200 * 400 + 400 * 32_000 + 100 * 16_000 + 400 * 64_000],
  ])("%s", (...[, kind, model, usage, nanoUsd]) => expect(bill(kind, model, usage)).toBe(nanoUsd));

  it("audio and searches as the catalogue has them", () => {
    fc.assert(
      fc.property(fc.constantFrom(["gemini", "gemini-2.5-flash"], ["openai", "gpt-realtime"], ["anthropic", "claude-sonnet-4-5"]), fc.record({ text: fc.nat(100_000), audio: fc.nat(50_000), out: fc.nat(50_000), spoken: fc.nat(50_000), searches: fc.nat(20) }), ([kind, model], { text, audio, out, spoken, searches }) => {
        const speaks = kind !== "anthropic";
        const spokenOut = kind === "openai" ? spoken : 0;
        const usage: Usage = { inputTokens: text + (speaks ? audio : 0), outputTokens: out + spokenOut, ...(speaks && { audioInputTokens: audio, audioOutputTokens: spokenOut }), webSearchRequests: searches };
        const expected = calcPrice(
          { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens, ...(speaks && { input_audio_tokens: audio, output_audio_tokens: spokenOut }), web_searches: searches },
          model as string,
          { providerId: kind as string, timestamp: new Date(nowMs) },
        );
        expect(new PriceBook().cost(account(kind as string), model as string, { usage, nowMs })).toBeCloseTo(expected?.total_price ?? Number.NaN, 9);
      }),
    );
  });
});

describe("prices of one's own", () => {
  const own = new PriceBook(prices.parse({
    "own/m": {
      input: 2, output: 8, cacheRead: 1, reasoning: 16, inputAudio: 20, cacheReadAudio: 4, request: 0.01,
      longContext: [{ above: 1000, input: 4, output: 12 }],
      tiers: { flex: 0.25, priority: { input: 5, output: 20 }, batch: { input: 1, output: 3, longContext: [{ above: 1000, input: 2 }] } },
    },
  }));
  const cost = (usage: Usage) => own.costNanoUsd(account("openai-compatible"), "m", { usage, nowMs });
  const request = 10_000_000;

  it.each<[string, Usage, number]>([
    ["each kind of token once", { inputTokens: 1000, outputTokens: 100, cacheReadTokens: 300, cacheReadAudioTokens: 100, audioInputTokens: 200, reasoningTokens: 40 }, 600 * 2000 + 200 * 1000 + 100 * 4000 + 100 * 20_000 + 60 * 8000 + 40 * 16_000],
    ["a long context, all of it", { inputTokens: 1001, outputTokens: 100, cacheReadTokens: 1 }, 1001 * 4000 + 100 * 12_000],
    ["a factor", { inputTokens: 1000, outputTokens: 100, serviceTier: "flex" }, 1000 * 500 + 100 * 2000],
    ["a tier's own prices", { inputTokens: 1000, outputTokens: 100, serviceTier: "priority" }, 1000 * 5000 + 100 * 20_000],
    ["a tier's own long context", { inputTokens: 2000, outputTokens: 100, serviceTier: "batch" }, 2000 * 2000 + 100 * 3000],
  ])("%s", (_what, usage, nanoUsd) => expect(cost(usage)).toBe(nanoUsd + request));

  it("have the length of each request of a batch for themselves", () => {
    expect(own.costNanoUsd(account("openai-compatible"), "m", { usage: { inputTokens: 5000, outputTokens: 100, serviceTier: "batch" }, requests: 10, nowMs })).toBe(5000 * 1000 + 100 * 3000 + 10 * request);
  });

  it("may say what a tier costs beside the catalogue's prices, for a model or for all of a provider's", () => {
    const tiers = new PriceBook(prices.parse({
      "own/*": { tiers: { flex: 0.25, priority: 3 } },
      "own/gpt-5-mini": { input: 1, output: 4 },
      "own/gpt-5-nano": { tiers: { priority: { input: 2, output: 8 } } },
    }));
    const costs = (model: string, serviceTier: string) => tiers.costNanoUsd(account("openai"), model, { usage: { inputTokens: 1000, outputTokens: 100, serviceTier }, nowMs });
    expect([costs("gpt-5", "default"), costs("gpt-5", "flex"), costs("gpt-5", "priority"), costs("gpt-5", "batch")]).toEqual([2_250_000, 562_500, 6_750_000, 1_125_000]);
    expect([costs("gpt-5-mini", "flex"), costs("gpt-5-nano", "priority"), costs("gpt-5-nano", "flex")]).toEqual([350_000, 2_800_000, (1000 * 50 + 100 * 400) / 4]);
  });

  it("keep the provider's relations of tiers where they say none", () => {
    const plain = new PriceBook(prices.parse({ "own/gpt-5": { input: 1, output: 4 } }));
    expect(plain.costNanoUsd(account("openai"), "gpt-5", { usage: { inputTokens: 1000, outputTokens: 100, serviceTier: "flex" }, nowMs })).toBe(1000 * 500 + 100 * 2000);
  });
});
