/**
 * OpenAI responses (`POST /v1/responses`), towards callers and towards providers. Hides its items, the strict order of its
 * stream's events, and how reasoning is kept encrypted between turns. Shares the shape of errors with chat completions.
 * May import the conversation model, and of chat completions what the two APIs have in common.
 */
import type { CallerDialect, ProviderDialect } from "../../conversation/dialect.ts";
import { parseChatError, writeChatError } from "../openai-chat/errors.ts";
import { openAiChatModelList } from "../openai-chat/model-list.ts";
import { knownResponse } from "./known-answer.ts";
import { knownResponseRequest } from "./known-request.ts";
import { parseResponsesAnswer } from "./parse-answer.ts";
import { parseResponsesRequest } from "./parse-request.ts";
import { openAiResponsesPassThrough } from "./pass-through.ts";
import { responsesStreamDecoder } from "./stream-decoder.ts";
import { ResponsesStreamEncoder } from "./stream-encoder.ts";
import { writeResponsesAnswer } from "./write-answer.ts";
import { writeResponsesRequest } from "./write-request.ts";

export const openAiResponsesProvider: ProviderDialect = {
  name: "openai-responses",
  framing: "sse",
  takesFreeTextTools: true,
  writeRequest: writeResponsesRequest,
  parseAnswer: parseResponsesAnswer,
  streamDecoder: responsesStreamDecoder,
  known: knownResponse,
  parseError: parseChatError,
  passThrough: openAiResponsesPassThrough,
  modelList: openAiChatModelList,
};

export const openAiResponsesCaller: CallerDialect = {
  name: "openai-responses",
  parseRequest: parseResponsesRequest,
  known: knownResponseRequest,
  headMembers: ["previous_response_id", "conversation", "background"],
  // The dialect's streams always tell it.
  wantsUsage: () => true,
  writeAnswer: writeResponsesAnswer,
  streamEncoder: (context) => new ResponsesStreamEncoder(context),
  writeError: writeChatError,
};
