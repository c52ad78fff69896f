/** Reads content blocks that both sides may send: text, images, documents, audio and video as bytes or from S3. */
import type { CacheBreakpoint, DocumentPart, MediaSource, UserPart } from "../../conversation/content.ts";
import { asObject, asObjects, asText, firstMember } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { optionalText, refuseParameter } from "../../conversation/parameters.ts";

/** A block that closes what should be cached; undefined for any other. */
export function parseCachePoint(block: JsonObject): CacheBreakpoint | undefined {
  const point = asObject(block["cachePoint"]);
  return point && { ttl: point["ttl"] === "1h" ? "1h" : undefined };
}

export function parsePart(block: JsonObject, at: string): UserPart {
  const text = optionalText(block, "text", at);
  if (text !== undefined) return { type: "text", text };
  for (const type of ["image", "audio", "video"] as const) {
    const media = asObject(block[type]);
    if (media) return { type, source: parseSource(media, { mediaType: `${type}/${asText(media["format"]) ?? ""}`, at: `${at}.${type}` }) };
  }
  const found = asObject(block["searchResult"]);
  if (found) return { ...parseTitle(found, "title"), source: textOf(found["content"]), foundAt: asText(found["source"]) ?? "" };
  const document = asObject(block["document"]);
  return document ? parseDocument(document, `${at}.document`) : { type: "native", dialect: "bedrock-converse", kind: firstMember(block) ?? "block", value: block };
}

const documentTypes: Readonly<Record<string, string>> = {
  pdf: "application/pdf", txt: "text/plain", md: "text/markdown", csv: "text/csv", html: "text/html", doc: "application/msword", xls: "application/vnd.ms-excel",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

function parseDocument(document: JsonObject, at: string): DocumentPart {
  const source = asObject(document["source"]) ?? {};
  const text = asText(source["text"]);
  const written = text === undefined ? (source["content"] === undefined ? undefined : textOf(source["content"])) : ({ type: "text", text } as const);
  const format = asText(document["format"]) ?? "txt";
  return {
    ...parseTitle(document, "name"),
    source: written ?? parseSource(document, { mediaType: documentTypes[format] ?? `application/${format}`, at }),
    context: asText(document["context"]),
  };
}

function parseTitle(document: JsonObject, name: string): Pick<DocumentPart, "type" | "title" | "citable"> {
  return { type: "document", title: asText(document[name]), citable: asObject(document["citations"])?.["enabled"] === true || undefined };
}

/** Pieces that are cited one by one. */
function textOf(content: JsonValue | undefined): DocumentPart["source"] {
  const pieces = asObjects(content).map((piece) => asText(piece["text"]) ?? "");
  return { type: "text", text: pieces.join("\n"), pieces };
}

function parseSource(media: JsonObject, { mediaType, at }: { mediaType: string; at: string }): MediaSource {
  const source = asObject(media["source"]);
  const data = asText(source?.["bytes"]);
  if (data !== undefined) return { type: "base64", mediaType, data };
  const url = asText(asObject(source?.["s3Location"])?.["uri"]);
  return url === undefined ? refuseParameter("invalid-request", `${at}.source`, `${at}.source has to hold bytes or an s3Location`) : { type: "url", url, mediaType };
}
