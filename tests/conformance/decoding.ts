/** The gateway's own decoding of a provider's stream, without sockets: bytes to frames to events. */
import type { ProviderDialect } from "../../packages/gateway/src/ai/conversation/dialect.ts";
import type { StreamEvent } from "../../packages/gateway/src/ai/conversation/stream-event.ts";
import { anthropicMessagesProvider } from "../../packages/gateway/src/ai/dialects/anthropic-messages/dialect.ts";
import { bedrockConverseProvider } from "../../packages/gateway/src/ai/dialects/bedrock-converse/dialect.ts";
import { cohereChatProvider } from "../../packages/gateway/src/ai/dialects/cohere-chat/dialect.ts";
import { geminiProvider } from "../../packages/gateway/src/ai/dialects/gemini/dialect.ts";
import { mistralChatProvider } from "../../packages/gateway/src/ai/dialects/mistral-chat/dialect.ts";
import { ollamaChatProvider } from "../../packages/gateway/src/ai/dialects/ollama-chat/dialect.ts";
import { openAiChatProvider } from "../../packages/gateway/src/ai/dialects/openai-chat/dialect.ts";
import { openAiResponsesProvider } from "../../packages/gateway/src/ai/dialects/openai-responses/dialect.ts";
import { frameReader } from "../../packages/gateway/src/ai/framing/readers.ts";

/** By the recordings' name of the endpoint. */
export const providerDialects: Readonly<Record<string, ProviderDialect>> = {
  "openai.chat": openAiChatProvider,
  "openai.responses": openAiResponsesProvider,
  "anthropic.messages": anthropicMessagesProvider,
  "gemini.streamGenerateContent": geminiProvider,
  "vertex.streamGenerateContent": geminiProvider,
  "mistral.chat": mistralChatProvider,
  "ollama.chat": ollamaChatProvider,
  "bedrock.converseStream": bedrockConverseProvider,
  "cohere.chat": cohereChatProvider,
};

/** Ids that a provider left out are counted, so that two decodings of one stream give the same. */
export function decodeStream(endpoint: string, chunks: readonly Buffer[]): StreamEvent[] {
  const dialect = providerDialects[endpoint];
  if (dialect === undefined) throw new Error(`no dialect is known for ${endpoint}`);
  let made = 0;
  const decoder = dialect.streamDecoder({ makeId: (prefix) => `${prefix}${++made}` });
  const reader = frameReader(dialect.framing);
  const events = chunks.flatMap((chunk) => reader.push(chunk).flatMap((frame) => decoder.step(frame)));
  for (const frame of reader.finish()) events.push(...decoder.step(frame));
  return [...events, ...decoder.finish()];
}
