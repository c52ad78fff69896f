/**
 * A search of the web that a provider makes itself, in the words of the three APIs that have one: OpenAI's responses,
 * Anthropic's messages, Gemini's. What one of them cannot say and would change the answer is refused by its name; what only
 * tunes the search is left out and warned of. Where no API has it each dialect refuses the tool, as it came.
 */
import type { DialectName } from "./content.ts";
import type { Conversation, Tool } from "./conversation.ts";
import type { DecodingContext, ProviderDialect, ProviderRequest } from "./dialect.ts";
import { asNumber, asObject, asText, isList } from "./json.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { isSpeaker } from "./server-tools/runs.ts";
import { Searches } from "./server-tools/searches.ts";
import { toldAnswer, ToldDecoder } from "./server-tools/told-parts.ts";
import type { TranslationNotes } from "./translation-notes.ts";

type NativeTool = Extract<Tool, { type: "native" }>;

interface WebSearch {
  readonly allowedDomains: readonly string[];
  readonly blockedDomains: readonly string[];
  readonly maxUses: number | undefined;
  /** city, region, country, timezone. */
  readonly location: JsonObject | undefined;
  /** low, medium or high. */
  readonly contextSize: string | undefined;
}

const kinds: Partial<Record<DialectName, RegExp>> = {
  "openai-responses": /^web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/,
  "anthropic-messages": /^web_search_\d{8}$/,
  gemini: /^googleSearch$/,
};
/** The parameter of chat completions. */
const chatOptions = "web_search_options";

/** Whether a search is asked for at all. */
export function asksForWebSearch({ tools, extensions }: Pick<Conversation, "tools" | "extensions">): boolean {
  return tools.some(isWebSearch) || extensions.some(({ name }) => name === chatOptions);
}

/** The dialect itself where nothing is to be translated. */
export function withWebSearch(dialect: ProviderDialect, conversation: Conversation): ProviderDialect {
  const { dialect: from } = conversation;
  if (!kinds[dialect.name] || !asksForWebSearch(conversation)) return dialect;
  const searching: ProviderDialect = { ...dialect, writeRequest: (asked, target, notes) => dialect.writeRequest(translated(asked, { to: dialect.name, notes }), target, notes) };
  if (from === dialect.name || !isSpeaker(from)) return searching;
  const teller = ({ unknown }: DecodingContext): Searches => new Searches(from, (member) => unknown?.(member));
  return {
    ...searching,
    writeRequest: (asked, target, notes) => withSources(searching.writeRequest(asked, target, notes), dialect.name),
    parseAnswer: (body, context) => toldAnswer(dialect.parseAnswer(body, context), () => teller(context)),
    streamDecoder: (context) => new ToldDecoder(dialect.streamDecoder(context), teller(context)),
  };
}

/** OpenAI tells what was found only where it is asked to. */
function withSources(request: ProviderRequest, name: DialectName): ProviderRequest {
  if (name !== "openai-responses") return request;
  const { include } = request.body;
  return { ...request, body: { ...request.body, include: [...(isList(include ?? null) ? (include as readonly JsonValue[]) : []), "web_search_call.action.sources"] } };
}

function isWebSearch(tool: Tool): tool is NativeTool {
  return tool.type === "native" && kinds[tool.dialect]?.test(tool.kind) === true;
}

interface Towards {
  to: DialectName;
  notes: TranslationNotes;
}

function translated(conversation: Conversation, towards: Towards): Conversation {
  const options = conversation.extensions.find(({ name }) => name === chatOptions);
  const tools = conversation.tools.map((tool) => (isWebSearch(tool) && tool.dialect !== towards.to ? translatedTool(tool, towards) : tool));
  if (!options) return { ...conversation, tools };
  const asked = write(readOptions(asObject(options.value) ?? {}), chatOptions, towards);
  return { ...conversation, tools: [...tools, asked], extensions: conversation.extensions.filter((extension) => extension !== options) };
}

function translatedTool(tool: NativeTool, towards: Towards): NativeTool {
  const own = tool.dialect === "gemini" ? asObject(tool.definition["googleSearch"]) : tool.definition;
  for (const [name, value] of Object.entries(own ?? {})) {
    if (!readMembers.has(name) && value !== null && value !== false && !(name === "external_web_access" && value === true)) towards.notes.dropped(`tools.${name}`, "the search of this model's provider has no such setting");
  }
  if (own?.["external_web_access"] === false) towards.notes.changed("tools.external_web_access", "this model's provider searches the web as it is now, and has no store of pages");
  return write(readTool(tool), "tools", towards);
}

const readMembers: ReadonlySet<string> = new Set(["type", "name", "filters", "allowed_domains", "blocked_domains", "excludeDomains", "max_uses", "user_location", "search_context_size", "cache_control"]);

function readTool({ definition }: NativeTool): WebSearch {
  const filters = asObject(definition["filters"]) ?? definition;
  return {
    allowedDomains: texts(filters["allowed_domains"]),
    blockedDomains: texts(filters["blocked_domains"] ?? asObject(definition["googleSearch"])?.["excludeDomains"]),
    maxUses: asNumber(definition["max_uses"]),
    location: place(definition["user_location"]),
    contextSize: asText(definition["search_context_size"]),
  };
}

function readOptions(options: JsonObject): WebSearch {
  const location = asObject(options["user_location"]);
  return { allowedDomains: [], blockedDomains: [], maxUses: undefined, location: place(location?.["approximate"] ?? location), contextSize: asText(options["search_context_size"]) };
}

function place(value: JsonValue | undefined): JsonObject | undefined {
  const { type: _type, ...location } = asObject(value) ?? {};
  const said = Object.entries(location).filter(([, text]) => typeof text === "string");
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

function texts(value: JsonValue | undefined): readonly string[] {
  return isList(value ?? null) ? (value as readonly JsonValue[]).filter((item) => typeof item === "string") : [];
}

function write(search: WebSearch, at: string, { to, notes }: Towards): NativeTool {
  if (to === "gemini") return { type: "native", dialect: to, kind: "googleSearch", definition: writeGemini(search, at, notes) };
  if (to === "openai-responses") return { type: "native", dialect: to, kind: "web_search", definition: writeResponses(search, at, notes) };
  return { type: "native", dialect: "anthropic-messages", kind: "web_search_20250305", definition: writeAnthropic(search, at, notes) };
}

function writeGemini({ allowedDomains, blockedDomains, maxUses, location, contextSize }: WebSearch, at: string, notes: TranslationNotes): JsonObject {
  if (allowedDomains.length > 0) notes.unsupported(`${at}.allowed_domains`, "Gemini's search cannot be held to domains");
  if (blockedDomains.length > 0) notes.unsupported(`${at}.blocked_domains`, "Gemini's search cannot leave out domains");
  if (maxUses !== undefined) notes.dropped(`${at}.max_uses`, "Gemini decides how often it searches");
  if (location) notes.dropped(`${at}.user_location`, "Gemini's search takes no place");
  if (contextSize !== undefined) notes.dropped(`${at}.search_context_size`, "Gemini decides how much of what it finds it reads");
  return { googleSearch: {} };
}

function writeResponses({ allowedDomains, blockedDomains, maxUses, location, contextSize }: WebSearch, at: string, notes: TranslationNotes): JsonObject {
  if (maxUses !== undefined) notes.dropped(`${at}.max_uses`, "OpenAI decides how often it searches");
  const filters = { ...(allowedDomains.length > 0 && { allowed_domains: [...allowedDomains] }), ...(blockedDomains.length > 0 && { blocked_domains: [...blockedDomains] }) };
  return {
    type: "web_search",
    ...(Object.keys(filters).length > 0 && { filters }),
    ...(location && { user_location: { type: "approximate", ...location } }),
    ...(contextSize !== undefined && { search_context_size: contextSize }),
  };
}

function writeAnthropic({ allowedDomains, blockedDomains, maxUses, location, contextSize }: WebSearch, at: string, notes: TranslationNotes): JsonObject {
  if (allowedDomains.length > 0 && blockedDomains.length > 0) notes.unsupported(`${at}.blocked_domains`, "Anthropic's search takes domains to allow or to block, and not both");
  if (contextSize !== undefined) notes.dropped(`${at}.search_context_size`, "Anthropic decides how much of what it finds it reads");
  return {
    type: "web_search_20250305",
    name: "web_search",
    ...(maxUses !== undefined && { max_uses: maxUses }),
    ...(allowedDomains.length > 0 && { allowed_domains: [...allowedDomains] }),
    ...(blockedDomains.length > 0 && { blocked_domains: [...blockedDomains] }),
    ...(location && { user_location: { type: "approximate", ...location } }),
  };
}
