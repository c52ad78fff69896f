/**
 * Pages that a provider reads by their addresses, in the words of the two APIs that have it: Anthropic's `web_fetch` and
 * Gemini's `urlContext`. What was read comes back in the caller's words: Google tells which addresses, and not their text.
 */
import type { AssistantPart, DialectName, NativePart } from "../content.ts";
import type { Conversation, Tool } from "../conversation.ts";
import type { ProviderDialect } from "../dialect.ts";
import { asObject, asObjects, asText, isList } from "../json.ts";
import type { JsonObject } from "../json.ts";
import type { TranslationNotes } from "../translation-notes.ts";
import { withBetas } from "./betas.ts";
import { toldAnswer, ToldDecoder } from "./told-parts.ts";
import type { Teller } from "./told-parts.ts";

type Reader = "anthropic-messages" | "gemini";

const kinds: Partial<Record<DialectName, RegExp>> = { "anthropic-messages": /^web_fetch_\d{8}$/, gemini: /^urlContext$/ };
const fetched = "urlContextMetadata";

function isFetch(tool: Tool): tool is Extract<Tool, { type: "native" }> {
  return tool.type === "native" && kinds[tool.dialect]?.test(tool.kind) === true;
}

/** The dialect itself where nothing is to be translated. */
export function withWebFetch(dialect: ProviderDialect, { dialect: from, tools }: Conversation): ProviderDialect {
  const isReader = (name: DialectName): name is Reader => name === "anthropic-messages" || name === "gemini";
  if (from === dialect.name || !isReader(from) || !isReader(dialect.name) || !tools.some(isFetch)) return dialect;
  const to = dialect.name;
  return {
    ...dialect,
    writeRequest(asked, target, notes) {
      const request = dialect.writeRequest({ ...asked, tools: asked.tools.map((tool) => (isFetch(tool) ? written(tool, to, notes) : tool)) }, target, notes);
      return to === "gemini" ? request : { ...request, headers: withBetas(request.headers, ["web-fetch-2025-09-10"]) };
    },
    parseAnswer: (body, context) => toldAnswer(dialect.parseAnswer(body, context), () => new Fetches(from)),
    streamDecoder: (context) => new ToldDecoder(dialect.streamDecoder(context), new Fetches(from)),
  };
}

function written(tool: Extract<Tool, { type: "native" }>, to: Reader, notes: TranslationNotes): Tool {
  if (to === "anthropic-messages") for (const name of Object.keys(asObject(tool.definition["urlContext"]) ?? {})) notes.dropped(`tools.urlContext.${name}`, "Anthropic's reading of pages has no such setting");
  if (to === "anthropic-messages") return { type: "native", dialect: to, kind: "web_fetch_20250910", definition: { type: "web_fetch_20250910", name: "web_fetch" } };
  for (const [name, value] of Object.entries(tool.definition)) {
    if (name === "type" || name === "name" || value === null || value === undefined) continue;
    if (name.endsWith("_domains") && isList(value) && value.length > 0) notes.unsupported(`tools.${name}`, "Gemini reads whatever page it is given, and cannot be held to domains");
    notes.dropped(`tools.${name}`, "Gemini's reading of pages has no such setting");
  }
  return { type: "native", dialect: to, kind: "urlContext", definition: { urlContext: {} } };
}

/** Results belong to calls by their ids: an error does not say what was to be read. */
class Fetches implements Teller {
  readonly #to: Reader;
  readonly #asked = new Map<string, string>();
  #count = 0;

  constructor(to: Reader) {
    this.#to = to;
  }

  step(part: AssistantPart): readonly AssistantPart[] {
    if (part.type !== "native" || part.dialect === this.#to) return [part];
    return this.#to === "gemini" ? this.#forGemini(part) : this.#forAnthropic(part);
  }

  #forGemini(part: NativePart): readonly AssistantPart[] {
    const { kind, value } = part;
    if (kind === "server_tool_use" && value["name"] === "web_fetch") {
      this.#asked.set(asText(value["id"]) ?? "", asText(asObject(value["input"])?.["url"]) ?? "");
      return [];
    }
    if (kind !== "web_fetch_tool_result") return [part];
    const content = asObject(value["content"]) ?? {};
    const retrievedUrl = asText(content["url"]) ?? this.#asked.get(asText(value["tool_use_id"]) ?? "") ?? "";
    const urlRetrievalStatus = `URL_RETRIEVAL_STATUS_${content["type"] === "web_fetch_result" ? "SUCCESS" : "ERROR"}`;
    return [{ type: "native", dialect: "gemini", kind: fetched, value: { [fetched]: { urlMetadata: [{ retrievedUrl, urlRetrievalStatus }] } } }];
  }

  #forAnthropic(part: NativePart): readonly AssistantPart[] {
    if (part.kind !== fetched) return [part];
    return asObjects(asObject(part.value[fetched])?.["urlMetadata"]).flatMap((page) => {
      const id = `srvtoolu_fetch_${++this.#count}`;
      const url = asText(page["retrievedUrl"]) ?? "";
      return [block({ type: "server_tool_use", id, name: "web_fetch", input: { url } }), block({ type: "web_fetch_tool_result", tool_use_id: id, content: pageContent(page, url) })];
    });
  }
}

function pageContent(page: JsonObject, url: string): JsonObject {
  if (page["urlRetrievalStatus"] !== "URL_RETRIEVAL_STATUS_SUCCESS") return { type: "web_fetch_tool_result_error", error_code: "url_not_accessible" };
  return { type: "web_fetch_result", url, content: { type: "document", source: { type: "text", media_type: "text/plain", data: "" }, title: null, citations: null }, retrieved_at: null };
}

function block(value: JsonObject): NativePart {
  return { type: "native", dialect: "anthropic-messages", kind: asText(value["type"]) ?? "", value };
}
