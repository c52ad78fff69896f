/** Images, documents, audio and video as `inlineData` (base64) or `fileData` (a URL or an uploaded file). */
import type { AudioPart, DocumentPart, ImagePart, MediaSource, VideoPart } from "../../conversation/content.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { membersFor } from "../../conversation/own-members.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

interface Place {
  notes: TranslationNotes;
  /** Where the message stands in the caller's request. */
  at: string;
}

export function writeMedia(part: ImagePart | DocumentPart | AudioPart | VideoPart, place: Place): JsonObject {
  if (part.type === "image" && part.detail !== undefined && part.detail !== "auto") {
    place.notes.dropped(`${place.at}.content.detail`, "Gemini sets the resolution of images for the whole request");
  }
  if (part.type === "document" && part.source.type === "text") return { text: part.source.text };
  return { ...writeSource(part.source as MediaSource, place), ...membersFor("gemini", part.own) };
}

function writeSource(source: MediaSource, { notes, at }: Place): JsonObject {
  switch (source.type) {
    case "base64":
      return { inlineData: { mimeType: source.mediaType, data: source.data } };
    case "url":
      return { fileData: { fileUri: source.url, mimeType: source.mediaType ?? mediaTypeOfUrl(source.url) } };
    case "file":
      // Google's files are named by their addresses.
      if (!/^(?:https?:|gs:|files\/)/.test(source.fileId)) return notes.unsupported(`${at}.content`, `the file ${source.fileId.slice(0, 100)} was not uploaded to Gemini`);
      return { fileData: { fileUri: source.fileId, mimeType: source.mediaType } };
  }
}

const mediaTypes: Readonly<Record<string, string>> = {
  png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", webp: "image/webp", gif: "image/gif", heic: "image/heic", heif: "image/heif",
  pdf: "application/pdf", txt: "text/plain", html: "text/html", md: "text/markdown", csv: "text/csv",
  mp3: "audio/mp3", wav: "audio/wav", ogg: "audio/ogg", flac: "audio/flac", mp4: "video/mp4", webm: "video/webm", mov: "video/quicktime",
};

/** By the ending of the path; undefined where it has none that is known, and Google then finds out itself. */
function mediaTypeOfUrl(url: string): string | undefined {
  const ending = /\.([a-z0-9]{2,4})(?:[?#]|$)/i.exec(url)?.[1];
  return ending === undefined ? undefined : mediaTypes[ending.toLowerCase()];
}
