/** Servers of the Model Context Protocol that the provider calls: a tool of OpenAI's each, a list beside the tools at Anthropic, one tool at Google. */
import type { Conversation, Tool } from "../conversation.ts";
import { asObject, asObjects, asText, isList, isObject } from "../json.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../json.ts";
import type { TranslationNotes } from "../translation-notes.ts";
import type { Speaker } from "./runs.ts";

interface RemoteServer {
  readonly name: string;
  readonly url: string;
  readonly token: string | undefined;
  /** Beside the token. */
  readonly headers: JsonObject;
  /** Undefined for all. */
  readonly tools: readonly string[] | undefined;
}

const listMember = "mcp_servers";

/** As the caller wrote them. */
export function serversOf({ tools, extensions, dialect }: Pick<Conversation, "tools" | "extensions" | "dialect">): readonly JsonObject[] {
  if (dialect === "anthropic-messages") return asObjects(extensions.find(({ name }) => name === listMember)?.value);
  return tools.flatMap((tool) => (isServerTool(tool) ? (tool.kind === "mcp" ? [tool.definition] : asObjects(tool.definition["mcpServers"])) : []));
}

export function withoutServers(conversation: Conversation): Conversation {
  return { ...conversation, tools: conversation.tools.filter((tool) => !isServerTool(tool)), extensions: conversation.extensions.filter(({ name }) => conversation.dialect !== "anthropic-messages" || name !== listMember) };
}

function isServerTool(tool: Tool): tool is Extract<Tool, { type: "native" }> {
  if (tool.type !== "native") return false;
  return (tool.dialect === "openai-responses" && tool.kind === "mcp") || (tool.dialect === "gemini" && tool.kind === "mcpServers") || (tool.dialect === "anthropic-messages" && tool.kind === "mcp_toolset");
}

export function readServers(conversation: Conversation, notes: TranslationNotes): RemoteServer[] {
  return serversOf(conversation).map((server) => {
    if (conversation.dialect === "anthropic-messages") return readAnthropic(server, conversation.tools, notes);
    return conversation.dialect === "gemini" ? readGemini(server) : readOpenAi(server, notes);
  });
}

function readOpenAi(server: JsonObject, notes: TranslationNotes): RemoteServer {
  if (server["server_url"] === undefined) notes.unsupported("tools.connector_id", "connectors are OpenAI's; elsewhere a server has to be named by its server_url");
  if (server["require_approval"] !== "never") notes.unsupported("tools.require_approval", 'this model\'s provider asks nobody before it calls a server; send require_approval as "never"');
  if (server["server_description"]) notes.dropped("tools.server_description", "this model's provider takes what a server says of itself");
  const allowed = server["allowed_tools"] ?? undefined;
  if (asObject(allowed)?.["read_only"] !== undefined) notes.unsupported("tools.allowed_tools.read_only", "this model's provider takes names of tools only");
  return { name: asText(server["server_label"]) ?? "server", url: asText(server["server_url"]) ?? "", ...fieldsOf(server["headers"], asText(server["authorization"])), tools: namesIn(asObject(allowed)?.["tool_names"] ?? allowed) };
}

const looked: ReadonlySet<string> = new Set(["type", "name", "url", "authorization_token", "tool_configuration"]);

/** Which of its tools are meant stood with the server in the API's first form, and stands in a tool of its own since. */
function readAnthropic(server: JsonObject, tools: readonly Tool[], notes: TranslationNotes): RemoteServer {
  const name = asText(server["name"]) ?? "server";
  const set = tools.find((tool) => tool.type === "native" && tool.kind === "mcp_toolset" && tool.definition["mcp_server_name"] === name);
  const definition = set?.type === "native" ? set.definition : {};
  const configs = Object.entries(asObject(definition["configs"]) ?? {});
  for (const member of Object.keys(server)) if (!looked.has(member)) notes.dropped(`mcp_servers[].${member}`, "this model's provider calls servers without such a setting");
  const isClosed = asObject(definition["default_config"])?.["enabled"] === false;
  const off = configs.filter(([, config]) => asObject(config)?.["enabled"] === false);
  if (!isClosed && off.length > 0) notes.unsupported("tools.configs", "this model's provider takes names of tools to allow, and none to leave out");
  const first = asObject(server["tool_configuration"]);
  const listed = isClosed ? configs.filter(([, config]) => asObject(config)?.["enabled"] !== false).map(([tool]) => tool) : namesIn(first?.["allowed_tools"]);
  return { name, url: asText(server["url"]) ?? "", token: asText(server["authorization_token"]), headers: {}, tools: listed };
}

function readGemini(server: JsonObject): RemoteServer {
  const transport = asObject(server["streamableHttpTransport"]) ?? {};
  return { name: asText(server["name"]) ?? "server", url: asText(transport["url"]) ?? "", ...fieldsOf(transport["headers"]), tools: undefined };
}

/** A token may be said by itself or, as at Google and in many requests to OpenAI, by the header field that carries it. */
function fieldsOf(fields: JsonValue | undefined, said?: string): Pick<RemoteServer, "token" | "headers"> {
  const headers = asObject(fields) ?? {};
  const name = Object.keys(headers).find((each) => each.toLowerCase() === "authorization");
  const token = name === undefined ? undefined : /^Bearer (.+)$/i.exec(asText(headers[name]) ?? "")?.[1];
  if (name === undefined || token === undefined || said !== undefined) return { token: said, headers };
  return { token, headers: Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name)) };
}

function namesIn(value: JsonValue | undefined): readonly string[] | undefined {
  return isList(value) ? value.filter((name) => typeof name === "string") : undefined;
}

export function writeServers(servers: readonly RemoteServer[], to: Speaker, notes: TranslationNotes): { tools: Tool[]; members: JsonDraft } {
  if (to === "gemini") return { tools: [{ type: "native", dialect: to, kind: "mcpServers", definition: { mcpServers: servers.map((server) => writeGemini(server, notes)) } }], members: {} };
  if (to === "openai-responses") return { tools: servers.map((server) => ({ type: "native", dialect: to, kind: "mcp", definition: writeOpenAi(server) })), members: {} };
  return { tools: servers.map(({ name, tools }) => ({ type: "native", dialect: to, kind: "mcp_toolset", definition: toolset(name, tools) })), members: { [listMember]: servers.map((server) => writeAnthropic(server, notes)) } };
}

function writeOpenAi({ name, url, token, headers, tools }: RemoteServer): JsonObject {
  return {
    type: "mcp", server_label: name, server_url: url, require_approval: "never",
    ...(token !== undefined && { authorization: token }), ...(isObject(headers) && Object.keys(headers).length > 0 && { headers }), ...(tools && { allowed_tools: [...tools] }),
  };
}

function writeAnthropic({ name, url, token, headers }: RemoteServer, notes: TranslationNotes): JsonObject {
  if (Object.keys(headers).length > 0) notes.unsupported("tools.headers", "Anthropic sends a server its authorization token and no other header field");
  return { type: "url", name, url, ...(token !== undefined && { authorization_token: token }) };
}

function toolset(name: string, tools: readonly string[] | undefined): JsonObject {
  const only = tools && { default_config: { enabled: false }, configs: Object.fromEntries(tools.map((tool) => [tool, { enabled: true }])) };
  return { type: "mcp_toolset", mcp_server_name: name, ...only };
}

function writeGemini({ name, url, token, headers, tools }: RemoteServer, notes: TranslationNotes): JsonObject {
  if (tools) notes.unsupported("tools.allowed_tools", "Gemini offers all tools of a server");
  const fields = { ...headers, ...(token !== undefined && { Authorization: `Bearer ${token}` }) };
  return { name, streamableHttpTransport: { url, ...(Object.keys(fields).length > 0 && { headers: fields }) } };
}
