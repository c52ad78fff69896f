/** Messages as Gemini's `contents` (roles user and model, results of tools in the user's turn) and `systemInstruction`. */
import type { AssistantPart, Signature, ToolResultPart, UserPart } from "../../conversation/content.ts";
import { toolNameOf } from "../../conversation/conversation.ts";
import type { Conversation, Message } from "../../conversation/conversation.ts";
import type { ProviderTarget } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import { parseArguments } from "../../conversation/tool-arguments.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { functionResponse } from "./function-response.ts";
import { writeMedia } from "./media.ts";
import { signFirstCall } from "./unsigned-call.ts";

interface Turn {
  role: "user" | "model";
  parts: JsonObject[];
}

/** Gemini has one instruction, before everything else: what comes first of the system messages goes there, in order. */
export function writeSystemInstruction(conversation: Conversation): JsonObject | undefined {
  const leading = conversation.messages.slice(0, leadingSystemMessages(conversation));
  const parts = leading.flatMap((message) => (message.role === "system" ? message.parts : [])).filter((part) => part.text !== "");
  return parts.length === 0 ? undefined : { parts: parts.map((part) => ({ text: part.text })) };
}

function leadingSystemMessages(conversation: Conversation): number {
  const first = conversation.messages.findIndex((message) => message.role !== "system");
  return first === -1 ? conversation.messages.length : first;
}

/** Neighbours of one role become one turn. */
export function writeContents(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): readonly JsonObject[] {
  const turns: Turn[] = [];
  const leading = leadingSystemMessages(conversation);
  const lastOfUser = conversation.messages.findLastIndex((message) => message.role === "user");
  conversation.messages.forEach((message, index) => {
    if (index < leading) return;
    const place = { conversation, target, notes, at: `messages[${index}]`, inCurrentTurn: index > lastOfUser };
    const parts = signFirstCall(message, writeParts(message, place), place);
    if (parts.length === 0) return;
    const role = message.role === "assistant" ? "model" : "user";
    const last = turns.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else turns.push({ role, parts: [...parts] });
  });
  return turns.map((turn) => ({ role: turn.role, parts: turn.parts }));
}

interface Place {
  conversation: Conversation;
  target: ProviderTarget;
  notes: TranslationNotes;
  /** Where the message stands in the caller's request. */
  at: string;
}

function writeParts(message: Message, place: Place): JsonObject[] {
  if (message.role !== "tool" && message.name !== undefined) place.notes.dropped(`${place.at}.name`, "Gemini does not tell speakers of one role apart");
  switch (message.role) {
    case "system":
      place.notes.changed(`${place.at}.role`, "Gemini has instructions at the beginning only; a later one was sent in its place, marked, as the user's");
      return message.parts.map((part) => ({ text: `<system>\n${part.text}\n</system>` }));
    case "user":
      return message.parts.flatMap((part) => writeUserPart(part, place));
    case "assistant":
      return message.parts.flatMap((part) => writeAssistantPart(part, place));
    case "tool":
      return message.parts.flatMap((part) => writeToolResult(part, place));
  }
}

/** Gemini refuses empty text. */
function writeUserPart(part: UserPart, place: Place): JsonObject[] {
  if (part.type === "text") return part.text === "" ? [] : [{ text: part.text }];
  if (part.type !== "native") return [writeMedia(part, place)];
  if (part.dialect === "gemini") return [part.value];
  return place.notes.unsupported(`${place.at}.content`, `Gemini knows nothing like ${part.kind}`);
}

function writeAssistantPart(part: AssistantPart, place: Place): JsonObject[] {
  switch (part.type) {
    case "text":
      return part.text === "" && part.signature?.dialect !== "gemini" ? [] : [signed({ text: part.text }, part.signature)];
    case "refusal":
      return part.text === "" ? [] : [{ text: part.text }];
    case "reasoning":
      if (part.redacted) place.notes.dropped(`${place.at}.content`, "another provider encrypted this reasoning, and it is of no use to Gemini");
      return part.text === "" && part.signature?.dialect !== "gemini" ? [] : [signed({ text: part.text, thought: true }, part.signature)];
    case "tool-call":
      return [signed({ functionCall: { id: part.id, name: part.name, args: argumentsObject(part.arguments, place) } }, part.signature)];
    case "image":
      return [signed(writeMedia(part, place), part.signature)];
    case "audio":
      return [writeMedia(part, place)];
    case "native":
      if (part.dialect === "gemini") return [part.value];
      place.notes.dropped(`${place.at}.content`, `Gemini knows nothing like ${part.kind}`);
      return [];
  }
}

/** Google demands its own signatures back on the part that carried them; others are of no use to it. */
function signed(part: JsonObject, signature: Signature | undefined): JsonObject {
  return signature?.dialect === "gemini" ? { ...part, thoughtSignature: signature.value } : part;
}

function argumentsObject(text: string, place: Place): JsonObject {
  const detail = "the arguments of a tool call have to be a JSON object";
  return parseArguments(text) ?? refuseParameter("invalid-request", `${place.at}.tool_calls`, detail);
}

function writeToolResult(part: ToolResultPart, place: Place): JsonObject[] {
  const name = part.name ?? toolNameOf(place.conversation.messages, part.callId);
  if (name === undefined) return refuseParameter("invalid-request", place.at, `no tool call before it has the id ${JSON.stringify(part.callId)}`);
  return functionResponse(part, { ...place, name });
}
