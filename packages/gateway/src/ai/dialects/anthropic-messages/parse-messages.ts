/** Reads turns. A user's turn falls apart where results of tools and what the user says meet; the order stays. */
import type { AssistantPart, ToolResultPart, UserPart } from "../../conversation/content.ts";
import type { Message } from "../../conversation/conversation.ts";
import { isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { ownMembers } from "../../conversation/own-members.ts";
import { itemObject, optionalBoolean, optionalList, optionalText, refuseParameter, requiredObject, requiredText, wrongType } from "../../conversation/parameters.ts";
import { cacheOf, parseContentBlock, parseTextBlocks } from "./parse-parts.ts";
import { signatureOf } from "../openai-chat/reasoning.ts";
import { parseCitations } from "./parse-blocks.ts";
import { parseSignature } from "./signatures.ts";

const modelledCall: ReadonlySet<string> = new Set(["type", "id", "name", "input", "cache_control", "extra_content"]);

export function parseMessages(body: JsonObject): Message[] {
  const list = optionalList(body, "messages");
  if (!list) return refuseParameter("invalid-request", "messages", "messages is missing; it has to be a list of messages");
  if (list.length === 0) return refuseParameter("invalid-request", "messages", "messages is empty; it needs at least one message");
  return list.flatMap((item, index) => {
    const at = `messages[${index}]`;
    const message = itemObject(item, at);
    const role = requiredText(message, "role", at);
    if (role === "user") return parseUserTurn(blocksOf(message, at), `${at}.content`);
    if (role === "assistant") return [{ role, parts: blocksOf(message, at).map((block, place) => parseAssistantBlock(block, `${at}.content[${place}]`)) }];
    if (role === "system") return [{ role, developer: false, parts: parseTextBlocks(message["content"] ?? null, `${at}.content`) }];
    return refuseParameter("invalid-request", `${at}.role`, `${at}.role has to be user, assistant or system, and is ${JSON.stringify(role)}`);
  });
}

function blocksOf(message: JsonObject, at: string): readonly JsonObject[] {
  const content = message["content"];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!isList(content)) return wrongType(content ?? null, `${at}.content`, "a string or a list of blocks");
  return content.map((block, index) => itemObject(block, `${at}.content[${index}]`));
}

function parseUserTurn(blocks: readonly JsonObject[], at: string): Message[] {
  const messages: Message[] = [];
  let said: UserPart[] | null = null;
  let results: ToolResultPart[] | null = null;
  for (const [index, block] of blocks.entries()) {
    const path = `${at}[${index}]`;
    if (block["type"] === "tool_result") {
      said = null;
      if (!results) messages.push({ role: "tool", parts: (results = []) });
      results.push(parseToolResult(block, path));
    } else {
      results = null;
      if (!said) messages.push({ role: "user", parts: (said = []) });
      said.push(parseContentBlock(block, path));
    }
  }
  return messages;
}

function parseToolResult(block: JsonObject, at: string): ToolResultPart {
  return {
    type: "tool-result",
    callId: requiredText(block, "tool_use_id", at),
    content: parseResultContent(block["content"], `${at}.content`),
    isError: optionalBoolean(block, "is_error", at),
    cache: cacheOf(block),
  };
}

function parseResultContent(content: JsonValue | undefined, at: string): ToolResultPart["content"] {
  if (content === undefined || content === null) return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!isList(content)) return wrongType(content, at, "a string or a list of blocks");
  return content.map((block, index) => parseContentBlock(itemObject(block, `${at}[${index}]`), `${at}[${index}]`));
}

function parseAssistantBlock(block: JsonObject, at: string): AssistantPart {
  const type = requiredText(block, "type", at);
  switch (type) {
    case "text":
      return { type: "text", text: requiredText(block, "text", at), citations: parseCitations(block), cache: cacheOf(block) };
    case "thinking":
      return { type: "reasoning", text: requiredText(block, "thinking", at), signature: parseSignature(optionalText(block, "signature", at)) };
    case "redacted_thinking":
      return { type: "reasoning", text: "", redacted: parseSignature(requiredText(block, "data", at)) };
    case "tool_use":
      return { type: "tool-call", id: requiredText(block, "id", at), name: requiredText(block, "name", at), arguments: JSON.stringify(requiredObject(block, "input", at)), cache: cacheOf(block), signature: signatureOf(block), own: ownMembers("anthropic-messages", block, modelledCall) };
    default:
      return { type: "native", dialect: "anthropic-messages", kind: type, value: block };
  }
}
