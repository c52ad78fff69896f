/** How many answers a request is for: `n`, for each of the prompts where the older completions are given a list of them. */
import { asNumber, isList } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

export function choicesAsked({ n, prompt }: JsonObject): number {
  // A list of numbers is one prompt, in tokens.
  const prompts = isList(prompt) && typeof prompt[0] !== "number" ? prompt.length : 1;
  return Math.max(asNumber(n) ?? 1, 1) * Math.max(prompts, 1);
}
