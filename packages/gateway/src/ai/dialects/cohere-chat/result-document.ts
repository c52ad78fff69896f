/** A document in a tool's result: its data is a text of the conversation, and its id a member that Cohere alone has. */
import type { TextPart } from "../../conversation/content.ts";
import { isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { membersFor } from "../../conversation/own-members.ts";

export const documentId = "document.id";

/** Null for a text that is no document. What was an object is one again, unless a guardrail made something else of it. */
export function resultDocument({ text, own }: TextPart): JsonObject | null {
  const id = membersFor("cohere-chat", own)?.[documentId];
  if (id === undefined) return null;
  const data = tryParseJson(text);
  return { type: "document", document: { id, data: isObject(data) ? data : text } };
}
