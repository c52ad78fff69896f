/** Reads the content of messages and of tools' results. */
import type { AssistantPart, DocumentPart, ImagePart, ToolResultPart, UserPart } from "../../conversation/content.ts";
import { asObjects, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { itemObject, optionalText, refuseParameter, requiredObject, requiredText, wrongType } from "../../conversation/parameters.ts";
import { parseAnnotation } from "./citation.ts";
import { parseUrl } from "../openai-chat/media-url.ts";

export function parseContent(content: JsonValue, at: string): readonly UserPart[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return partsOf(content, at).map(([part, path]) => parsePart(part, path));
}

export function parseAssistantContent(content: JsonValue, at: string): readonly AssistantPart[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return partsOf(content, at).map(([part, path]) => {
    if (part["type"] === "refusal") return { type: "refusal", text: requiredText(part, "refusal", path) };
    const citations = asObjects(part["annotations"]).map(parseAnnotation);
    return { type: "text", text: requiredText(part, "text", path), ...(citations.length > 0 && { citations }) };
  });
}

export function parseResultContent(output: JsonValue | undefined, at: string): ToolResultPart["content"] {
  return parseContent(output ?? null, at).map((part) =>
    part.type === "audio" || part.type === "video" ? refuseParameter("unsupported-parameter", at, "a tool's result is text, images or files") : part,
  );
}

function partsOf(content: JsonValue, at: string): [JsonObject, string][] {
  if (!isList(content)) return wrongType(content, at, "a string or a list of parts");
  return content.map((item, index) => [itemObject(item, `${at}[${index}]`), `${at}[${index}]`]);
}

function parsePart(part: JsonObject, at: string): UserPart {
  const type = requiredText(part, "type", at);
  switch (type) {
    case "input_text":
    case "output_text":
    case "text":
      return { type: "text", text: requiredText(part, "text", at) };
    case "input_image":
      return parseImage(part, at);
    case "input_file":
      return parseFile(part, at);
    case "input_audio": {
      const audio = requiredObject(part, "input_audio", at);
      return { type: "audio", source: { type: "base64", mediaType: `audio/${requiredText(audio, "format", `${at}.input_audio`)}`, data: requiredText(audio, "data", `${at}.input_audio`) } };
    }
    default:
      return { type: "native", dialect: "openai-responses", kind: type, value: part };
  }
}

function parseImage(part: JsonObject, at: string): ImagePart {
  const detail = optionalText(part, "detail", at);
  const fileId = optionalText(part, "file_id", at);
  return { type: "image", source: fileId === undefined ? parseUrl(requiredText(part, "image_url", at)) : { type: "file", fileId }, detail };
}

function parseFile(part: JsonObject, at: string): DocumentPart {
  const title = optionalText(part, "filename", at);
  const fileId = optionalText(part, "file_id", at);
  if (fileId !== undefined) return { type: "document", source: { type: "file", fileId }, title };
  const url = optionalText(part, "file_url", at);
  if (url !== undefined) return { type: "document", source: { type: "url", url }, title };
  const data = requiredText(part, "file_data", at);
  return { type: "document", source: data.startsWith("data:") ? parseUrl(data) : { type: "base64", mediaType: "application/pdf", data }, title };
}
