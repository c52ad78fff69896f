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
  const understood = outlined(call) ?? whole(call);
  const last = understood?.conversation.messages.at(-1);
  if (!understood || last?.role !== "user") return null;
  const { conversation, digested } = understood;
  const text = last.parts.map((part) => (part.type === "text" ? part.text : "")).join("\n").trim();
  if (text === "" || text.length > maxCharacters) return null;
  // Pictures and whatever else the question has must be the same.
  const others = { ...last, parts: last.parts.map((part) => (part.type === "text" ? { ...part, text: "" } : part)) };
  const rest: Conversation = { ...conversation, messages: [...conversation.messages.slice(0, -1), others] };
  return { text, group: hash("sha256", digested(JSON.stringify([keyHolder(call, scope), call.includeUsage, call.guard?.names ?? [], rest])), "base64url") };
}

interface Understood {
  readonly conversation: Conversation;
  /** The text with a digest in the place of what stands for the long media. */
  readonly digested: (text: string) => string;
}

/** Of a large request what is around its media. Null where there are none, or where one was read as something else: then all of it has to be. */
function outlined(call: AiCall): Understood | null {
  const { outline } = call;
  if (!outline) return null;
  const conversation = read(() => call.caller.parseRequest(outline.value));
  if (!conversation || !outline.restored(JSON.stringify(conversation.messages))) return null;
  // As a part of a text it is longer than any question.
  const isText = conversation.messages.at(-1)?.parts.some((part) => part.type === "text" && outline.digested(part.text) !== part.text);
  return isText ? null : { conversation, digested: (text) => outline.digested(text) };
}

function whole(call: AiCall): Understood | null {
  const conversation = read(() => call.conversation);
  return conversation && { conversation, digested: (text) => text };
}

/** What the gateway cannot read goes on to whoever can. */
function read(parse: () => Conversation): Conversation | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RefusalError) return null;
    throw error;
  }
}
