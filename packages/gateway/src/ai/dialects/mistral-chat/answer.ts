import type { Answer, Choice } from "../../conversation/answer.ts";
import type { AssistantPart } from "../../conversation/content.ts";
import type { DecodingContext } from "../../conversation/dialect.ts";
import { asObject, asObjects, asText, asTime, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { readContent } from "./content.ts";
import type { ReadChunk } from "./content.ts";
import { errorInside, isError } from "./error.ts";
import { finishReason } from "./finish-reason.ts";
import { readCall } from "./tool-call.ts";
import { readUsage } from "./usage.ts";

export function parseAnswer(body: JsonValue, context: DecodingContext): Answer | ProviderError {
  if (!isObject(body)) return brokenAnswer("Mistral's answer is not a JSON object", body);
  if (isError(body)) return errorInside(body);
  const choices = asObjects(body["choices"]).map((choice) => readChoice(choice, context));
  if (choices.length === 0) return brokenAnswer("Mistral's answer has no choice", body);
  const usage = asObject(body["usage"]);
  return { ...readIdentity(body), choices, usage: usage === undefined ? undefined : readUsage(usage, body["service_tier"]) };
}

/** Which answer it is, by which model, when, and in which tier. */
export function readIdentity(body: JsonObject): Pick<Answer, "id" | "model" | "createdAt" | "serviceTier"> {
  const serviceTier = asText(body["service_tier"]) ?? asText(asObject(body["usage"])?.["service_tier"]);
  return { id: asText(body["id"]), model: asText(body["model"]), createdAt: asTime(body["created"]), serviceTier };
}

function readChoice(choice: JsonObject, context: DecodingContext): Choice {
  const message = asObject(choice["message"]) ?? {};
  const parts: AssistantPart[] = [];
  for (const chunk of readContent(message["content"])) {
    if ("part" in chunk) parts.push(chunk.part);
    else cite(parts, chunk);
  }
  for (const written of asObjects(message["tool_calls"])) {
    const { id, name, arguments: text } = readCall(written);
    parts.push({ type: "tool-call", id: id ?? context.makeId("call_"), name, arguments: text });
  }
  return { parts, finish: finishReason(asText(choice["finish_reason"]) ?? ""), logprobs: choice["logprobs"] ?? undefined };
}

/** A reference stands behind the text that it belongs to. */
function cite(parts: AssistantPart[], chunk: Extract<ReadChunk, { citations: unknown }>): void {
  const last = parts.at(-1);
  if (last?.type === "text") parts[parts.length - 1] = { ...last, citations: [...(last.citations ?? []), ...chunk.citations] };
  else parts.push({ type: "text", text: "", citations: chunk.citations });
}
