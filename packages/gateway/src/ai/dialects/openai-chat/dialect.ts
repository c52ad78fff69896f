/**
 * OpenAI chat completions (`POST /v1/chat/completions`), towards callers and towards providers, the compatible servers
 * included. Hides the wire format; reasoning and signatures, which the original does not have, travel in the fields that
 * compatible servers agree on (see reasoning.ts). May import the conversation model only.
 */
import type { CallerDialect, ProviderDialect } from "../../conversation/dialect.ts";
import { asObject } from "../../conversation/json.ts";
import { choicesAsked } from "./choices-asked.ts";
import { knownChatAnswer } from "./known-answer.ts";
import { knownChatRequest } from "./known-request.ts";
import { parseChatAnswer } from "./parse-answer.ts";
import { parseChatError, writeChatError } from "./errors.ts";
import { openAiChatModelList } from "./model-list.ts";
import { openAiChatPassThrough } from "./pass-through.ts";
import { parseChatRequest } from "./parse-request.ts";
import { chatStreamDecoder } from "./stream-decoder.ts";
import { ChatStreamEncoder } from "./stream-encoder.ts";
import { writeChatAnswer } from "./write-answer.ts";
import { writeChatRequest } from "./write-request.ts";

export const openAiChatProvider: ProviderDialect = {
  name: "openai-chat",
  framing: "sse",
  takesFreeTextTools: true,
  writeRequest: writeChatRequest,
  parseAnswer: parseChatAnswer,
  streamDecoder: chatStreamDecoder,
  known: knownChatAnswer,
  parseError: parseChatError,
  passThrough: openAiChatPassThrough,
  modelList: openAiChatModelList,
};

export const openAiChatCaller: CallerDialect = {
  name: "openai-chat",
  parseRequest: parseChatRequest,
  known: knownChatRequest,
  headMembers: ["stream_options", "n"],
  choicesAsked,
  wantsUsage: (head) => asObject(head["stream_options"])?.["include_usage"] === true,
  writeAnswer: writeChatAnswer,
  streamEncoder: (context) => new ChatStreamEncoder(context),
  writeError: writeChatError,
};
