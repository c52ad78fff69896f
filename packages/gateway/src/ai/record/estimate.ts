/**
 * What tokens are taken to be where nobody counts them: a quarter of the characters of text, and 800 for an image. The
 * providers' own counts differ by a fifth and more; whoever shows an estimate says that it is one.
 */
import type { Conversation, Message } from "../conversation/conversation.ts";

const charactersPerToken = 4;
const imageTokens = 800;
/** What a message costs beside its text: its role and its limits. */
const messageTokens = 4;

export function estimateInputTokens(conversation: Conversation): number {
  let tokens = 0;
  for (const message of conversation.messages) tokens += messageTokens + messageSize(message);
  if (conversation.tools.length > 0) tokens += tokensOf(JSON.stringify(conversation.tools).length);
  return Math.max(1, tokens);
}

export function tokensOf(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}

function messageSize(message: Message): number {
  if (message.role === "tool") return message.parts.reduce((sum, result) => sum + result.content.reduce((size, part) => size + partSize(part), 0), 0);
  return message.parts.reduce((sum, part) => sum + partSize(part), 0);
}

function partSize(part: Exclude<Message, { role: "tool" }>["parts"][number]): number {
  switch (part.type) {
    case "text":
    case "refusal":
    case "reasoning":
      return tokensOf(part.text.length);
    case "tool-call":
      return tokensOf(part.name.length + part.arguments.length);
    case "image":
    case "audio":
    case "video":
      return imageTokens;
    case "document":
      return part.source.type === "text" ? tokensOf(part.source.text.length) : imageTokens;
    case "native":
      return tokensOf(JSON.stringify(part.value).length);
  }
}
