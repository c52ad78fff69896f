/** Every dialect that a provider may speak, by its name. Adding one is a folder beside this file and a line here. */
import type { DialectName } from "../conversation/content.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { anthropicMessagesProvider } from "./anthropic-messages/dialect.ts";
import { bedrockConverseProvider } from "./bedrock-converse/dialect.ts";
import { cohereChatProvider } from "./cohere-chat/dialect.ts";
import { geminiProvider } from "./gemini/dialect.ts";
import { mistralChatProvider } from "./mistral-chat/dialect.ts";
import { ollamaChatProvider } from "./ollama-chat/dialect.ts";
import { openAiChatProvider } from "./openai-chat/dialect.ts";
import { openAiResponsesProvider } from "./openai-responses/dialect.ts";

export const providerDialects: Readonly<Record<DialectName, ProviderDialect>> = {
  "openai-chat": openAiChatProvider,
  "openai-responses": openAiResponsesProvider,
  "anthropic-messages": anthropicMessagesProvider,
  gemini: geminiProvider,
  "mistral-chat": mistralChatProvider,
  "ollama-chat": ollamaChatProvider,
  "bedrock-converse": bedrockConverseProvider,
  "cohere-chat": cohereChatProvider,
};
