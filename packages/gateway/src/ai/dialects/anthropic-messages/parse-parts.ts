/** Reads content blocks of a user's turn and of tools' results. */
import type { CacheBreakpoint, DocumentPart, ImagePart, MediaSource, NativePart, TextPart } from "../../conversation/content.ts";
import { asObject, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { itemObject, optionalBoolean, optionalObject, optionalText, refuseParameter, requiredObject, requiredText, wrongType } from "../../conversation/parameters.ts";

export function parseContentBlock(block: JsonObject, at: string): TextPart | ImagePart | DocumentPart | NativePart {
  const type = requiredText(block, "type", at);
  switch (type) {
    case "text":
      return { type: "text", text: requiredText(block, "text", at), cache: cacheOf(block) };
    case "image":
      return { type: "image", source: parseSource(requiredObject(block, "source", at), `${at}.source`), cache: cacheOf(block) };
    case "document":
      return parseDocument(block, at);
    case "search_result":
      return { ...citable(block, at), source: textOf(block["content"] ?? null, `${at}.content`), foundAt: requiredText(block, "source", at) };
    default:
      return { type: "native", dialect: "anthropic-messages", kind: type, value: block };
  }
}

/** A text, or a list of text blocks. */
export function parseTextBlocks(content: JsonValue, at: string): readonly TextPart[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  if (!isList(content)) return wrongType(content, at, "a string or a list of text blocks");
  return content.map((item, index) => {
    const path = `${at}[${index}]`;
    const part = parseContentBlock(itemObject(item, path), path);
    return part.type === "text" ? part : refuseParameter("invalid-request", path, `${path} has to be a text block`);
  });
}

function parseDocument(block: JsonObject, at: string): DocumentPart {
  const source = requiredObject(block, "source", at);
  return { ...citable(block, at), source: parseDocumentSource(source, `${at}.source`), context: optionalText(block, "context", at) };
}

function citable(block: JsonObject, at: string): Pick<DocumentPart, "type" | "title" | "citable" | "cache"> {
  const citations = optionalObject(block, "citations", at);
  return { type: "document", title: optionalText(block, "title", at), citable: citations && optionalBoolean(citations, "enabled", `${at}.citations`), cache: cacheOf(block) };
}

function parseDocumentSource(source: JsonObject, at: string): DocumentPart["source"] {
  if (source["type"] === "text") return { type: "text", text: requiredText(source, "data", at) };
  return source["type"] === "content" ? textOf(source["content"] ?? null, `${at}.content`) : parseSource(source, at);
}

/** Pieces that are cited one by one. */
function textOf(content: JsonValue, at: string): DocumentPart["source"] {
  const pieces = parseTextBlocks(content, at).map(({ text }) => text);
  return { type: "text", text: pieces.join("\n"), pieces };
}

function parseSource(source: JsonObject, at: string): MediaSource {
  const type = requiredText(source, "type", at);
  if (type === "base64") return { type, mediaType: requiredText(source, "media_type", at), data: requiredText(source, "data", at) };
  if (type === "url") return { type, url: requiredText(source, "url", at) };
  if (type === "file") return { type, fileId: requiredText(source, "file_id", at) };
  return refuseParameter("invalid-request", `${at}.type`, `${at}.type has to be base64, url or file, and is ${JSON.stringify(type)}`);
}

export function cacheOf(block: JsonObject): CacheBreakpoint | undefined {
  const control = asObject(block["cache_control"]);
  if (!control) return undefined;
  const ttl = control["ttl"];
  return { ttl: ttl === "5m" || ttl === "1h" ? ttl : undefined };
}
