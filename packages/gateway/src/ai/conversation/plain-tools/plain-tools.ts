/**
 * Tools as every provider has them: one list of functions, whose names it takes. Groups of tools (`namespace`) become functions
 * that carry the group's name; a search for tools that the caller runs is a function, and what it found are functions from then
 * on; one that the provider would run is not needed, since all tools are given at once. The calls come back as the caller
 * knows them (`restored-calls.ts`). May import the conversation model.
 */
import type { AssistantPart, DialectName, NativePart, ToolResultPart } from "../content.ts";
import type { Conversation, Message, Tool, ToolChoice } from "../conversation.ts";
import { asObject, asObjects, asText } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { ownMembers } from "../own-members.ts";
import type { TranslationNotes } from "../translation-notes.ts";
import type { Calls } from "./restored-calls.ts";
import { clientSearch } from "./restored-calls.ts";
import { clientTool } from "./client-tools.ts";
import { foundText, holdsReferences, withReferencesTold } from "./found-tools.ts";
import { callIdAt, groupedName, nameAt } from "./tool-names.ts";

export interface PlainTools {
  readonly conversation: Conversation;
  readonly calls: Calls;
}

const hostedSearch = /^(?:tool_search|tool_search_tool_(?:regex|bm25)(?:_\d{8})?)$/;

/** Null where the provider takes the tools as they are. */
export function plainTools(conversation: Conversation, dialect: DialectName, notes: TranslationNotes): PlainTools | null {
  if (conversation.dialect === dialect || !needed(conversation, dialect)) return null;
  const naming = new Naming(dialect, notes);
  const tools = [...conversation.tools.flatMap((tool) => naming.plain(tool)), ...foundBefore(conversation.messages, notes).flatMap((tool) => naming.plain(tool))];
  const names = new Set<string>();
  const once = tools.filter((tool) => tool.type === "native" || (!names.has(tool.name) && names.add(tool.name)));
  const toolChoice = conversation.toolChoice && naming.choice(conversation.toolChoice, names);
  return { conversation: { ...conversation, tools: once, toolChoice, messages: conversation.messages.flatMap((message) => plainMessage(message, naming)) }, calls: naming };
}

function needed({ tools, messages }: Conversation, dialect: DialectName): boolean {
  const isOther = (name: string): boolean => nameAt(dialect, name) !== name;
  return (
    tools.some((tool) => (tool.type === "native" ? isGroup(tool) || hostedSearch.test(tool.kind) || clientTool(tool) !== null : isOther(tool.name))) ||
    messages.some((message) => message.role !== "system" && message.parts.some((part) => {
      if (part.type === "tool-call") return part.namespace !== undefined || isOther(part.name) || callIdAt(dialect, part.id) !== part.id;
      return part.type === "tool-result" ? holdsReferences(part) : part.type === "native" && isSearch(part);
    }))
  );
}

function isGroup(tool: Tool): boolean {
  return tool.type === "native" && tool.dialect === "openai-responses" && tool.kind === "namespace";
}

/** A call of a search for tools, or what it found. */
function isSearch({ kind, value }: NativePart): boolean {
  return /^tool_search_(?:call|output)$/.test(kind) || kind === "tool_search_tool_result" || (kind === "server_tool_use" && hostedSearch.test(asText(value["name"]) ?? ""));
}

class Naming implements Calls {
  readonly names = new Map<string, { name: string; namespace?: string }>();
  searches = false;
  readonly #dialect: DialectName;
  readonly #notes: TranslationNotes;

  constructor(dialect: DialectName, notes: TranslationNotes) {
    this.#dialect = dialect;
    this.#notes = notes;
  }

  plain(tool: Tool): readonly Tool[] {
    if (tool.type !== "native") return [{ ...tool, name: this.name(tool.name) }];
    if (isGroup(tool)) return this.#group(tool.definition);
    if (!hostedSearch.test(tool.kind)) return [this.#known(tool)];
    if (tool.definition["execution"] === "client") return [this.#search(tool.definition)];
    this.#notes.changed("tools", "this model's provider is given all tools at once, so that there is none to search for");
    return [];
  }

  name(name: string, namespace?: string): string {
    const written = namespace === undefined ? name : groupedName(namespace, name);
    const known = nameAt(this.#dialect, written);
    if (known !== name) this.names.set(known, { name, ...(namespace !== undefined && { namespace }) });
    if (known !== written) this.#notes.changed("tools[].name", `this model's provider does not take every name; ${written} is ${known} there`);
    return known;
  }

  id(id: string): string {
    return callIdAt(this.#dialect, id);
  }

  /** A choice names a tool without its group. */
  choice(choice: ToolChoice, offered: ReadonlySet<string>): ToolChoice {
    const find = (name: string): string => {
      const plain = this.name(name);
      if (offered.has(plain)) return plain;
      return [...this.names].find(([known, called]) => called.name === name && offered.has(known))?.[0] ?? plain;
    };
    if (choice.type === "tool") return { ...choice, name: find(choice.name) };
    return choice.type === "allowed" ? { ...choice, names: choice.names.map(find) } : choice;
  }

  #known(tool: Extract<Tool, { type: "native" }>): Tool {
    const known = clientTool(tool);
    if (!known) return tool;
    this.#notes.changed("tools", `Anthropic's models know ${tool.kind} by themselves; this model is told of it as a function`);
    for (const name of Object.keys(tool.definition)) if (name !== "type" && name !== "name") this.#notes.dropped(`tools[].${name}`, `${name} is known to Anthropic's models only`);
    return known;
  }

  #group(definition: JsonObject): readonly Tool[] {
    const namespace = asText(definition["name"]) ?? "";
    const about = asText(definition["description"]);
    return asObjects(definition["tools"]).flatMap((inner): Tool[] => {
      const tool = readTool(inner);
      if (!tool) return [this.#notes.unsupported("tools", `the tool ${asText(inner["type"]) ?? ""} of ${namespace} runs at another provider`)];
      noteOthers(inner, this.#notes);
      const description = [tool.description, about && `(${namespace}: ${about})`].filter(Boolean).join("\n\n");
      return [{ ...tool, name: this.name(tool.name, namespace), ...(description !== "" && { description }) }];
    });
  }

  #search(definition: JsonObject): Tool {
    this.searches = true;
    return { type: "function", name: clientSearch, description: asText(definition["description"]) ?? "Searches for further tools.", parameters: asObject(definition["parameters"]) };
  }
}

function readTool(definition: JsonObject): Exclude<Tool, { type: "native" }> | null {
  const [name, description] = [asText(definition["name"]), asText(definition["description"])];
  if (name === undefined) return null;
  if (definition["type"] === "custom") return { type: "custom", name, description, format: asObject(definition["format"]) };
  return definition["type"] === "function" ? { type: "function", name, description, parameters: asObject(definition["parameters"]), strict: definition["strict"] === true || undefined } : null;
}

const read: ReadonlySet<string> = new Set(["type", "name", "description", "parameters", "strict", "format"]);

function noteOthers(definition: JsonObject, notes: TranslationNotes): void {
  for (const name of Object.keys(ownMembers("openai-responses", definition, read)?.members ?? {})) notes.dropped(`tools[].${name}`, `${name} is known to openai-responses only`);
}

/** What searches of earlier turns found may be called; what of it runs at OpenAI is for the other writers of tools to translate or refuse. */
function foundBefore(messages: readonly Message[], notes: TranslationNotes): readonly Tool[] {
  const outputs = messages.flatMap((message) => (message.role === "user" ? message.parts.flatMap((part) => (part.type === "native" && part.kind === "tool_search_output" ? [part.value] : [])) : []));
  for (const definition of outputs.flatMap((output) => asObjects(output["tools"]))) if (readTool(definition)) noteOthers(definition, notes);
  return outputs.flatMap(toolsOf);
}

function toolsOf(output: JsonObject): readonly Tool[] {
  return asObjects(output["tools"]).flatMap((definition): Tool[] => {
    const tool = readTool(definition);
    return [tool ?? { type: "native", dialect: "openai-responses", kind: asText(definition["type"]) ?? "", definition }];
  });
}

function plainMessage(message: Message, naming: Naming): readonly Message[] {
  switch (message.role) {
    case "system":
      return [message];
    case "assistant": {
      const parts = message.parts.flatMap((part) => plainPart(part, naming));
      return parts.length === 0 && message.parts.length > 0 ? [] : [{ ...message, parts }];
    }
    case "tool":
      return [{ ...message, parts: message.parts.map((part) => plainResult(part, naming)) }];
    case "user": {
      const [only] = message.parts;
      if (only?.type !== "native" || only.kind !== "tool_search_output") return [message];
      return only.value["execution"] === "client" ? [{ role: "tool", parts: [foundResult(only.value, naming)] }] : [];
    }
  }
}

/** What a provider searched itself is of no use where all tools are there. */
function plainPart(part: AssistantPart, naming: Naming): readonly AssistantPart[] {
  if (part.type === "tool-call") {
    const { namespace, ...call } = part;
    return [{ ...call, id: naming.id(part.id), name: naming.name(part.name, namespace) }];
  }
  if (part.type !== "native" || !isSearch(part)) return [part];
  const { execution, call_id: id, arguments: asked } = part.value;
  if (execution !== "client") return [];
  return [{ type: "tool-call", id: asText(id) ?? "", name: clientSearch, arguments: typeof asked === "string" ? asked : JSON.stringify(asked ?? {}) }];
}

function plainResult(result: ToolResultPart, naming: Naming): ToolResultPart {
  const content = withReferencesTold(result.content, (name) => naming.name(name));
  return { ...result, content, callId: naming.id(result.callId), ...(result.name !== undefined && { name: naming.name(result.name) }) };
}

function foundResult(output: JsonObject, naming: Naming): ToolResultPart {
  const names = toolsOf(output).flatMap((tool) => naming.plain(tool)).flatMap((tool) => (tool.type === "native" ? [] : [tool.name]));
  return { type: "tool-result", callId: asText(output["call_id"]) ?? "", name: clientSearch, content: [{ type: "text", text: foundText(names) }] };
}
