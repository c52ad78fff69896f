/** Prices that the operator knows better than the catalogue that comes with the program. */
import { z } from "zod";

const usd = z.number().min(0).max(1_000_000);

/** In USD for a million tokens, `request` for each call. What is left out costs as `input` or `output`. */
export const price = z.strictObject({
  input: usd,
  output: usd.default(0),
  cacheRead: usd.optional(),
  /** Kept for five minutes. */
  cacheWrite: usd.optional(),
  cacheWrite1h: usd.optional(),
  inputAudio: usd.optional(),
  outputAudio: usd.optional(),
  inputImage: usd.optional(),
  outputImage: usd.optional(),
  request: usd.optional(),
});
export type Price = z.output<typeof price>;

/** By provider/model; `*` in the place of the model stands for all of the provider's others. */
export const prices = z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\/.+$/, "a price belongs to a provider's model, such as openai/gpt-5-mini or own-vllm/*"), price);
