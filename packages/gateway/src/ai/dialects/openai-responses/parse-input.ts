/**
 * Reads instructions and input items as messages. Items of the model's side that follow one another (reasoning, calls, texts)
 * are one assistant message, results of tools that follow one another one tool message.
 */
import type { AssistantPart, NativePart, ToolResultPart } from "../../conversation/content.ts";
import type { Message, SystemMessage, UserMessage } from "../../conversation/conversation.ts";
import { asText, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { readMarkedReasoning } from "../../conversation/marked-signature.ts";
import { ownMembers } from "../../conversation/own-members.ts";
import { itemObject, optionalText, refuseParameter, requiredText, wrongType } from "../../conversation/parameters.ts";
import { signatureOf } from "../openai-chat/reasoning.ts";
import { givenParts } from "./given-parts.ts";
import { parseAssistantContent, parseContent, parseResultContent } from "./parse-content.ts";

/** Whether the item was whole, and what it is called at OpenAI, means nothing to another turn. */
const modelledMessage: ReadonlySet<string> = new Set(["type", "role", "content", "id", "status", "extra_content"]);

type Draft = SystemMessage | UserMessage | { role: "assistant"; parts: AssistantPart[] } | { role: "tool"; parts: ToolResultPart[] };

export function parseInput(body: JsonObject): Message[] {
  const drafts: Draft[] = [];
  const instructions = optionalText(body, "instructions");
  if (instructions) drafts.push({ role: "system", developer: false, parts: [{ type: "text", text: instructions }] });
  const input = body["input"] ?? undefined;
  if (input === undefined) return refuseParameter("invalid-request", "input", "input is missing; it has to be a string or a list of items");
  if (typeof input === "string") return [...drafts, { role: "user", parts: [{ type: "text", text: input }] }];
  if (!isList(input)) return wrongType(input, "input", "a string or a list of items");
  for (const [index, item] of input.entries()) addItem(drafts, itemObject(item, `input[${index}]`), `input[${index}]`);
  return drafts;
}

function addItem(drafts: Draft[], item: JsonObject, at: string): void {
  const type = optionalText(item, "type", at) ?? "message";
  switch (type) {
    case "message":
      return addMessage(drafts, item, at);
    case "function_call":
      return addSaid(drafts, { type: "tool-call", id: requiredText(item, "call_id", at), name: requiredText(item, "name", at), arguments: optionalText(item, "arguments", at) ?? "", namespace: optionalText(item, "namespace", at), signature: signatureOf(item) });
    case "custom_tool_call":
      return addSaid(drafts, { type: "tool-call", id: requiredText(item, "call_id", at), name: requiredText(item, "name", at), arguments: optionalText(item, "input", at) ?? "", custom: true });
    case "function_call_output":
    case "custom_tool_call_output":
      return addResult(drafts, { type: "tool-result", callId: requiredText(item, "call_id", at), content: parseResultContent(item["output"], `${at}.output`) });
    case "reasoning":
      return addSaid(drafts, readMarkedReasoning(checkedReasoning(item, at), optionalText(item, "encrypted_content", at), "openai-responses"));
    default:
      return addNative(drafts, { type: "native", dialect: "openai-responses", kind: type, value: item });
  }
}

function addMessage(drafts: Draft[], item: JsonObject, at: string): void {
  const role = requiredText(item, "role", at);
  const content: JsonValue = item["content"] ?? null;
  if (role === "assistant") for (const part of parseAssistantContent(content, `${at}.content`)) addSaid(drafts, part.type === "text" ? { ...part, signature: signatureOf(item), own: ownMembers("openai-responses", item, modelledMessage) } : part);
  else if (role === "user") drafts.push({ role, parts: parseContent(content, `${at}.content`) });
  else if (role === "system" || role === "developer") {
    const parts = parseContent(content, `${at}.content`).map((part) => (part.type === "text" ? part : refuseParameter("invalid-request", `${at}.content`, `${at}.content holds text only here`)));
    drafts.push({ role: "system", developer: role === "developer", parts });
  } else refuseParameter("invalid-request", `${at}.role`, `${at}.role has to be user, assistant, system or developer, and is ${JSON.stringify(role)}`);
}

function addSaid(drafts: Draft[], part: AssistantPart): void {
  const last = drafts.at(-1);
  if (last?.role === "assistant") last.parts.push(part);
  else drafts.push({ role: "assistant", parts: [part] });
}

function addResult(drafts: Draft[], result: ToolResultPart): void {
  const last = drafts.at(-1);
  if (last?.role === "tool") last.parts.push(result);
  else drafts.push({ role: "tool", parts: [result] });
}

/** What comes back from tools and people is the user's side; all other items are the model's. */
function addNative(drafts: Draft[], part: NativePart): void {
  if (/_(?:output|response)$/.test(part.kind)) drafts.push({ role: "user", parts: [part] });
  else addSaid(drafts, part);
}

function checkedReasoning(item: JsonObject, at: string): string {
  for (const name of ["summary", "content"]) {
    const value = item[name] ?? null;
    if (typeof value === "number" || typeof value === "boolean") wrongType(value, `${at}.${name}`, "a list of parts");
    for (const part of givenParts(value)) optionalText(part, "text", `${at}.${name}[]`);
  }
  return reasoningText(item);
}

export function reasoningText(item: JsonObject): string {
  return [...givenParts(item["summary"]), ...givenParts(item["content"])].map((part) => asText(part["text"]) ?? "").join("\n\n");
}
