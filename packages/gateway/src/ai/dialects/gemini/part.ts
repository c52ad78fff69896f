/** One part of a candidate: text, thought, call, bytes, or something that only Google knows. */
import type { AssistantPart, Signature } from "../../conversation/content.ts";
import type { DecodingContext } from "../../conversation/dialect.ts";
import { asObject, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** Undefined for an empty part. */
export function readPart(part: JsonObject, context: DecodingContext): AssistantPart | undefined {
  const text = asText(part["text"]);
  const signature = readSignature(part["thoughtSignature"]);
  if (text !== undefined) {
    if (text === "" && signature === undefined) return undefined;
    return { type: part["thought"] === true ? "reasoning" : "text", text, signature };
  }
  const call = asObject(part["functionCall"]);
  if (call !== undefined) return readCall(call, { signature, context });
  return readBytes(part, signature) ?? readOther(part) ?? (signature && { type: part["thought"] === true ? "reasoning" : "text", text: "", signature });
}

function readSignature(value: JsonValue | undefined): Signature | undefined {
  return typeof value === "string" ? { dialect: "gemini", value } : undefined;
}

/** Models before Gemini 3 give calls no id. */
function readCall(call: JsonObject, more: { signature: Signature | undefined; context: DecodingContext }): AssistantPart {
  return {
    type: "tool-call",
    id: asText(call["id"]) || more.context.makeId("call_"),
    name: asText(call["name"]) ?? "",
    arguments: JSON.stringify(call["args"] ?? {}),
    signature: more.signature,
  };
}

function readBytes(part: JsonObject, signature: Signature | undefined): AssistantPart | undefined {
  const inline = asObject(part["inlineData"]);
  const mediaType = asText(inline?.["mimeType"]);
  const data = asText(inline?.["data"]);
  if (mediaType === undefined || data === undefined) return undefined;
  const source = { type: "base64", mediaType, data } as const;
  if (mediaType.startsWith("image/")) return { type: "image", source, ...(signature && { signature }) };
  return mediaType.startsWith("audio/") ? { type: "audio", source } : undefined;
}

/** Code that ran at Google, its results, files: under the name of the member that is there. */
function readOther(part: JsonObject): AssistantPart | undefined {
  const kind = Object.keys(part).find((name) => name !== "thought" && name !== "thoughtSignature" && part[name] !== null);
  return kind === undefined ? undefined : { type: "native", dialect: "gemini", kind, value: part };
}
