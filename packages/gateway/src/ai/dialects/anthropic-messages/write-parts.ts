/** Writes content blocks. */
import type { CacheBreakpoint, AudioPart, DocumentPart, ImagePart, MediaSource, NativePart, TextPart, VideoPart } from "../../conversation/content.ts";
import type { JsonDraft, JsonValue } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

export function writePart(part: TextPart | ImagePart | DocumentPart | AudioPart | VideoPart | NativePart, notes: TranslationNotes): JsonDraft {
  switch (part.type) {
    case "text":
      return writeText(part);
    case "image":
      if (part.detail !== undefined && part.detail !== "auto") notes.dropped("messages[].content[].image_url.detail", "Anthropic has one level of detail");
      return { type: "image", source: writeSource(part.source, notes), cache_control: cacheControl(part.cache) };
    case "document":
      return writeDocument(part, notes);
    case "audio":
    case "video":
      return notes.unsupported("messages", `Anthropic's models take no ${part.type}`);
    case "native":
      return part.dialect === "anthropic-messages" ? { ...part.value } : notes.unsupported("messages", `a part of type ${part.kind} is known to another provider only`);
  }
}

export function writeText(part: TextPart): JsonDraft {
  const citations = part.citations?.filter((citation) => citation.dialect === "anthropic-messages").map((citation) => citation.raw);
  return { type: "text", text: part.text, citations: citations && citations.length > 0 ? citations : undefined, cache_control: cacheControl(part.cache) };
}

function writeDocument(part: DocumentPart, notes: TranslationNotes): JsonDraft {
  if (part.foundAt !== undefined && part.source.type === "text") return { type: "search_result", source: part.foundAt, title: part.title ?? part.foundAt, content: textBlocks(part.source), ...marks(part) };
  return {
    type: "document",
    source: writeDocumentSource(part.source, notes),
    title: part.title,
    context: part.context,
    ...marks(part),
  };
}

function marks(part: DocumentPart): JsonDraft {
  return { citations: part.citable === undefined ? undefined : { enabled: part.citable }, cache_control: cacheControl(part.cache) };
}

function textBlocks({ text, pieces = [text] }: Extract<DocumentPart["source"], { type: "text" }>): JsonDraft[] {
  return pieces.map((piece) => ({ type: "text", text: piece }));
}

/** A text file is text: as base64 the API takes PDFs only. */
function writeDocumentSource(source: DocumentPart["source"], notes: TranslationNotes): JsonValue {
  if (source.type === "text") return source.pieces ? { type: "content", content: textBlocks(source) } : { type: "text", media_type: "text/plain", data: source.text };
  if (source.type === "base64" && source.mediaType.startsWith("text/")) {
    return { type: "text", media_type: "text/plain", data: Buffer.from(source.data, "base64").toString("utf8") };
  }
  return writeSource(source, notes);
}

function writeSource(source: MediaSource, notes: TranslationNotes): JsonValue {
  switch (source.type) {
    case "url":
      return { type: "url", url: source.url };
    case "base64":
      return { type: "base64", media_type: source.mediaType === "image/jpg" ? "image/jpeg" : source.mediaType, data: source.data };
    case "file":
      if (isElsewhere(source.fileId)) return notes.unsupported("messages", `the file ${source.fileId.slice(0, 100)} was not uploaded to Anthropic`);
      return { type: "file", file_id: source.fileId };
  }
}

/** Google's files are named by addresses, which nobody else can read. */
function isElsewhere(fileId: string): boolean {
  return /^[a-z]+:|\//.test(fileId);
}

export function cacheControl(cache: CacheBreakpoint | undefined): JsonValue | undefined {
  return cache && { type: "ephemeral", ttl: cache.ttl };
}
