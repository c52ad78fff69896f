// Hot path: once for each call, at its end.
/**
 * From token counts to money, exactly: rates are whole trillionths of a USD for one token, sums are whole numbers, and
 * the end is rounded once, to billionths. Input tokens have the cached ones in them, and each is priced once.
 */
import type { Price } from "@parley/contract/config/ai-prices";
import type { ModelPrice } from "@pydantic/genai-prices";
import type { Usage } from "../conversation/answer.ts";

type Rate = ModelPrice[string];

/** In trillionths of a USD; `perRequest` too. */
export interface Rates {
  input(totalInput: number): number;
  output(totalInput: number): number;
  cacheRead(totalInput: number): number;
  cacheWrite(totalInput: number): number;
  cacheWrite1h(totalInput: number): number;
  readonly inputAudio: number | null;
  readonly outputAudio: number | null;
  readonly inputImage: number | null;
  readonly outputImage: number | null;
  readonly perRequest: number;
}

export function ratesOfOverride(price: Price): Rates {
  const input = trillionths(price.input);
  const cacheWrite = price.cacheWrite === undefined ? input : trillionths(price.cacheWrite);
  const fixed = (rate: number) => () => rate;
  return {
    input: fixed(input),
    output: fixed(trillionths(price.output)),
    cacheRead: fixed(price.cacheRead === undefined ? input : trillionths(price.cacheRead)),
    cacheWrite: fixed(cacheWrite),
    cacheWrite1h: fixed(price.cacheWrite1h === undefined ? cacheWrite : trillionths(price.cacheWrite1h)),
    inputAudio: optional(price.inputAudio),
    outputAudio: optional(price.outputAudio),
    inputImage: optional(price.inputImage),
    outputImage: optional(price.outputImage),
    perRequest: trillionths((price.request ?? 0) * 1_000_000),
  };
}

export function ratesOfCatalogue(prices: ModelPrice): Rates {
  const at = (rate: Rate, total: number): number | undefined => rateAt(rate, total);
  const input = (total: number): number => trillionths(at(prices["input_mtok"], total) ?? 0);
  const cacheWrite = (total: number): number => optional(at(prices["cache_write_mtok"], total)) ?? input(total);
  return {
    input,
    output: (total) => trillionths(at(prices["output_mtok"], total) ?? 0),
    cacheRead: (total) => optional(at(prices["cache_read_mtok"], total)) ?? input(total),
    cacheWrite,
    cacheWrite1h: (total) => optional(at(prices["cache_write_1h_mtok"], total)) ?? cacheWrite(total),
    inputAudio: null,
    outputAudio: null,
    inputImage: null,
    outputImage: null,
    perRequest: trillionths((at(prices["requests_kcount"], 0) ?? 0) * 1000),
  };
}

/** In billionths of a USD. */
export function costOf(rates: Rates, usage: Usage): number {
  const total = usage.inputTokens;
  const read = usage.cacheReadTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const writtenLong = Math.min(usage.cacheWrite1hTokens ?? 0, written);
  const audioIn = rates.inputAudio === null ? 0 : (usage.audioInputTokens ?? 0);
  const imageIn = rates.inputImage === null ? 0 : (usage.imageInputTokens ?? 0);
  const audioOut = rates.outputAudio === null ? 0 : (usage.audioOutputTokens ?? 0);
  const imageOut = rates.outputImage === null ? 0 : (usage.imageOutputTokens ?? 0);
  const sum =
    Math.max(0, total - read - written - audioIn - imageIn) * rates.input(total) +
    read * rates.cacheRead(total) +
    (written - writtenLong) * rates.cacheWrite(total) +
    writtenLong * rates.cacheWrite1h(total) +
    audioIn * (rates.inputAudio ?? 0) +
    imageIn * (rates.inputImage ?? 0) +
    Math.max(0, usage.outputTokens - audioOut - imageOut) * rates.output(total) +
    audioOut * (rates.outputAudio ?? 0) +
    imageOut * (rates.outputImage ?? 0) +
    rates.perRequest;
  return Math.round(sum / 1000);
}

/** The most that these counts can cost: nothing comes from a cache, all of the input may be written to one. */
export function costAtMost(rates: Rates, inputTokens: number, outputTokens: number): number {
  const input = Math.max(rates.input(inputTokens), rates.cacheWrite(inputTokens), rates.inputAudio ?? 0, rates.inputImage ?? 0);
  const output = Math.max(rates.output(inputTokens), rates.outputAudio ?? 0, rates.outputImage ?? 0);
  return Math.ceil((inputTokens * input + outputTokens * output + rates.perRequest) / 1000);
}

/** A price may rise with the length of the input, and holds for all of it then. */
function rateAt(rate: Rate, inputTokens: number): number | undefined {
  if (rate === undefined || typeof rate === "number") return rate;
  return rate.tiers.findLast((tier) => inputTokens > tier.start)?.price ?? rate.base;
}

/** Of USD for a million tokens. */
function trillionths(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1_000_000);
}

function optional(usdPerMillion: number | undefined): number | null {
  return usdPerMillion === undefined ? null : trillionths(usdPerMillion);
}
