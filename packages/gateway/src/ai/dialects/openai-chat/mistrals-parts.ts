/**
 * Parts of content as Mistral's callers write them, whose API has the same address as OpenAI's: an address or bytes as a string, a
 * document by its address, a file by its id, and what a model thought and cited in an earlier turn.
 */
import type { AssistantPart, AudioPart, DocumentPart, ImagePart } from "../../conversation/content.ts";
import { asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { optionalText, requiredText } from "../../conversation/parameters.ts";
import { audioFormatOf } from "./audio-format.ts";
import { parseUrl } from "./media-url.ts";

/** Null for a part that is not in Mistral's form. */
export function parseMistralsPart(part: JsonObject, at: string): ImagePart | AudioPart | DocumentPart | null {
  const [image, audio] = [asText(part["image_url"]), asText(part["input_audio"])];
  if (part["type"] === "image_url" && image !== undefined) return { type: "image", source: parseUrl(image) };
  if (part["type"] === "input_audio" && audio !== undefined) return parseSound(audio);
  if (part["type"] === "file" && part["file"] === undefined) return { type: "document", source: { type: "file", fileId: requiredText(part, "file_id", at) } };
  if (part["type"] !== "document_url") return null;
  return { type: "document", source: parseUrl(requiredText(part, "document_url", at)), title: optionalText(part, "document_name", at) };
}

function parseSound(audio: string): AudioPart {
  const source = parseUrl(audio);
  const isBare = source.type === "url" && !/^https?:/i.test(audio);
  return { type: "audio", source: isBare ? { type: "base64", mediaType: `audio/${audioFormatOf(audio)}`, data: audio } : source };
}

/** Of an assistant's message; null for a part that is not in Mistral's form. */
export function parseMistralsSaid(part: JsonObject): AssistantPart | null {
  if (part["type"] === "reference") return { type: "native", dialect: "mistral-chat", kind: "reference", value: part };
  if (part["type"] !== "thinking") return null;
  const text = asText(part["thinking"]) ?? asObjects(part["thinking"]).map((piece) => asText(piece["text"]) ?? "").join("");
  const signature = asText(part["signature"]);
  return { type: "reasoning", text, ...(signature && { signature: { dialect: "mistral-chat", value: signature } }) };
}
