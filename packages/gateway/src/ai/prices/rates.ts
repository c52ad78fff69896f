// Hot path: once for each call, at its end.
/**
 * From token counts to money, exactly: rates are whole trillionths of a USD for one token, sums are whole numbers, and
 * the end is rounded once, to billionths. Input tokens have the cached ones in them, output tokens the reasoning, and
 * each is priced once.
 */
import type { OwnPrice, Price } from "@parley/contract/config/ai-prices";
import type { ModelPrice } from "@pydantic/genai-prices";
import type { Usage } from "../conversation/answer.ts";

/** In trillionths of a USD for one token. */
export interface TokenRates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly cacheReadAudio: number;
  readonly inputAudio: number;
  readonly outputAudio: number;
  readonly inputImage: number;
  readonly outputImage: number;
  readonly reasoning: number;
}

export interface Rates {
  /** A price may rise with the length of the input, and holds for all of it then. By `above`, the first from 0. */
  readonly steps: readonly { readonly above: number; readonly rates: TokenRates }[];
  /** In trillionths of a USD. */
  readonly perRequest: number;
  readonly perSearch: number;
  /** Of sound that is billed by its duration; null where that has no price, as of models that count its tokens. */
  readonly perAudioSecond: number | null;
}

type PlainPrice = Omit<OwnPrice, "request" | "audioHour" | "longContext" | "tiers">;
/** A factor of the standard prices, or prices of its own. */
export type TierPrice = NonNullable<Price["tiers"]>[keyof NonNullable<Price["tiers"]>];

/** In the service tier's own prices, where they are said. */
export function ratesOfOverride(price: OwnPrice, own: TierPrice): Rates {
  const factor = typeof own === "number" ? own : 1;
  const base: PlainPrice = typeof own === "object" ? own : price;
  const long = typeof own === "object" ? (own.longContext ?? []) : (price.longContext ?? []);
  const steps = [{ above: 0, rates: tokenRates(base) }, ...long.map(({ above, ...step }) => ({ above, rates: tokenRates({ ...step, output: step.output ?? base.output }) }))];
  return scaled({ steps: steps.sort((one, other) => one.above - other.above), perRequest: trillionths((price.request ?? 0) * 1_000_000), perSearch: 0, perAudioSecond: perSecond(price.audioHour) }, factor);
}

export function ratesOfCatalogue(prices: ModelPrice): Rates {
  const starts = Object.values(prices).flatMap((rate) => (typeof rate === "object" ? rate.tiers.map(({ start }) => start) : []));
  const steps = [0, ...[...new Set(starts)].sort((one, other) => one - other)].map((above) => {
    // What costs nothing of its own costs as what it is a part of.
    const at = (name: string): number | undefined => rateAbove(prices[`${name}_mtok`], above);
    const input = at("input") ?? 0;
    return {
      above,
      rates: tokenRates({
        input, output: at("output") ?? 0, cacheRead: at("cache_read"), cacheWrite: at("cache_write"), cacheWrite1h: at("cache_write_1h"), reasoning: at("output_reasoning"),
        cacheReadAudio: at("cache_audio_read") ?? at("cache_read"), inputAudio: at("input_audio"), outputAudio: at("output_audio"), inputImage: at("input_image"), outputImage: at("output_image"),
      }),
    };
  });
  const perThousand = (name: string): number => trillionths((rateAbove(prices[name], 0) ?? 0) * 1000);
  return { steps, perRequest: perThousand("requests_kcount"), perSearch: perThousand("web_searches_kcount"), perAudioSecond: perSecond(rateAbove(prices["input_audio_hours"] ?? prices["audio_hours"], 0)) };
}

/** Tokens at so many times their price; what is paid for a request, a search or a second stays. */
export function scaled(rates: Rates, factor: number): Rates {
  if (factor === 1) return rates;
  const times = (one: TokenRates): TokenRates => Object.fromEntries(Object.entries(one).map(([name, rate]) => [name, Math.round((rate as number) * factor)])) as unknown as TokenRates;
  return { ...rates, steps: rates.steps.map(({ above, rates: own }) => ({ above, rates: times(own) })) };
}

/** Of how many requests these are the counts together; each of them has its own length. */
export function costOf(rates: Rates, usage: Usage, requests = 1): number {
  const one = ratesFor(rates, usage.inputTokens / requests);
  const read = usage.cacheReadTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const writtenLong = Math.min(usage.cacheWrite1hTokens ?? 0, written);
  const audioRead = Math.min(usage.cacheReadAudioTokens ?? 0, read);
  const audioIn = Math.max(0, (usage.audioInputTokens ?? 0) - audioRead);
  const imageIn = usage.imageInputTokens ?? 0;
  const audioOut = usage.audioOutputTokens ?? 0;
  const imageOut = usage.imageOutputTokens ?? 0;
  // Only where it has a price of its own: else it may be counted in a part that has.
  const reasoning = one.reasoning === one.output ? 0 : Math.min(usage.reasoningTokens ?? 0, usage.outputTokens);
  const sum =
    Math.max(0, usage.inputTokens - read - written - audioIn - imageIn) * one.input +
    (read - audioRead) * one.cacheRead +
    audioRead * one.cacheReadAudio +
    (written - writtenLong) * one.cacheWrite +
    writtenLong * one.cacheWrite1h +
    audioIn * one.inputAudio +
    imageIn * one.inputImage +
    Math.max(0, usage.outputTokens - audioOut - imageOut - reasoning) * one.output +
    reasoning * one.reasoning +
    audioOut * one.outputAudio +
    imageOut * one.outputImage +
    (usage.webSearchRequests ?? 0) * rates.perSearch +
    (usage.audioSeconds ?? 0) * (rates.perAudioSecond ?? 0) +
    rates.perRequest * requests;
  return Math.round(sum / 1000);
}

/** The most that these counts can cost: nothing comes from a cache, all of the input may be written to one. */
export function costAtMost(rates: Rates, inputTokens: number, outputTokens: number): number {
  const one = ratesFor(rates, inputTokens);
  const input = Math.max(one.input, one.cacheWrite, one.inputAudio, one.inputImage);
  const output = Math.max(one.output, one.outputAudio, one.outputImage, one.reasoning);
  return Math.ceil((inputTokens * input + outputTokens * output + rates.perRequest) / 1000);
}

export function ratesFor({ steps }: Rates, inputTokens: number): TokenRates {
  let found = steps[0] as Rates["steps"][number];
  for (const step of steps) if (inputTokens > step.above) found = step;
  return found.rates;
}

function tokenRates(price: { [Name in keyof PlainPrice]?: PlainPrice[Name] | undefined } & { input: number; output: number }): TokenRates {
  const input = trillionths(price.input);
  const output = trillionths(price.output);
  const cacheRead = optional(price.cacheRead) ?? input;
  const cacheWrite = optional(price.cacheWrite) ?? input;
  return {
    input, output, cacheRead, cacheWrite,
    cacheWrite1h: optional(price.cacheWrite1h) ?? cacheWrite,
    cacheReadAudio: optional(price.cacheReadAudio) ?? cacheRead,
    inputAudio: optional(price.inputAudio) ?? input,
    outputAudio: optional(price.outputAudio) ?? output,
    inputImage: optional(price.inputImage) ?? input,
    outputImage: optional(price.outputImage) ?? output,
    reasoning: optional(price.reasoning) ?? output,
  };
}

function rateAbove(rate: ModelPrice[string], above: number): number | undefined {
  if (rate === undefined || typeof rate === "number") return rate;
  return rate.tiers.findLast((tier) => above >= tier.start)?.price ?? rate.base;
}

/** Of USD for an hour. */
function perSecond(usdPerHour: number | undefined): number | null {
  return usdPerHour === undefined ? null : Math.round((usdPerHour / 3600) * 1_000_000_000_000);
}

/** Of USD for a million tokens. */
function trillionths(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1_000_000);
}

function optional(usdPerMillion: number | undefined): number | null {
  return usdPerMillion === undefined ? null : trillionths(usdPerMillion);
}
