/**
 * Ollama's own chat endpoint (`POST /api/chat`), towards a provider. Hides its NDJSON stream, its bag of options and that
 * arguments are objects there. May import the conversation model only.
 * https://docs.ollama.com/api/chat
 */
import type { ProviderDialect } from "../../conversation/dialect.ts";
import { ollamaEmbeddings } from "./embeddings.ts";
import { asObject, asObjects, asText } from "../../conversation/json.ts";
import { parseAnswer } from "./answer.ts";
import { parseError } from "./error.ts";
import { knownOllamaAnswer } from "./known-answer.ts";
import { ollamaChatPassThrough } from "./pass-through.ts";
import { writeRequest } from "./request.ts";
import { streamDecoder } from "./stream-decoder.ts";

export const ollamaChatProvider: ProviderDialect = {
  name: "ollama-chat",
  framing: "ndjson",
  needsBytes: true,
  writeRequest,
  parseAnswer,
  streamDecoder,
  known: knownOllamaAnswer,
  parseError,
  errorText: "error",
  passThrough: ollamaChatPassThrough,
  embeddings: ollamaEmbeddings,
  modelList: { path: "/api/tags", parse: (body) => asObjects(asObject(body)?.["models"]).flatMap((model) => asText(model["name"]) ?? []) },
};
