import type { AudioPart, DocumentPart, ImagePart, MediaSource, VideoPart } from "../../conversation/content.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

interface Place {
  notes: TranslationNotes;
  /** Where the message stands in the caller's request. */
  at: string;
}

/** An uploaded file is named by its id, whatever it is; audio is bare base64 or a URL. */
export function writeMedia(part: ImagePart | DocumentPart | AudioPart | VideoPart, place: Place): JsonObject {
  if (part.type === "video") return place.notes.unsupported(`${place.at}.content`, "Mistral takes no video");
  if (part.source.type === "text") return { type: "text", text: part.source.text };
  if (part.source.type === "file") return { type: "file", file_id: part.source.fileId };
  switch (part.type) {
    case "image":
      return { type: "image_url", image_url: { url: urlOf(part.source), detail: part.detail } };
    case "document":
      return { type: "document_url", document_url: urlOf(part.source), document_name: part.title };
    case "audio":
      return { type: "input_audio", input_audio: part.source.type === "base64" ? part.source.data : part.source.url };
  }
}

function urlOf(source: Exclude<MediaSource, { type: "file" }>): string {
  return source.type === "url" ? source.url : `data:${source.mediaType};base64,${source.data}`;
}
