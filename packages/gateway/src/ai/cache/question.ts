// Hot path: once for each call of a gateway with a semantic cache.
/** What a request asks last, and what it has besides: only the first is compared by its meaning. */
import { hash } from "node:crypto";
import { RefusalError } from "../../exchange/answer.ts";
import type { AiCall } from "../calls/ai-call.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { keyHolder } from "./request-key.ts";

export interface Question {
  readonly text: string;
  /** Requests with the same one differ in their last question only. */
  readonly group: string;
}

/** What is longer is no question but a document, and more than most embeddings models read. */
const maxCharacters = 16_000;

/** Null where a user's text is not what the request ends with. */
export function questionOf(call: AiCall, scope: "consumer" | "shared"): Question | null {
  const conversation = understood(call);
  const last = conversation?.messages.at(-1);
  if (!conversation || last?.role !== "user") return null;
  const text = last.parts.map((part) => (part.type === "text" ? part.text : "")).join("\n").trim();
  if (text === "" || text.length > maxCharacters) return null;
  // Pictures and whatever else the question has must be the same.
  const others = { ...last, parts: last.parts.map((part) => (part.type === "text" ? { ...part, text: "" } : part)) };
  const rest: Conversation = { ...conversation, messages: [...conversation.messages.slice(0, -1), others] };
  return { text, group: hash("sha256", JSON.stringify([keyHolder(call, scope), call.includeUsage, call.guard?.names ?? [], rest]), "base64url") };
}

/** What the gateway cannot read goes on to whoever can. */
function understood(call: AiCall): Conversation | null {
  try {
    return call.conversation;
  } catch (error) {
    if (error instanceof RefusalError) return null;
    throw error;
  }
}
