/** Content blocks that both sides may send: text, images, documents, audio and video as bytes or from S3. */
import type { AudioPart, DocumentPart, ImagePart, MediaSource, NativePart, TextPart, VideoPart } from "../../conversation/content.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import { membersFor } from "../../conversation/own-members.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

/** Null for an empty text. */
export function writePart(part: TextPart | ImagePart | DocumentPart | AudioPart | VideoPart | NativePart, notes: TranslationNotes): JsonObject | null {
  switch (part.type) {
    case "text":
      return part.text.trim() === "" ? null : (membersFor("bedrock-converse", part.own) ?? { text: part.text });
    case "image":
      if (part.detail !== undefined && part.detail !== "auto") notes.dropped("messages[].content[].image_url.detail", "Bedrock has one level of detail");
      return { image: writeMedia(part, notes) };
    case "audio":
      return { audio: writeMedia(part, notes) };
    case "video":
      return { video: writeMedia(part, notes) };
    case "document":
      return part.foundAt !== undefined && part.source.type === "text" ? { searchResult: writeFound(part, part.source) } : { document: writeDocument(part, notes) };
    case "native":
      return part.dialect === "bedrock-converse" ? part.value : notes.unsupported("messages", `a part of type ${part.kind} is known to another provider only`);
  }
}

/** Where the ending of a media type is not what Bedrock calls the format. */
const formats: Readonly<Record<string, string>> = {
  "image/jpg": "jpeg", "audio/mpeg": "mp3", "audio/x-wav": "wav", "audio/mp4": "m4a", "video/quicktime": "mov", "video/x-matroska": "mkv", "video/3gpp": "three_gp", "video/x-flv": "flv", "video/x-ms-wmv": "wmv",
  "text/plain": "txt", "text/markdown": "md", "application/msword": "doc", "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.ms-excel": "xls", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
};

function formatOf(mediaType: string): string {
  const plain = mediaType.replace(/;.*$/, "").trim().toLowerCase();
  return formats[plain] ?? plain.slice(plain.indexOf("/") + 1);
}

function writeMedia({ type, source }: { type: "image" | "audio" | "video"; source: MediaSource }, notes: TranslationNotes): JsonDraft {
  return { format: formatOf(mediaTypeOf(source, type)), source: writeSource(source, { what: type, notes }) };
}

function writeDocument(part: DocumentPart, notes: TranslationNotes): JsonDraft {
  const name = documentName(part.title);
  if (part.title !== undefined && part.title.replace(ending, "") !== name) notes.changed("document.title", "Bedrock takes letters, digits, spaces and few signs in the name of a document");
  const shared = { name, context: part.context, citations: part.citable ? { enabled: true } : undefined };
  if (part.source.type === "text") return { format: "txt", source: part.source.pieces ? { content: textBlocks(part.source) } : { text: part.source.text }, ...shared };
  return { format: formatOf(mediaTypeOf(part.source, "document")), source: writeSource(part.source, { what: "document", notes }), ...shared };
}

type TextSource = Extract<DocumentPart["source"], { type: "text" }>;

function writeFound(part: DocumentPart, source: TextSource): JsonDraft {
  return { source: part.foundAt, title: part.title ?? part.foundAt, content: textBlocks(source), citations: part.citable ? { enabled: true } : undefined };
}

function textBlocks({ text, pieces = [text] }: TextSource): JsonDraft[] {
  return pieces.map((piece) => ({ text: piece }));
}

/** Letters, digits, single spaces, -, (), [] are all that Bedrock takes; an ending is not part of a name. */
const ending = /\.[A-Za-z0-9]{1,5}$/;

function documentName(title: string | undefined): string {
  const name = (title ?? "").replace(ending, "").replace(/[^A-Za-z0-9\s()[\]-]/g, "-").replace(/\s+/g, " ").trim().slice(0, 200);
  return name === "" ? "document" : name;
}

const usualTypes = { image: "image/jpeg", audio: "audio/mp3", video: "video/mp4", document: "application/pdf" } as const;

function mediaTypeOf(source: MediaSource, what: keyof typeof usualTypes): string {
  if (source.mediaType !== undefined) return source.mediaType;
  const ending = source.type === "url" ? /\.([a-z0-9]{2,4})(?:[?#]|$)/i.exec(source.url)?.[1]?.toLowerCase() : undefined;
  if (ending === undefined) return usualTypes[what];
  return `${what}/${ending === "jpg" ? "jpeg" : ending}`;
}

function writeSource(source: MediaSource, { what, notes }: { what: string; notes: TranslationNotes }): JsonObject {
  if (source.type === "base64") return { bytes: source.data };
  if (source.type === "url" && source.url.startsWith("s3://")) return { s3Location: { uri: source.url } };
  return notes.unsupported("messages", `Bedrock takes an ${what} as base64 or from S3, and not by ${source.type === "url" ? "a URL" : "a file's id"}`);
}
