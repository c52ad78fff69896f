/** Reads the parts of a message's content. */
import type { AssistantPart, CacheBreakpoint, TextPart, UserPart } from "../../conversation/content.ts";
import { asObject, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { itemObject, optionalText, refuseParameter, requiredObject, requiredText, wrongType } from "../../conversation/parameters.ts";
import { parseUrl } from "./media-url.ts";
import { parseMistralsPart, parseMistralsSaid } from "./mistrals-parts.ts";

export function parseParts(content: JsonValue | undefined, at: string): readonly UserPart[];
export function parseParts(content: JsonValue | undefined, at: string, assistant: true): readonly (UserPart | AssistantPart)[];
export function parseParts(content: JsonValue | undefined, at: string, assistant = false): readonly (UserPart | AssistantPart)[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (content === undefined || content === null) return refuseParameter("invalid-request", at, `${at} is missing; it has to be a string or a list of parts`);
  if (!isList(content)) return wrongType(content, at, "a string or a list of parts");
  return content.map((item, index) => {
    const path = `${at}[${index}]`;
    const part = itemObject(item, path);
    if (assistant && part["type"] === "refusal") return { type: "refusal", text: requiredText(part, "refusal", path) };
    return (assistant ? parseMistralsSaid(part) : null) ?? parseMistralsPart(part, path) ?? parsePart(part, path);
  });
}

export function parseTextParts(content: JsonValue | undefined, at: string): readonly TextPart[] {
  return parseParts(content, at).map((part) => (part.type === "text" ? part : refuseParameter("invalid-request", at, `${at} holds text only here, and has a part of another type`)));
}

function parsePart(part: JsonObject, at: string): UserPart {
  const type = requiredText(part, "type", at);
  const cache = cacheOf(part);
  switch (type) {
    case "text":
      return { type: "text", text: requiredText(part, "text", at), cache };
    case "image_url": {
      const image = requiredObject(part, "image_url", at);
      return { type: "image", source: parseUrl(requiredText(image, "url", `${at}.image_url`)), detail: optionalText(image, "detail", `${at}.image_url`), cache };
    }
    case "input_audio": {
      const audio = requiredObject(part, "input_audio", at);
      const format = requiredText(audio, "format", `${at}.input_audio`);
      return { type: "audio", source: { type: "base64", mediaType: `audio/${format}`, data: requiredText(audio, "data", `${at}.input_audio`) } };
    }
    case "video_url":
      return { type: "video", source: parseUrl(requiredText(requiredObject(part, "video_url", at), "url", `${at}.video_url`)) };
    case "file":
      return parseFile(part, at);
    default:
      return refuseParameter("invalid-request", `${at}.type`, `${at}.type has to be text, image_url, input_audio, video_url or file, and is ${JSON.stringify(type)}`);
  }
}

function parseFile(part: JsonObject, at: string): UserPart {
  const file = requiredObject(part, "file", at);
  const title = optionalText(file, "filename", `${at}.file`);
  const id = optionalText(file, "file_id", `${at}.file`);
  if (id !== undefined) return { type: "document", source: { type: "file", fileId: id }, title, cache: cacheOf(part) };
  const data = requiredText(file, "file_data", `${at}.file`);
  const source = parseUrl(data);
  const isUrl = source.type !== "url" || /^https?:/i.test(data);
  return { type: "document", source: isUrl ? source : { type: "base64", mediaType: mediaTypeOfName(title), data }, title, cache: cacheOf(part) };
}

function mediaTypeOfName(name: string | undefined): string {
  return name?.endsWith(".txt") ? "text/plain" : "application/pdf";
}

/** `cache_control`, as compatible servers take it from callers who mean a provider with explicit caching. */
export function cacheOf(object: JsonObject): CacheBreakpoint | undefined {
  const control = asObject(object["cache_control"]);
  if (!control) return undefined;
  const ttl = control["ttl"];
  return { ttl: ttl === "5m" || ttl === "1h" ? ttl : undefined };
}
