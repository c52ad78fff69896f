/** Reads messages of callers. Results of tools that follow one another are one message; what is planned before calls is text. */
import type { AssistantPart, TextPart, ToolResultPart, UserPart } from "../../conversation/content.ts";
import type { Message } from "../../conversation/conversation.ts";
import { asObject, asObjects, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { itemObject, optionalList, optionalText, refuseParameter, requiredObject, requiredText, wrongType } from "../../conversation/parameters.ts";
import { parseUrl } from "../openai-chat/media-url.ts";
import { readCitations } from "./answer.ts";
import { documentId } from "./result-document.ts";

export function parseMessages(body: JsonObject): Message[] {
  const list = optionalList(body, "messages");
  if (!list || list.length === 0) return refuseParameter("invalid-request", "messages", "messages is missing; it has to be a list of messages");
  const messages: Message[] = [];
  for (const [index, item] of list.entries()) {
    const at = `messages[${index}]`;
    const message = itemObject(item, at);
    if (message["role"] !== "tool") messages.push(parseMessage(message, at));
    else {
      const result = parseResult(message, at);
      const last = messages.at(-1);
      if (last?.role === "tool") messages[messages.length - 1] = { role: "tool", parts: [...last.parts, result] };
      else messages.push({ role: "tool", parts: [result] });
    }
  }
  return messages;
}

function parseMessage(message: JsonObject, at: string): Message {
  const role = requiredText(message, "role", at);
  const content = message["content"] ?? null;
  if (role === "system") return { role, developer: false, parts: texts(content, `${at}.content`) };
  if (role === "user") return { role, parts: itemsOf(content, `${at}.content`).map(([part, path]) => parseUserPart(part, path)) };
  if (role === "assistant") return { role, parts: parseSaid(message, at) };
  return refuseParameter("invalid-request", `${at}.role`, `${at}.role has to be system, user, assistant or tool, and is ${JSON.stringify(role)}`);
}

function texts(content: JsonValue, at: string): TextPart[] {
  return itemsOf(content, at).map(([part, path]) => ({ type: "text", text: requiredText(part, "text", path) }));
}

/** A text alone is one item. */
function itemsOf(content: JsonValue, at: string): [JsonObject, string][] {
  if (typeof content === "string") return [[{ type: "text", text: content }, at]];
  if (!isList(content)) return wrongType(content, at, "a string or a list of content");
  return content.map((item, index) => [itemObject(item, `${at}[${index}]`), `${at}[${index}]`]);
}

function parseUserPart(part: JsonObject, at: string): UserPart {
  if (part["type"] === "text") return { type: "text", text: requiredText(part, "text", at) };
  if (part["type"] !== "image_url") return refuseParameter("invalid-request", `${at}.type`, `${at}.type has to be text or image_url`);
  const image = requiredObject(part, "image_url", at);
  return { type: "image", source: parseUrl(requiredText(image, "url", `${at}.image_url`)), detail: optionalText(image, "detail", `${at}.image_url`) };
}

function parseSaid(message: JsonObject, at: string): AssistantPart[] {
  const parts: AssistantPart[] = [];
  const content = message["content"] ?? null;
  const citations = asObjects(message["citations"]).flatMap(readCitations);
  for (const [part, path] of content === null ? [] : itemsOf(content, `${at}.content`)) {
    if (part["type"] === "thinking") parts.push({ type: "reasoning", text: requiredText(part, "thinking", path) });
    else parts.push({ type: "text", text: requiredText(part, "text", path), ...(citations.length > 0 && { citations: citations.splice(0) }) });
  }
  const plan = optionalText(message, "tool_plan", at);
  if (plan) parts.push({ type: "text", text: plan });
  for (const [index, item] of (optionalList(message, "tool_calls", at) ?? []).entries()) {
    const path = `${at}.tool_calls[${index}]`;
    const call = itemObject(item, path);
    const called = requiredObject(call, "function", path);
    parts.push({ type: "tool-call", id: requiredText(call, "id", path), name: requiredText(called, "name", `${path}.function`), arguments: optionalText(called, "arguments", `${path}.function`) ?? "" });
  }
  return parts;
}

/** A document in a result is its data, as text; its id is what Cohere's citations call it. */
function parseResult(message: JsonObject, at: string): ToolResultPart {
  const content = itemsOf(message["content"] ?? "", `${at}.content`).map(([part, path]): TextPart => {
    const document = asObject(part["document"]);
    const data = document?.["data"];
    if (data === undefined) return { type: "text", text: requiredText(part, "text", path) };
    const id = optionalText(document ?? {}, "id", `${path}.document`);
    return { type: "text", text: typeof data === "string" ? data : JSON.stringify(data), ...(id !== undefined && { own: { dialect: "cohere-chat", members: { [documentId]: id } } }) };
  });
  return { type: "tool-result", callId: requiredText(message, "tool_call_id", at), content };
}
