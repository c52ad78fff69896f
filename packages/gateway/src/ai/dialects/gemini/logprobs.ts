import { asNumber, asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** Google's two parallel lists in the form of OpenAI chat. */
export function readLogprobs(result: JsonValue | undefined): JsonValue | undefined {
  const chosen = asObjects(asObject(result)?.["chosenCandidates"]);
  if (chosen.length === 0) return undefined;
  const top = asObjects(asObject(result)?.["topCandidates"]);
  const content = chosen.map((token, index) => ({
    ...tokenOf(token),
    top_logprobs: asObjects(top[index]?.["candidates"]).map(tokenOf),
  }));
  return { content, refusal: null };
}

function tokenOf(token: JsonObject): JsonObject {
  const text = asText(token["token"]) ?? "";
  return { token: text, logprob: asNumber(token["logProbability"]) ?? 0, bytes: [...Buffer.from(text)] };
}
