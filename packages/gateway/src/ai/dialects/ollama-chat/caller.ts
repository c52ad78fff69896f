/** Ollama's chat and generate, towards callers. A stream is one JSON object a line, and what a request asks for unless it says otherwise. */
import type { CallerDialect } from "../../conversation/dialect.ts";
import { lineFraming } from "./framing.ts";
import { knownOllamaRequest } from "./known-request.ts";
import { parseChatRequest, parseGenerateRequest } from "./parse-request.ts";
import { ollamaGeneratePassThrough } from "./pass-through.ts";
import { OllamaStreamEncoder } from "./stream-encoder.ts";
import { writeGenerated, writeOllamaAnswer } from "./write-answer.ts";
import { writeOllamaError } from "./write-error.ts";

export const ollamaChatCaller: CallerDialect = {
  name: "ollama-chat",
  framing: lineFraming,
  streamsByDefault: true,
  parseRequest: parseChatRequest,
  known: knownOllamaRequest,
  headMembers: [],
  // The last line always tells it.
  wantsUsage: () => true,
  writeAnswer: writeOllamaAnswer,
  streamEncoder: (context) => new OllamaStreamEncoder(context, true),
  writeError: writeOllamaError,
};

export const ollamaGenerateCaller: CallerDialect = {
  ...ollamaChatCaller,
  form: "generate",
  passes: { dialect: "ollama-chat", by: ollamaGeneratePassThrough },
  parseRequest: parseGenerateRequest,
  writeAnswer: writeGenerated,
  streamEncoder: (context) => new OllamaStreamEncoder(context, false),
};
