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

/** The form of OpenAI chat as Google's two lists; undefined where there is nothing of it. */
export function writeLogprobs(logprobs: JsonValue | undefined): JsonObject | undefined {
  const content = asObjects(asObject(logprobs)?.["content"]);
  if (content.length === 0) return undefined;
  return { chosenCandidates: content.map(candidateOf), topCandidates: content.map((token) => ({ candidates: asObjects(token["top_logprobs"]).map(candidateOf) })) };
}

function candidateOf(token: JsonObject): JsonObject {
  return { token: asText(token["token"]) ?? "", logProbability: asNumber(token["logprob"]) ?? 0 };
}

function tokenOf(token: JsonObject): JsonObject {
  const text = asText(token["token"]) ?? "";
  return { token: text, logprob: asNumber(token["logProbability"]) ?? 0, bytes: [...Buffer.from(text)] };
}
