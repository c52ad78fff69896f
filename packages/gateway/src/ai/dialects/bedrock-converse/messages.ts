/**
 * Writes turns. User and assistant alternate, so that what one side says in a row is one turn; results of tools are blocks of
 * the user's. Empty texts, which Bedrock refuses, are left out, and white space at the end of an answer's beginning.
 */
import type { AssistantPart, CacheBreakpoint, ToolResultPart } from "../../conversation/content.ts";
import type { Conversation, Message } from "../../conversation/conversation.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import { parseArguments } from "../../conversation/tool-arguments.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { writePart } from "./parts.ts";
import { writeReasoning } from "./reasoning.ts";

interface Turn {
  role: "user" | "assistant";
  content: JsonObject[];
}

/** Bedrock has one `system` before the messages; a later one keeps its place, marked as what it is. */
export function writeSystem({ messages }: Conversation, notes: TranslationNotes): { system: JsonValue | undefined; rest: readonly Message[] } {
  const first = messages.findIndex((message) => message.role !== "system");
  const leading = first === -1 ? messages : messages.slice(0, first);
  const system = leading.flatMap((message) => (message.role === "system" ? message.parts.filter(({ text }) => text.trim() !== "") : [])).flatMap((part) => withCache({ text: part.text }, part.cache));
  const rest = first === -1 ? [] : messages.slice(first).map((message) => keptInPlace(message, notes));
  return { system: system.length === 0 ? undefined : system, rest };
}

function keptInPlace(message: Message, notes: TranslationNotes): Message {
  if (message.role !== "system") return message;
  notes.changed("messages[].role", "Bedrock takes system messages at the beginning; a later one was sent in its place, marked, as the user's");
  return { role: "user", parts: message.parts.map((part) => ({ ...part, text: `<system>\n${part.text}\n</system>` })) };
}

export function writeMessages(messages: readonly Message[], notes: TranslationNotes): JsonValue[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role !== "tool" && message.name !== undefined) notes.dropped("messages[].name", "Bedrock's messages have no names");
    const role = message.role === "assistant" ? "assistant" : "user";
    const content = writeBlocks(message, notes);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content });
  }
  trimBeginning(turns.at(-1));
  return turns.map(({ role, content }) => ({ role, content }));
}

function writeBlocks(message: Message, notes: TranslationNotes): JsonObject[] {
  switch (message.role) {
    case "system":
    case "user":
      return message.parts.flatMap((part) => withCache(writePart(part, notes), "cache" in part ? part.cache : undefined));
    case "tool":
      return message.parts.flatMap((result) => withCache(writeToolResult(result, notes), result.cache ?? innerCache(result)));
    case "assistant":
      return message.parts.flatMap((part) => withCache(writeAssistantPart(part, notes), "cache" in part ? part.cache : undefined));
  }
}

/** A cache point stands behind what it closes. Five minutes are the usual time, and not every model takes it said. */
export function withCache(block: JsonObject | null, cache: CacheBreakpoint | undefined): JsonObject[] {
  if (block === null) return [];
  return cache ? [block, { cachePoint: { type: "default", ttl: cache.ttl === "1h" ? "1h" : undefined } }] : [block];
}

/** Within a result there are no cache points: one closes all of it. */
function innerCache({ content }: ToolResultPart): CacheBreakpoint | undefined {
  return content.map((part) => ("cache" in part ? part.cache : undefined)).findLast((cache) => cache !== undefined);
}

function writeToolResult(result: ToolResultPart, notes: TranslationNotes): JsonObject {
  const content = result.content.flatMap((part) => withCache(writePart(part, notes), undefined));
  // Bedrock wants something in it.
  return { toolResult: { toolUseId: toolUseId(result.callId), content: content.length === 0 ? [{ text: "(no output)" }] : content, status: result.isError ? "error" : undefined } };
}

function writeAssistantPart(part: AssistantPart, notes: TranslationNotes): JsonObject | null {
  switch (part.type) {
    case "text": {
      const citations = part.citations?.filter(({ dialect }) => dialect === "bedrock-converse").map(({ raw }) => raw);
      if (citations && citations.length > 0) return { citationsContent: { content: [{ text: part.text }], citations } };
      return part.text.trim() === "" ? null : { text: part.text };
    }
    case "refusal":
      return part.text.trim() === "" ? null : { text: part.text };
    case "tool-call":
      return { toolUse: { toolUseId: toolUseId(part.id), name: part.name, input: toolInput(part.name, part.arguments) } };
    case "reasoning":
      return writeReasoning(part, notes);
    case "image":
    case "audio":
    case "native":
      return writePart(part, notes);
  }
}

function toolInput(name: string, text: string): JsonValue {
  return parseArguments(text) ?? refuseParameter("invalid-request", "messages", `the arguments of the call of ${name} are not a JSON object`);
}

/** Bedrock takes letters, digits, _ and -, and 64 of them. Longer ids keep their end, which differs. */
function toolUseId(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]/g, "_").slice(-64);
}

function trimBeginning(last: Turn | undefined): void {
  const block = last?.role === "assistant" ? (last.content.at(-1) as JsonDraft | undefined) : undefined;
  if (typeof block?.["text"] === "string") block["text"] = block["text"].trimEnd();
}
