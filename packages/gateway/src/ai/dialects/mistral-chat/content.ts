/** Content is a text, or a list of chunks where the model thinks, cites or draws. */
import type { AssistantPart, Citation } from "../../conversation/content.ts";
import { asObject, asObjects, asText, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** What a chunk of content is: a part, or a citation for the text before it. */
export type ReadChunk = { part: AssistantPart } | { citation: Citation };

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
      return { part: { type: "reasoning", text: thinkingText(chunk["thinking"]) } };
    case "reference":
      return { citation: { dialect: "mistral-chat", raw: chunk } };
    case "image_url":
      return readImage(chunk);
    default:
      return native(kind, chunk);
  }
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
