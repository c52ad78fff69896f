/**
 * Writes turns. User and assistant alternate, so that what one side says in a row is one turn; results of tools open the
 * user's turn. Empty texts, which the API refuses, are left out, and white space at the end of an answer's beginning.
 */
import type { AssistantPart, ToolResultPart, UserPart } from "../../conversation/content.ts";
import type { Message } from "../../conversation/conversation.ts";
import type { JsonDraft, JsonValue } from "../../conversation/json.ts";
import { membersFor } from "../../conversation/own-members.ts";
import { parseArguments } from "../../conversation/tool-arguments.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { cacheControl, writePart, writeText } from "./write-parts.ts";

interface Turn {
  role: "user" | "assistant" | "system";
  content: JsonValue[];
}

export function writeMessages(messages: readonly Message[], notes: TranslationNotes): JsonValue[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role !== "tool" && message.name !== undefined) notes.dropped("messages[].name", "Anthropic's messages have no names");
    const role = message.role === "tool" ? "user" : message.role;
    const blocks = writeBlocks(message, notes);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else if (blocks.length > 0) turns.push({ role, content: blocks });
  }
  trimBeginning(turns);
  return turns.map(({ role, content }) => ({ role, content: plainText(content) ?? content }));
}

function writeBlocks(message: Message, notes: TranslationNotes): JsonValue[] {
  switch (message.role) {
    case "system":
    case "user":
      return message.parts.filter(saysSomething).map((part) => writePart(part, notes));
    case "tool":
      return message.parts.map((result) => writeToolResult(result, notes));
    case "assistant":
      return message.parts.filter(saysSomething).flatMap((part) => writeAssistantPart(part, notes));
  }
}

function saysSomething(part: UserPart | AssistantPart): boolean {
  return part.type !== "text" || part.text.trim() !== "";
}

function writeToolResult(result: ToolResultPart, notes: TranslationNotes): JsonDraft {
  const [only] = result.content;
  const isText = result.content.length === 1 && only?.type === "text" && !only.cache;
  return {
    type: "tool_result",
    tool_use_id: toolUseId(result.callId),
    content: isText ? only.text : result.content.filter(saysSomething).map((part) => writePart(part, notes)),
    is_error: result.isError || undefined,
    cache_control: cacheControl(result.cache),
  };
}

function writeAssistantPart(part: AssistantPart, notes: TranslationNotes): JsonDraft[] {
  switch (part.type) {
    case "text":
      return [writeText(part)];
    case "refusal":
      return [{ type: "text", text: part.text }];
    case "tool-call":
      return [{ type: "tool_use", id: toolUseId(part.id), name: part.name, input: toolInput(part.name, part.arguments), cache_control: cacheControl(part.cache), ...membersFor("anthropic-messages", part.own) }];
    case "reasoning":
      // Thinking without a signature of its own is refused, and another provider's is worth nothing here.
      if (part.redacted?.dialect === "anthropic-messages") return [{ type: "redacted_thinking", data: part.redacted.value }];
      if (part.signature?.dialect === "anthropic-messages") return [{ type: "thinking", thinking: part.text, signature: part.signature.value }];
      notes.dropped("messages[].reasoning_content", "Anthropic takes back its own signed thinking only");
      return [];
    case "image":
    case "audio":
    case "native":
      return [writePart(part, notes)];
  }
}

function toolInput(name: string, text: string): JsonValue {
  return parseArguments(text) ?? refuseParameter("invalid-request", "messages", `the arguments of the call of ${name} are not a JSON object`);
}

/** The API takes letters, digits, _ and - only. */
function toolUseId(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]/g, "_");
}

function trimBeginning(turns: Turn[]): void {
  const last = turns.at(-1);
  const block = last?.role === "assistant" ? (last.content.at(-1) as JsonDraft) : undefined;
  if (typeof block?.["text"] === "string") block["text"] = block["text"].trimEnd();
}

/** A turn of one plain text is a string. */
function plainText(content: readonly JsonValue[]): string | null {
  const [only] = content as readonly JsonDraft[];
  if (content.length !== 1 || only?.["type"] !== "text" || only["cache_control"] !== undefined) return null;
  return only["text"] as string;
}
