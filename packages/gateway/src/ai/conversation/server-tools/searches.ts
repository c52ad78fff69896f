/**
 * Searches of the web that a provider made, in the caller's words: Anthropic's call and its result, OpenAI's one item, Google's
 * grounding, which stands beside the content. What was found goes with them, as far as the caller's API names it. Which
 * words rest on which page is told by citations.
 */
import type { AssistantPart, DialectName, NativePart } from "../content.ts";
import { asObject, asObjects, asText, isList } from "../json.ts";
import type { JsonObject } from "../json.ts";
import type { Teller } from "./told-parts.ts";
import type { Speaker } from "./runs.ts";

interface Search {
  readonly id: string;
  readonly queries: readonly string[];
  /** Null where the search failed. */
  readonly found: readonly Source[] | null;
  readonly error?: string | undefined;
}

interface Source {
  readonly url: string;
  readonly title?: string | undefined;
}

/** Begins the ids of searches that were not Anthropic's: it would not take them back. */
export const foreignSearch = "srvtoolu_parley_";
const grounding = "groundingMetadata";

/** A part of an earlier answer that tells of a search which was told in Anthropic's words, and made elsewhere. */
export function isForeignSearch({ dialect, value }: NativePart): boolean {
  return dialect === "anthropic-messages" && (asText(value["id"]) ?? asText(value["tool_use_id"]) ?? "").startsWith(foreignSearch);
}

export class Searches implements Teller {
  readonly #to: Speaker;
  readonly #unsaid: (member: string) => void;
  /** Calls whose result is to come: their queries by their ids. */
  readonly #asked = new Map<string, string>();
  #count = 0;

  /** `unsaid` is told what the caller's API has no member for. */
  constructor(to: Speaker, unsaid: (member: string) => void) {
    this.#to = to;
    this.#unsaid = unsaid;
  }

  /** The part itself where it tells of no search, or is in the right words. */
  step(part: AssistantPart): readonly AssistantPart[] {
    if (part.type !== "native" || part.dialect === this.#to) return [part];
    const search = this.#read(part);
    if (search === null) return [part];
    return search === "begun" ? [] : this.#write(search);
  }

  /** Searches whose results did not come. */
  rest(): readonly AssistantPart[] {
    const left = [...this.#asked].map(([id, query]) => ({ id, queries: [query], found: null }));
    this.#asked.clear();
    return left.flatMap((search) => this.#write(search));
  }

  #read(part: NativePart): Search | "begun" | null {
    if (part.dialect === "anthropic-messages") return this.#readAnthropic(part);
    if (part.dialect === "openai-responses") return this.#readOpenAi(part);
    return part.dialect === "gemini" ? this.#readGemini(part) : null;
  }

  #readAnthropic({ kind, value }: NativePart): Search | "begun" | null {
    if (kind === "server_tool_use" && value["name"] === "web_search") {
      this.#asked.set(asText(value["id"]) ?? "", asText(asObject(value["input"])?.["query"]) ?? "");
      return "begun";
    }
    if (kind !== "web_search_tool_result") return null;
    const id = asText(value["tool_use_id"]) ?? "";
    const query = this.#asked.get(id);
    this.#asked.delete(id);
    const { content } = value;
    const results = isList(content) ? asObjects(content) : null;
    for (const name of ["encrypted_content", "page_age"]) if (results?.some((result) => result[name])) this.#unsaid(`content[].${kind}.${name}`);
    return { id, queries: query === undefined ? [] : [query], found: results && sourcesOf(results), error: asText(asObject(content)?.["error_code"]) };
  }

  #readOpenAi({ kind, value }: NativePart): Search | null {
    const action = asObject(value["action"]);
    // A page that was opened, and what was looked for in it, is no search.
    if (kind !== "web_search_call" || (action?.["type"] ?? "search") !== "search") return null;
    const queries = isList(action?.["queries"]) ? action["queries"].filter((query) => typeof query === "string") : [];
    const query = asText(action?.["query"]);
    return { id: asText(value["id"]) ?? "", queries: queries.length > 0 || query === undefined ? queries : [query], found: value["status"] === "failed" ? null : sourcesOf(asObjects(action?.["sources"])) };
  }

  #readGemini({ kind, value }: NativePart): Search | null {
    const metadata = kind === grounding ? asObject(value[grounding]) : undefined;
    if (!metadata) return null;
    for (const name of Object.keys(metadata)) if (name !== "webSearchQueries" && name !== "groundingChunks") this.#unsaid(`candidates[].${grounding}.${name}`);
    const queries = metadata["webSearchQueries"];
    return { id: "", queries: isList(queries) ? queries.filter((query) => typeof query === "string") : [], found: asObjects(metadata["groundingChunks"]).flatMap((chunk) => sourcesOf(asObjects([asObject(chunk["web"]) ?? null]))) };
  }

  #write(search: Search): readonly NativePart[] {
    if (search.error !== undefined && this.#to === "gemini") this.#unsaid("content[].web_search_tool_result.error_code");
    switch (this.#to) {
      case "anthropic-messages":
        return this.#anthropic(search);
      case "openai-responses":
        return [native(this.#to, openAiItem(search, ++this.#count))];
      case "gemini":
        return [native(this.#to, { [grounding]: { webSearchQueries: [...search.queries], groundingChunks: (search.found ?? []).map(({ url, title }) => ({ web: { uri: url, ...(title !== undefined && { title }) } })) } })];
    }
  }

  /** A call for each query; what they found together is the last one's. */
  #anthropic({ queries, found }: Search): readonly NativePart[] {
    const asked = queries.length === 0 ? [""] : queries;
    return asked.flatMap((query, index) => {
      const id = `${foreignSearch}${++this.#count}`;
      const results = index === asked.length - 1 ? (found ?? []) : [];
      const content = found === null ? { type: "web_search_tool_result_error", error_code: "unavailable" } : results.map(({ url, title }) => ({ type: "web_search_result", url, title: title ?? "", encrypted_content: "", page_age: null }));
      return [native("anthropic-messages", { type: "server_tool_use", id, name: "web_search", input: { query } }), native("anthropic-messages", { type: "web_search_tool_result", tool_use_id: id, content })];
    });
  }
}

function openAiItem({ id, queries, found }: Search, count: number): JsonObject {
  const sources = (found ?? []).map(({ url }) => ({ type: "url", url }));
  return { id: `ws_${id === "" ? `search_${count}` : id}`, type: "web_search_call", status: found === null ? "failed" : "completed", action: { type: "search", query: queries[0] ?? "", queries: [...queries], sources } };
}

function sourcesOf(found: readonly JsonObject[]): Source[] {
  return found.flatMap((source) => {
    const url = asText(source["url"]) ?? asText(source["uri"]);
    return url === undefined ? [] : [{ url, title: asText(source["title"]) }];
  });
}

function native(dialect: DialectName, value: JsonObject): NativePart {
  return { type: "native", dialect, kind: asText(value["type"]) ?? grounding, value };
}
