/**
 * What tells one conversation from another: an id where the application sends one, else its beginning, which every later
 * turn repeats: the instructions and what the user said first.
 */
import { hash } from "node:crypto";
import { asObject, asObjects, asText } from "../conversation/json.ts";
import type { JsonObject, JsonValue } from "../conversation/json.ts";

const idFields = ["x-session-id", "session-id", "session_id", "x-conversation-id", "conversation_id"];

/** A request, in which long media may be stand-ins. */
export interface ReadBody {
  readonly value: JsonObject;
  /** A text that was made of the value, with a digest of each of the media in the place of its stand-in. */
  digested(text: string): string;
}

/** Null where the body holds nothing that a later turn would repeat. */
export function conversationOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>, read: () => ReadBody): string | null {
  for (const name of idFields) {
    const value = headers[name];
    if (typeof value === "string" && value !== "") return digest(JSON.stringify(["id", value]));
  }
  const outlined = read();
  const body = outlined.value;
  const id = asText(body["conversation"]) ?? asText(asObject(body["conversation"])?.["id"]) ?? asText(body["prompt_cache_key"]);
  if (id !== undefined) return digest(JSON.stringify(["id", id]));
  const instructions = body["system"] ?? body["instructions"] ?? body["systemInstruction"] ?? null;
  const opening = openingOf(body["messages"] ?? body["input"] ?? body["contents"]);
  return opening === null ? null : digest(outlined.digested(JSON.stringify([instructions, opening])));
}

/** Up to and with the first message of the user. */
function openingOf(turns: JsonValue | undefined): JsonValue | null {
  if (typeof turns === "string") return turns === "" ? null : turns;
  const messages = asObjects(turns);
  const first = messages.findIndex((message) => message["role"] === "user" || message["role"] === undefined);
  return first === -1 ? null : messages.slice(0, first + 1);
}

function digest(text: string): string {
  return hash("sha256", text, "base64url");
}
