/**
 * Cohere's v2 chat, towards a provider, with its embeddings. Hides its content items, the plan that it makes before it calls
 * tools, its citations and its events. May import the conversation model only.
 * https://docs.cohere.com/reference/chat
 */
import type { ProviderDialect } from "../../conversation/dialect.ts";
import { asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { parseCohereAnswer } from "./answer.ts";
import { cohereEmbeddings } from "./embeddings.ts";
import { parseCohereError } from "./error.ts";
import { knownCohereAnswer } from "./known-answer.ts";
import { cohereChatPassThrough } from "./pass-through.ts";
import { writeCohereRequest } from "./request.ts";
import { cohereStreamDecoder } from "./stream-decoder.ts";

export const cohereChatProvider: ProviderDialect = {
  name: "cohere-chat",
  framing: "sse",
  writeRequest: writeCohereRequest,
  parseAnswer: parseCohereAnswer,
  streamDecoder: cohereStreamDecoder,
  known: knownCohereAnswer,
  parseError: parseCohereError,
  errorText: "message",
  passThrough: cohereChatPassThrough,
  embeddings: cohereEmbeddings,
  modelList: { path: "/v1/models?page_size=1000", parse: parseModelList },
};

function parseModelList(body: JsonValue): readonly string[] {
  return asObjects(asObject(body)?.["models"]).flatMap((model) => asText(model["name"]) ?? []);
}
