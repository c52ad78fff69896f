/** Reads messages of callers. Calls may have no ids, and results name the tool: the calls that are open tell which is meant. */
import type { AssistantPart, ImagePart, ToolResultPart } from "../../conversation/content.ts";
import type { Message } from "../../conversation/conversation.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { itemObject, optionalList, optionalObject, optionalText, refuseParameter, requiredObject, requiredText, wrongType } from "../../conversation/parameters.ts";

interface OpenCall {
  id: string;
  name: string;
}

interface State {
  messages: Message[];
  open: OpenCall[];
  /** Of the last message, where that is one of results. */
  results: ToolResultPart[] | null;
  made: number;
}

export function parseMessages(body: JsonObject): Message[] {
  const list = optionalList(body, "messages");
  if (!list || list.length === 0) return refuseParameter("invalid-request", "messages", "messages is missing; it has to be a list of messages");
  const state: State = { messages: [], open: [], results: null, made: 0 };
  for (const [index, item] of list.entries()) addMessage(state, itemObject(item, `messages[${index}]`), `messages[${index}]`);
  return state.messages;
}

function addMessage(state: State, message: JsonObject, at: string): void {
  const role = requiredText(message, "role", at);
  const text = optionalText(message, "content", at) ?? "";
  if (role === "tool") return addResult(state, message, at);
  state.results = null;
  if (role === "system") state.messages.push({ role, developer: false, parts: [{ type: "text", text }] });
  else if (role === "user") state.messages.push({ role, parts: [...(text === "" ? [] : [{ type: "text", text } as const]), ...parseImages(message, at)] });
  else if (role === "assistant") state.messages.push({ role, parts: saidParts(state, message, at) });
  else refuseParameter("invalid-request", `${at}.role`, `${at}.role has to be system, user, assistant or tool, and is ${JSON.stringify(role)}`);
}

/** Bare base64; what it is shows in its first bytes. */
export function parseImages(message: JsonObject, at: string): ImagePart[] {
  const path = at === "" ? "images" : `${at}.images`;
  return (optionalList(message, "images", at) ?? []).map((data, index) => {
    if (typeof data !== "string") return wrongType(data, `${path}[${index}]`, "an image as base64");
    return { type: "image", source: { type: "base64", mediaType: imageType(data), data } };
  });
}

export function imageType(base64: string): string {
  if (base64.startsWith("/9j/")) return "image/jpeg";
  if (base64.startsWith("UklGR")) return "image/webp";
  return base64.startsWith("R0lGOD") ? "image/gif" : "image/png";
}

function saidParts(state: State, message: JsonObject, at: string): AssistantPart[] {
  const parts: AssistantPart[] = [];
  const thinking = optionalText(message, "thinking", at);
  if (thinking) parts.push({ type: "reasoning", text: thinking });
  const text = optionalText(message, "content", at);
  if (text) parts.push({ type: "text", text });
  for (const [index, item] of (optionalList(message, "tool_calls", at) ?? []).entries()) {
    const path = `${at}.tool_calls[${index}]`;
    const written = itemObject(item, path);
    const called = requiredObject(written, "function", path);
    const call = { id: optionalText(written, "id", path) || `call_${++state.made}`, name: requiredText(called, "name", `${path}.function`) };
    state.open.push(call);
    parts.push({ type: "tool-call", ...call, arguments: JSON.stringify(optionalObject(called, "arguments", `${path}.function`) ?? {}) });
  }
  return parts;
}

/** By its id, else the first open call of the tool that it names, else the first of all. */
function addResult(state: State, message: JsonObject, at: string): void {
  const id = optionalText(message, "tool_call_id", at);
  const name = optionalText(message, "tool_name", at) ?? optionalText(message, "name", at);
  const place = state.open.findIndex((call) => (id ? call.id === id : name === undefined || call.name === name));
  const [call] = place === -1 ? [] : state.open.splice(place, 1);
  const callId = id || call?.id;
  if (!callId) return refuseParameter("invalid-request", at, `no call of ${name ?? "a tool"} comes before its result`);
  if (!state.results) state.messages.push({ role: "tool", parts: (state.results = []) });
  state.results.push({ type: "tool-result", callId, name: name ?? call?.name, content: [{ type: "text", text: optionalText(message, "content", at) ?? "" }, ...parseImages(message, at)] });
}
