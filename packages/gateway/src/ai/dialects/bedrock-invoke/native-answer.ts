/** What can be read of the bodies of all makers: Meta's, Mistral's, Amazon's, Cohere's, DeepSeek's and those in OpenAI's form. */
import type { FinishReason } from "../../conversation/answer.ts";
import { asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

/** The text of a whole answer, or of a piece of one; empty where it has none that is known. */
export function textIn(body: JsonObject): string {
  const plain = asText(body["generation"]) ?? asText(body["outputText"]) ?? asText(body["completion"]) ?? asText(body["text"]);
  const [output] = asObjects(body["outputs"]);
  const [choice] = asObjects(body["choices"]);
  const nova = asObject(asObject(body["contentBlockDelta"])?.["delta"]);
  return plain ?? asText(output?.["text"]) ?? asText(nova?.["text"]) ?? asText((asObject(choice?.["delta"]) ?? asObject(choice?.["message"]))?.["content"]) ?? "";
}

const unifiedOf: Readonly<Record<string, FinishReason["unified"]>> = {
  stop: "stop", end_turn: "stop", finish: "stop", finished: "stop", complete: "stop", eos_token: "stop", stop_sequence: "stop-sequence", stop_criteria_met: "stop-sequence",
  length: "length", max_tokens: "length", tool_use: "tool-calls", tool_calls: "tool-calls", content_filtered: "content-filter", guardrail_intervened: "content-filter",
};

export function finishIn(body: JsonObject): FinishReason | undefined {
  const [result] = [...asObjects(body["results"]), ...asObjects(body["outputs"]), ...asObjects(body["choices"]), ...asObjects(body["generations"])];
  const own = asText(body["stop_reason"]) ?? asText(body["stopReason"]) ?? asText(body["completionReason"]) ?? asText(body["finish_reason"]);
  const raw = own ?? asText(asObject(body["messageStop"])?.["stopReason"]) ?? asText(result?.["stop_reason"]) ?? asText(result?.["completionReason"]) ?? asText(result?.["finish_reason"]);
  return raw === undefined ? undefined : { unified: unifiedOf[raw.toLowerCase()] ?? "unknown", raw };
}
