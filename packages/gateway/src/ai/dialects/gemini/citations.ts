/** Grounding: which stretch of the text rests on which web page or document. */
import type { Citation } from "../../conversation/content.ts";
import { asNumber, asObject, asObjects, asText, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

/** `text` is the whole text of the candidate: Google counts positions in its UTF-8 bytes. */
export function readCitations(grounding: JsonValue | undefined, text: string): readonly Citation[] {
  const metadata = asObject(grounding);
  const supports = asObjects(metadata?.["groundingSupports"]);
  if (supports.length === 0) return [];
  const chunks = asObjects(metadata?.["groundingChunks"]);
  const bytes = Buffer.from(text);
  return supports.flatMap((support) => {
    const indices = support["groundingChunkIndices"];
    const cited = isList(indices) ? indices.map((index) => chunks[asNumber(index) ?? -1]).filter((chunk) => chunk !== undefined) : [];
    return cited.map((chunk) => citation(support, chunk, bytes));
  });
}

function citation(support: JsonObject, chunk: JsonObject, bytes: Buffer): Citation {
  const segment = asObject(support["segment"]);
  const source = asObject(chunk["web"]) ?? asObject(chunk["retrievedContext"]) ?? asObject(chunk["maps"]);
  const end = asNumber(segment?.["endIndex"]);
  return {
    dialect: "gemini",
    url: asText(source?.["uri"]),
    title: asText(source?.["title"]),
    citedText: asText(segment?.["text"]),
    startIndex: end === undefined ? undefined : characters(bytes, asNumber(segment?.["startIndex"]) ?? 0),
    endIndex: end === undefined ? undefined : characters(bytes, end),
    raw: { support, chunk },
  };
}

/** How many characters (UTF-16 units, as in JSON) stand in the first so many bytes. */
function characters(bytes: Buffer, byteCount: number): number {
  return bytes.toString("utf8", 0, byteCount).length;
}

/** The citation with its positions counted from `begin` on. */
export function movedBack(citation: Citation, begin: number): Citation {
  if (begin === 0 || citation.startIndex === undefined || citation.endIndex === undefined) return citation;
  return { ...citation, startIndex: citation.startIndex - begin, endIndex: citation.endIndex - begin };
}
