/** Reads the messages of a chat completion request. Tool messages that follow one another become one. */
import type { AssistantPart, CacheBreakpoint, TextPart, ToolResultPart, UserPart } from "../../conversation/content.ts";
import type { AssistantMessage, Message } from "../../conversation/conversation.ts";
import { isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { ownMembers } from "../../conversation/own-members.ts";
import { itemObject, optionalBoolean, optionalList, optionalText, refuseParameter, requiredText } from "../../conversation/parameters.ts";
import { cacheOf, parseParts, parseTextParts } from "./parse-parts.ts";
import { parseReasoningParts, signatureOf } from "./reasoning.ts";

/** Of an assistant's message; an answer's own members that say nothing of it are among them. */
const modelledAnswer: ReadonlySet<string> = new Set([
  "role", "content", "name", "prefix", "refusal", "tool_calls", "reasoning", "reasoning_content", "reasoning_details", "extra_content", "cache_control",
]);

export function parseMessages(body: JsonObject): readonly Message[] {
  const list = optionalList(body, "messages");
  if (!list) return refuseParameter("invalid-request", "messages", "messages is missing; it has to be a list of messages");
  if (list.length === 0) return refuseParameter("invalid-request", "messages", "messages is empty; it needs at least one message");
  const messages: Message[] = [];
  let results: ToolResultPart[] | null = null;
  for (const [index, item] of list.entries()) {
    const at = `messages[${index}]`;
    const message = itemObject(item, at);
    if (message["role"] !== "tool") {
      results = null;
      messages.push(parseMessage(message, at));
    } else if (results) {
      results.push(parseToolResult(message, at));
    } else {
      results = [parseToolResult(message, at)];
      messages.push({ role: "tool", parts: results });
    }
  }
  return messages;
}

function parseMessage(message: JsonObject, at: string): Message {
  const role = requiredText(message, "role", at);
  const name = optionalText(message, "name", at);
  if (role === "user") return { role, parts: withCache(parseParts(message["content"], `${at}.content`), cacheOf(message)), name };
  if (role === "system" || role === "developer") {
    return { role: "system", developer: role === "developer", parts: withCache(parseTextParts(message["content"], `${at}.content`), cacheOf(message)), name };
  }
  if (role === "assistant") return parseAssistant(message, at);
  return refuseParameter("invalid-request", `${at}.role`, `${at}.role has to be system, developer, user, assistant or tool, and is ${JSON.stringify(role)}`);
}

function parseAssistant(message: JsonObject, at: string): AssistantMessage {
  if (message["function_call"]) refuseParameter("unsupported-parameter", `${at}.function_call`, "function_call is what tool_calls replaced; send tool_calls");
  const parts: AssistantPart[] = parseReasoningParts(message);
  const content = (message["content"] ?? null) === null ? [] : parseAssistantContent(message["content"] as JsonValue, at);
  const signature = signatureOf(message);
  for (const [index, part] of content.entries()) parts.push(signature && part.type === "text" && index === content.length - 1 ? { ...part, signature } : part);
  const refusal = optionalText(message, "refusal", at);
  if (refusal) parts.push({ type: "refusal", text: refusal });
  for (const [index, call] of (optionalList(message, "tool_calls", at) ?? []).entries()) parts.push(parseToolCall(call, `${at}.tool_calls[${index}]`));
  const cache = cacheOf(message);
  const last = parts.at(-1);
  if (cache && last && (last.type === "text" || last.type === "tool-call")) parts[parts.length - 1] = { ...last, cache };
  return { role: "assistant", parts, name: optionalText(message, "name", at), prefix: optionalBoolean(message, "prefix", at), own: ownMembers("openai-chat", message, modelledAnswer) };
}

function parseAssistantContent(content: JsonValue, at: string): readonly AssistantPart[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return parseParts(content, `${at}.content`, true).map((part, index) => {
    if (part.type !== "document" && part.type !== "video") return part;
    return refuseParameter("unsupported-parameter", `${at}.content[${index}]`, `an assistant's message holds what a model says, and no ${part.type}`);
  });
}

export function parseToolCall(item: JsonValue, at: string): AssistantPart {
  const call = itemObject(item, at);
  const signature = signatureOf(call);
  const id = requiredText(call, "id", at);
  if (call["type"] === "custom") {
    const custom = itemObject(call["custom"] ?? null, `${at}.custom`);
    return { type: "tool-call", id, name: requiredText(custom, "name", `${at}.custom`), arguments: optionalText(custom, "input", `${at}.custom`) ?? "", custom: true };
  }
  const called = itemObject(call["function"] ?? null, `${at}.function`);
  const name = requiredText(called, "name", `${at}.function`);
  return { type: "tool-call", id, name, arguments: parseArgumentsText(called, `${at}.function`), signature, cache: cacheOf(call) };
}

/** Mistral's callers may send the object itself. */
function parseArgumentsText(called: JsonObject, at: string): string {
  return isObject(called["arguments"]) ? JSON.stringify(called["arguments"]) : (optionalText(called, "arguments", at) ?? "");
}

function parseToolResult(message: JsonObject, at: string): ToolResultPart {
  const parts = parseParts(message["content"], `${at}.content`);
  for (const part of parts) {
    if (part.type === "audio" || part.type === "video") refuseParameter("unsupported-parameter", `${at}.content`, "a tool's result is text, images or files");
  }
  return {
    type: "tool-result",
    callId: requiredText(message, "tool_call_id", at),
    name: optionalText(message, "name", at),
    content: parts as ToolResultPart["content"],
    cache: cacheOf(message),
  };
}

/** Compatible servers take `cache_control` on the message for its last part. */
function withCache<Part extends UserPart | TextPart>(parts: readonly Part[], cache: CacheBreakpoint | undefined): readonly Part[] {
  const last = parts.at(-1);
  return cache && last ? [...parts.slice(0, -1), { ...last, cache }] : parts;
}
