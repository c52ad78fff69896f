/**
 * Citations towards callers, as Google's grounding: the sources, and which stretch of the candidate's text rests on which of
 * them. Positions count UTF-8 bytes in all of the text, so that texts are added in their order when each is complete.
 * https://ai.google.dev/api/generate-content#GroundingMetadata
 */
import type { Citation } from "../../conversation/content.ts";
import { asObject, asObjects, asText, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

export class Grounding {
  readonly #chunks: JsonObject[] = [];
  /** By its JSON. */
  readonly #chunkIndices = new Map<string, number>();
  readonly #supports: { segment: JsonObject; groundingChunkIndices: number[] }[] = [];
  #bytes = 0;

  add(text: string, citations: readonly Citation[] | undefined): void {
    for (const citation of citations ?? []) this.#support(this.#segment(text, citation), this.#chunkIndex(citation));
    this.#bytes += Buffer.byteLength(text);
  }

  /** `searched` tells of searches: what they found and nobody cites stands behind what is cited. Undefined where there is nothing to tell. */
  metadata(searched: readonly JsonObject[] = []): JsonObject | undefined {
    if (searched.length === 0 && this.#supports.length === 0) return undefined;
    const cited = new Set(this.#chunks.map(addressOf));
    const found = searched.flatMap((each) => asObjects(each["groundingChunks"])).filter((chunk) => !cited.has(addressOf(chunk)));
    const webSearchQueries = searched.flatMap((each) => (isList(each["webSearchQueries"] ?? null) ? (each["webSearchQueries"] as readonly JsonValue[]) : []));
    const searchEntryPoint = searched.find((each) => each["searchEntryPoint"])?.["searchEntryPoint"];
    return { ...(searched.length > 0 && { webSearchQueries }), ...(searchEntryPoint && { searchEntryPoint }), groundingChunks: [...this.#chunks, ...found], groundingSupports: this.#supports };
  }

  /** A citation without positions holds for the whole of its text. */
  #segment(text: string, { startIndex = 0, endIndex = text.length, citedText }: Citation): JsonObject {
    // It was told after its text had ended, so that the words are all that is known.
    if (startIndex < 0) return { text: citedText };
    const start = this.#bytes + Buffer.byteLength(text.slice(0, startIndex));
    const segment = text.slice(startIndex, endIndex);
    return { startIndex: start, endIndex: start + Buffer.byteLength(segment), text: segment };
  }

  #support(segment: JsonObject, index: number): void {
    const same = this.#supports.find((support) => support.segment["startIndex"] === segment["startIndex"] && support.segment["endIndex"] === segment["endIndex"] && support.segment["text"] === segment["text"]);
    if (same) same.groundingChunkIndices.push(index);
    else this.#supports.push({ segment, groundingChunkIndices: [index] });
  }

  #chunkIndex(citation: Citation): number {
    const chunk = chunkOf(citation);
    const key = JSON.stringify(chunk);
    const known = this.#chunkIndices.get(key);
    if (known !== undefined) return known;
    this.#chunkIndices.set(key, this.#chunks.length);
    return this.#chunks.push(chunk) - 1;
  }
}

function addressOf(chunk: JsonObject): string {
  return asText(asObject(chunk["web"])?.["uri"]) ?? JSON.stringify(chunk);
}

/** Google's own comes back as it was; a source without an address is a document that was looked into. */
function chunkOf(citation: Citation): JsonObject {
  const own = citation.dialect === "gemini" ? asObject(citation.raw["chunk"]) : undefined;
  if (own) return own;
  if (citation.url !== undefined) return { web: { uri: citation.url, title: citation.title, text: citation.citedText } };
  return { retrievedContext: { title: citation.title, text: citation.citedText } };
}
