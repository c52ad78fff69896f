/** Reads a provider's response. What has no output is an error, whatever its status said. */
import type { Answer } from "../../conversation/answer.ts";
import type { AssistantPart, TextPart } from "../../conversation/content.ts";
import { asObject, asObjects, asText, asTime, isList, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import type { OwnMembers } from "../../conversation/own-members.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { parseAnnotation } from "./citation.ts";
import { argumentsText } from "../openai-chat/parse-answer.ts";
import { parseEmbeddedError } from "../openai-chat/errors.ts";
import { parseFinish } from "./finish-reason.ts";
import { givenParts } from "./given-parts.ts";
import { reasoningText } from "./parse-input.ts";
import { errorOfFailedResponse } from "./stream-error.ts";
import { parseUsage } from "./usage.ts";

export function parseResponsesAnswer(body: JsonValue): Answer | ProviderError {
  if (!isObject(body)) return brokenAnswer("the provider's answer is no JSON object", body);
  if (body["status"] === "failed") return errorOfFailedResponse(body);
  if (asObject(body["error"])) return parseEmbeddedError(body);
  if (!isList(body["output"])) return brokenAnswer("the provider's answer has no output", body);
  const parts = asObjects(body["output"]).flatMap(parseItem);
  const logprobs = asObjects(body["output"]).flatMap((item) => givenParts(item["content"])).flatMap((part) => asObjects(part["logprobs"]));
  const finish = parseFinish(body, parts.some((part) => part.type === "tool-call"));
  return { ...identityOf(body), choices: [{ parts, finish, logprobs: logprobs.length > 0 ? { content: logprobs, refusal: null } : undefined }], usage: parseUsage(body["usage"], body["service_tier"]) };
}

export function identityOf(response: JsonObject): Pick<Answer, "id" | "model" | "createdAt" | "serviceTier"> {
  return { id: asText(response["id"]), model: asText(response["model"]), createdAt: asTime(response["created_at"]), serviceTier: asText(response["service_tier"]) };
}

export function parseItem(item: JsonObject): readonly AssistantPart[] {
  const kind = asText(item["type"]) ?? "";
  switch (kind) {
    case "message":
      return givenParts(item["content"]).flatMap(parseContentPart);
    case "function_call":
      return [{ type: "tool-call", id: asText(item["call_id"]) ?? "", name: asText(item["name"]) ?? "", arguments: argumentsText(item["arguments"]), namespace: asText(item["namespace"]), own: callerOf(item) }];
    case "custom_tool_call":
      if (ranAtXai(item)) return [{ type: "native", dialect: "openai-responses", kind, value: item }];
      return [{ type: "tool-call", id: asText(item["call_id"]) ?? "", name: asText(item["name"]) ?? "", arguments: asText(item["input"]) ?? "", custom: true, own: callerOf(item) }];
    case "reasoning":
      return parseReasoning(item);
    case "image_generation_call":
      return [parseImage(item, kind)];
    default:
      return [{ type: "native", dialect: "openai-responses", kind, value: item }];
  }
}

const xaiSearches: ReadonlySet<string> = new Set(["x_keyword_search", "x_semantic_search", "x_user_search", "x_thread_fetch"]);

/** xAI tells its own searches of X as calls of custom tools, which nobody else is to run. */
export function ranAtXai(item: JsonObject): boolean {
  return asText(item["call_id"])?.startsWith("xs_") === true && xaiSearches.has(asText(item["name"]) ?? "");
}

/** Who calls a tool: the model itself, or a program that it wrote. */
export function callerOf(item: JsonObject): OwnMembers | undefined {
  const caller = asObject(item["caller"]);
  return caller && { dialect: "openai-responses", members: { caller } };
}

/** One that could not be drawn has no result, and may say why. */
function parseImage(item: JsonObject, kind: string): AssistantPart {
  const data = asText(item["result"]);
  if (data === undefined) return { type: "native", dialect: "openai-responses", kind, value: item };
  return { type: "image", source: { type: "base64", mediaType: `image/${asText(item["output_format"]) ?? "png"}`, data } };
}

/** Reasoning that is neither shown nor given to be returned says nothing, unless it was told in something else than text. */
function parseReasoning(item: JsonObject): readonly AssistantPart[] {
  const text = reasoningText(item);
  const encrypted = asText(item["encrypted_content"]);
  if (text === "" && encrypted === undefined) {
    const isOfTexts = [...givenParts(item["summary"]), ...givenParts(item["content"])].every(({ text: told }) => told === null || typeof told === "string");
    return isOfTexts ? [] : [{ type: "native", dialect: "openai-responses", kind: "reasoning", value: item }];
  }
  return [{ type: "reasoning", text, signature: encrypted === undefined ? undefined : { dialect: "openai-responses", value: encrypted } }];
}

function parseContentPart(part: JsonObject): readonly AssistantPart[] {
  if (part["type"] === "refusal") return [{ type: "refusal", text: asText(part["refusal"]) ?? "" }];
  const text = asText(part["text"]);
  if (text === undefined) return [];
  const citations = asObjects(part["annotations"]).map(parseAnnotation);
  return [{ type: "text", text, citations: citations.length > 0 ? citations : undefined } satisfies TextPart];
}
