/**
 * How an older version's JSON bodies become a newer one's and back, so that one upstream serves both. Places are JSON
 * pointers, with `*` for every item of an array; a body that is an array is mapped item by item. A step whose place is
 * not there does nothing. Steps are carried out in order.
 */
import { z } from "zod";

const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])+)+$/, "a place is a JSON pointer such as /title or /items/*/sku");
const moving = z.strictObject({ from: pointer, to: pointer }).refine(({ from, to }) => starsOf(from).every((star, index) => star === starsOf(to)[index]) && starsOf(from).length === starsOf(to).length, "`*` has to stand in the same places of both");

/** What stands in front of each star. */
function starsOf(text: string): string[] {
  const tokens = text.split("/");
  return tokens.flatMap((token, index) => (token === "*" ? [tokens.slice(0, index).join("/")] : []));
}

type JsonValue = null | boolean | number | string | JsonValue[] | { [member: string]: JsonValue };

/** Files and bodies hold nothing but JSON. */
const value = z.custom<JsonValue>((given) => given !== undefined, "a default has a value");

const step = z.union([
  /** To another name in the same object. */
  z.strictObject({ rename: z.strictObject({ from: pointer, to: z.string().min(1).regex(/^[^/*]+$/, "a name, and no place; `move` takes places") }) }),
  z.strictObject({ move: moving }),
  /** Where nothing is there; never for patches, whose absence means something. */
  z.strictObject({ default: z.strictObject({ at: pointer, value }) }),
  z.strictObject({ drop: pointer }),
  /** The last place gets what is left over. */
  z.strictObject({ split: z.strictObject({ from: pointer, by: z.string().min(1).default(" "), to: z.array(pointer).min(2).max(16) }) }),
  z.strictObject({ join: z.strictObject({ from: z.array(pointer).min(2).max(16), by: z.string().default(" "), to: pointer }) }),
  /** A value that is not mapped stays, unless `else` says what it becomes. */
  z.strictObject({ enum: z.strictObject({ at: pointer, map: z.record(z.string(), z.string()), else: z.string().optional() }) }),
], { error: "a step is one of { rename: { from, to } }, { move: { from, to } }, { default: { at, value } }, { drop: /place }, { split: { from, to: [ ] } }, { join: { from: [ ], to } }, { enum: { at, map } }" });

export const adapt = z.strictObject({
  /** The version whose requests and answers the upstream speaks. */
  to: z.string(),
  request: z.array(step).max(200).default([]),
  response: z.array(step).max(200).default([]),
  /** Places of the newer version that a PUT of the older one leaves as they are. */
  keep: z.array(pointer.refine((text) => !text.split("/").includes("*"), "places of items cannot be kept")).max(100).default([]),
});
export type Adapt = z.output<typeof adapt>;
