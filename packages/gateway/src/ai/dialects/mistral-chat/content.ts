/** Content is a text, or a list of chunks where the model thinks, cites or draws. */
import type { AssistantPart, Citation } from "../../conversation/content.ts";
import { asObject, asObjects, asText, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** What a chunk of content is: a part, or what the text before it rests on. */
export type ReadChunk = { part: AssistantPart } | { citations: readonly Citation[] };

export function readContent(content: JsonValue | undefined): readonly ReadChunk[] {
  if (typeof content === "string") return content === "" ? [] : [{ part: { type: "text", text: content } }];
  return isList(content) ? asObjects(content).map(readChunk) : [];
}

function readChunk(chunk: JsonObject): ReadChunk {
  const kind = asText(chunk["type"]) ?? "";
  switch (kind) {
    case "text":
      return { part: { type: "text", text: asText(chunk["text"]) ?? "" } };
    case "thinking":
      return readThinking(chunk);
    case "reference":
      return { citations: readReferences(chunk) };
    case "image_url":
      return readImage(chunk);
    default:
      return native(kind, chunk);
  }
}

/** By the ids that the caller gave to its documents: nothing else of them is told. */
function readReferences(chunk: JsonObject): readonly Citation[] {
  const ids = isList(chunk["reference_ids"]) ? chunk["reference_ids"].filter((id) => typeof id === "string" || typeof id === "number") : [];
  return ids.length === 0 ? [{ dialect: "mistral-chat", raw: chunk }] : ids.map((id) => ({ title: String(id), dialect: "mistral-chat", raw: chunk }));
}

/** A signature is what a later turn brings back. */
function readThinking(chunk: JsonObject): ReadChunk {
  const text = thinkingText(chunk["thinking"]);
  const signature = asText(chunk["signature"]);
  return { part: { type: "reasoning", text, ...(signature && { signature: { dialect: "mistral-chat", value: signature } }) } };
}

/** Thinking is a list of chunks itself. */
function thinkingText(thinking: JsonValue | undefined): string {
  if (typeof thinking === "string") return thinking;
  return asObjects(thinking).map((chunk) => asText(chunk["text"]) ?? "").join("");
}

function readImage(chunk: JsonObject): ReadChunk {
  const url = asText(chunk["image_url"]) ?? asText(asObject(chunk["image_url"])?.["url"]);
  if (url === undefined) return native("image_url", chunk);
  const inline = /^data:([^;,]+);base64,/.exec(url);
  if (inline?.[1] === undefined) return { part: { type: "image", source: { type: "url", url } } };
  return { part: { type: "image", source: { type: "base64", mediaType: inline[1], data: url.slice(inline[0].length) } } };
}

function native(kind: string, value: JsonObject): ReadChunk {
  return { part: { type: "native", dialect: "mistral-chat", kind, value } };
}
