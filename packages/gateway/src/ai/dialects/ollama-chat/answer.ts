import type { Answer, FinishReason, Usage } from "../../conversation/answer.ts";
import type { AssistantPart } from "../../conversation/content.ts";
import type { DecodingContext } from "../../conversation/dialect.ts";
import { asCount, asObject, asObjects, asText, isList, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { parseError } from "./error.ts";

export function parseAnswer(body: JsonValue, context: DecodingContext): Answer | ProviderError {
  if (!isObject(body)) return brokenAnswer("Ollama's answer is not a JSON object", body);
  if (body["error"] !== undefined) return parseError(500, body);
  const message = messageIn(body);
  if (message === undefined) return brokenAnswer("Ollama's answer has no message", body);
  const parts: AssistantPart[] = [];
  const thinking = asText(message["thinking"]) ?? "";
  if (thinking !== "") parts.push({ type: "reasoning", text: thinking });
  const content = asText(message["content"]) ?? "";
  if (content !== "") parts.push({ type: "text", text: content });
  const calls = readCalls(message, context);
  const finish = finishReason(asText(body["done_reason"]) ?? "", calls.length > 0);
  return { ...readIdentity(body), choices: [{ parts: [...parts, ...readImages(message), ...calls], finish, logprobs: readLogprobs(body) }], usage: readUsage(body) };
}

/** What generate says has no message around it. */
export function messageIn(body: JsonObject): JsonObject | undefined {
  const message = asObject(body["message"]);
  return message ?? (typeof body["response"] === "string" ? { content: body["response"], thinking: body["thinking"] } : undefined);
}

/** By which model it is, and when. Ollama gives answers no id. */
export function readIdentity(body: JsonObject): Pick<Answer, "model" | "createdAt"> {
  const created = Date.parse(asText(body["created_at"]) ?? "");
  return { model: asText(body["model"]), createdAt: Number.isNaN(created) ? undefined : Math.floor(created / 1000) };
}

/** Older versions give calls no id. Arguments are an object, of which callers want the text. */
export function readCalls(message: JsonObject, context: DecodingContext): readonly Extract<AssistantPart, { type: "tool-call" }>[] {
  return asObjects(message["tool_calls"]).map((call) => {
    const called = asObject(call["function"]);
    const id = asText(call["id"]) || context.makeId("call_");
    return { type: "tool-call", id, name: asText(called?.["name"]) ?? "", arguments: JSON.stringify(called?.["arguments"] ?? {}) };
  });
}

/** Bare base64; what it is shows in its first bytes. */
export function readImages(message: JsonObject): readonly AssistantPart[] {
  const images = isList(message["images"]) ? message["images"] : [];
  return images.flatMap((data) => {
    if (typeof data !== "string") return [];
    const mediaType = data.startsWith("/9j/") ? "image/jpeg" : data.startsWith("UklGR") ? "image/webp" : "image/png";
    return [{ type: "image", source: { type: "base64", mediaType, data } }];
  });
}

/** Ollama says stop after a tool call as well. */
export function finishReason(raw: string, calledTools: boolean): FinishReason {
  if (raw === "length") return { unified: "length", raw };
  if (calledTools) return { unified: "tool-calls", raw };
  return { unified: raw === "stop" ? "stop" : "unknown", raw };
}

/** Undefined where it was not counted. A prompt that was wholly in the cache has no count. */
export function readUsage(body: JsonObject): Usage | undefined {
  const inputTokens = asCount(body["prompt_eval_count"]);
  const outputTokens = asCount(body["eval_count"]);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 };
}

/** The entries have OpenAI's form already, and stand at the top. */
export function readLogprobs(body: JsonObject): JsonValue | undefined {
  const content = body["logprobs"];
  return isList(content) && content.length > 0 ? { content, refusal: null } : undefined;
}
