/** Grounding: which stretch of the text rests on which web page or document. */
import type { Citation } from "../../conversation/content.ts";
import { asNumber, asObject, asObjects, asText, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** `text` is the whole text of the candidate: Google counts positions in its UTF-8 bytes. */
export function readCitations(candidate: JsonObject, text: string): readonly Citation[] {
  return [...readGrounding(candidate["groundingMetadata"], text), ...readRecited(asObject(candidate["citationMetadata"]), text)];
}

/** Works that the model recites; Vertex AI has another name for the list. */
function readRecited(metadata: JsonObject | undefined, text: string): readonly Citation[] {
  const sources = [...asObjects(metadata?.["citationSources"]), ...asObjects(metadata?.["citations"])];
  if (sources.length === 0) return [];
  const bytes = Buffer.from(text);
  return sources.map((source) => ({ dialect: "gemini", url: asText(source["uri"]), title: asText(source["title"]), ...placeOf(source, { text, bytes }), raw: { source } }));
}

function readGrounding(grounding: JsonValue | undefined, text: string): readonly Citation[] {
  const metadata = asObject(grounding);
  const supports = asObjects(metadata?.["groundingSupports"]);
  if (supports.length === 0) return [];
  const chunks = asObjects(metadata?.["groundingChunks"]);
  const bytes = Buffer.from(text);
  return supports.flatMap((support) => {
    const indices = support["groundingChunkIndices"];
    const cited = isList(indices) ? indices.map((index) => chunks[asNumber(index) ?? -1]).filter((chunk) => chunk !== undefined) : [];
    const place = placeOf(asObject(support["segment"]), { text, bytes });
    return cited.map((chunk) => citation({ support, chunk, place }));
  });
}

interface Place {
  citedText: string | undefined;
  startIndex: number | undefined;
  endIndex: number | undefined;
}

function citation({ support, chunk, place }: { support: JsonObject; chunk: JsonObject; place: Place }): Citation {
  const source = asObject(chunk["web"]) ?? asObject(chunk["retrievedContext"]) ?? asObject(chunk["maps"]);
  const url = asText(source?.["uri"]);
  // What has no address is quoted by its own words.
  const quoted = url === undefined ? asText(source?.["text"]) : undefined;
  return { dialect: "gemini", url, title: asText(source?.["title"]), ...place, ...(quoted !== undefined && { citedText: quoted }), raw: { support, chunk } };
}

/** Google's positions have been seen a byte off; where the words are not at their position, the nearest such words are meant. */
function placeOf(segment: JsonObject | undefined, { text, bytes }: { text: string; bytes: Buffer }): Place {
  const citedText = asText(segment?.["text"]);
  const end = asNumber(segment?.["endIndex"]);
  if (end === undefined) return { citedText, startIndex: undefined, endIndex: undefined };
  const startIndex = characters(bytes, asNumber(segment?.["startIndex"]) ?? 0);
  const endIndex = characters(bytes, end);
  if (citedText === undefined || text.slice(startIndex, endIndex) === citedText) return { citedText, startIndex, endIndex };
  const found = nearest(text, citedText, startIndex);
  return found === -1 ? { citedText, startIndex, endIndex } : { citedText, startIndex: found, endIndex: found + citedText.length };
}

/** How many characters (UTF-16 units, as in JSON) stand in the first so many bytes. */
function characters(bytes: Buffer, byteCount: number): number {
  return bytes.toString("utf8", 0, byteCount).length;
}

function nearest(text: string, words: string, near: number): number {
  const before = text.lastIndexOf(words, near);
  const behind = text.indexOf(words, near);
  if (before === -1 || behind === -1) return Math.max(before, behind);
  return near - before <= behind - near ? before : behind;
}

/** The citation with its positions counted from `begin` on. */
export function movedBack(citation: Citation, begin: number): Citation {
  if (begin === 0 || citation.startIndex === undefined || citation.endIndex === undefined) return citation;
  return { ...citation, startIndex: citation.startIndex - begin, endIndex: citation.endIndex - begin };
}
