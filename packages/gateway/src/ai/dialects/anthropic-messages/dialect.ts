/**
 * Anthropic messages (`POST /v1/messages`), towards callers and towards providers. Hides the wire format, which parameters which of the models
 * take, and what the API refuses that others allow (empty texts, white space at the end, thinking with a forced tool).
 * May import the conversation model, and of chat completions the field that keeps a signature on a call.
 */
import type { CallerDialect, ProviderDialect } from "../../conversation/dialect.ts";
import { asObject, asObjects, asText } from "../../conversation/json.ts";
import { parseMessagesError } from "./errors.ts";
import { knownMessage } from "./known-answer.ts";
import { knownMessagesRequest } from "./known-request.ts";
import { parseMessagesAnswer } from "./parse-answer.ts";
import { parseMessagesRequest } from "./parse-request.ts";
import { anthropicMessagesPassThrough } from "./pass-through.ts";
import { messagesStreamDecoder } from "./stream-decoder.ts";
import { MessagesStreamEncoder } from "./stream-encoder.ts";
import { writeMessagesAnswer } from "./write-answer.ts";
import { writeMessagesError } from "./write-error.ts";
import { apiVersion, writeMessagesRequest } from "./write-request.ts";

export const anthropicMessagesProvider: ProviderDialect = {
  name: "anthropic-messages",
  framing: "sse",
  writeRequest: writeMessagesRequest,
  parseAnswer: parseMessagesAnswer,
  streamDecoder: messagesStreamDecoder,
  known: knownMessage,
  parseError: parseMessagesError,
  typesErrors: true,
  passThrough: anthropicMessagesPassThrough,
  modelList: {
    path: "/v1/models?limit=1000",
    headers: ["anthropic-version", apiVersion],
    parse: (body) => asObjects(asObject(body)?.["data"]).flatMap((model) => asText(model["id"]) ?? []),
  },
};

export const anthropicMessagesCaller: CallerDialect = {
  name: "anthropic-messages",
  parseRequest: parseMessagesRequest,
  known: knownMessagesRequest,
  headMembers: [],
  // The dialect's streams always tell it.
  wantsUsage: () => true,
  writeAnswer: writeMessagesAnswer,
  streamEncoder: (context) => new MessagesStreamEncoder(context),
  writeError: writeMessagesError,
};
