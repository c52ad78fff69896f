/** Models with their prices, providers with their keys, and aliases with their targets, as the gateway has them at this moment. */
import { z } from "zod";

const nullable = z.number().nullable();

/** In USD for a million tokens. */
export const shownPrice = z.object({
  input: z.number(),
  output: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
  /** In USD for each call. */
  request: z.number(),
  /** Where it is from: `ai.prices`, the catalogue that comes with the program, or nowhere because it costs nothing. */
  source: z.enum(["configuration", "catalogue", "free"]),
});
export type ShownPrice = z.output<typeof shownPrice>;

const shownModel = z.object({
  /** As applications name it: provider/model. */
  name: z.string(),
  /** Null where no price is known, which is not the same as 0. */
  price: shownPrice.nullable(),
  /** In tokens; null where it is not known. */
  contextWindow: nullable,
  capabilities: z.array(z.string()),
});

const keyState = z.object({
  name: z.string(),
  /** `resting` after failures or because it was told to wait, `refused` by the provider; in both cases for `restsForMs`. */
  state: z.enum(["ready", "resting", "refused"]),
  restsForMs: z.number(),
});

const providerState = z.object({
  name: z.string(),
  /** Why it cannot be called. */
  trouble: z.object({ code: z.string(), detail: z.string(), fix: z.string().nullable() }).nullable(),
  keys: z.array(keyState),
});

const aliasState = z.object({
  name: z.string(),
  targets: z.array(
    z.object({
      name: z.string(),
      /** Moving averages of the last minute, where the alias asks for the fastest: to the first content of a stream, and of whole answers. */
      streamMs: nullable,
      wholeMs: nullable,
    }),
  ),
});

/** Of several gateway workers: a key is as the worst of them says, times are the mean of those that know one. */
export const modelState = z.object({ models: z.array(shownModel), providers: z.array(providerState), aliases: z.array(aliasState) });
export type ModelState = z.output<typeof modelState>;
