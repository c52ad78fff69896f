/** Prices that the operator knows better than the catalogue that comes with the program. */
import { z } from "zod";

const usd = z.number().min(0).max(1_000_000);

const parts = {
  cacheRead: usd.optional(),
  /** Kept for five minutes. */
  cacheWrite: usd.optional(),
  cacheWrite1h: usd.optional(),
  cacheReadAudio: usd.optional(),
  inputAudio: usd.optional(),
  outputAudio: usd.optional(),
  inputImage: usd.optional(),
  outputImage: usd.optional(),
  reasoning: usd.optional(),
};

const tokenPrice = z.strictObject({ input: usd, output: usd.default(0), ...parts });
/** What holds for all of a call whose input is longer than `above` tokens. */
const longContext = z.array(z.strictObject({ above: z.int().min(1), input: usd, output: usd.optional(), ...parts })).min(1).max(10).optional();
/** A factor of the standard prices, or prices of its own. */
const tier = z.union([z.number().min(0).max(100), tokenPrice.extend({ longContext })], { error: "a tier is a factor such as 0.5, or prices: { input: 1, output: 4 }" }).optional();

/** In USD for a million tokens, `request` for each call, `audioHour` for each hour of sound that is billed by its duration. What is left out costs as `input` or `output`. */
export const price = tokenPrice
  .extend({
    /** Left out only where nothing but `tiers` is said: then the catalogue's prices hold, times these. */
    input: usd.optional(),
    request: usd.optional(),
    audioHour: usd.optional(),
    longContext,
    /** By what the answer says of its service tier; without it as the provider prices its tiers. */
    tiers: z.strictObject({ flex: tier, priority: tier, batch: tier }).optional(),
  })
  .refine(({ input, output, tiers, ...rest }) => input !== undefined || (tiers !== undefined && output === 0 && Object.values(rest).every((each) => each === undefined)), {
    error: "a price says what input costs; tiers may stand alone, and change the catalogue's prices", path: ["input"],
  });
export type Price = z.output<typeof price>;
/** One that stands for the catalogue's. */
export type OwnPrice = Price & { readonly input: number };

/** By provider/model; `*` in the place of the model stands for all of the provider's others. */
export const prices = z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\/.+$/, "a price belongs to a provider's model, such as openai/gpt-5-mini or own-vllm/*"), price);
