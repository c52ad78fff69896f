/**
 * Mistral's chat completions, towards a provider. They look like OpenAI's and differ in the ids of tool calls, the names of
 * parameters, thinking as chunks of the content, and errors. May import the conversation model only.
 * https://docs.mistral.ai/api
 */
import type { ProviderDialect } from "../../conversation/dialect.ts";
import { mistralEmbeddings } from "./embeddings.ts";
import { asObject, asObjects, asText } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { parseAnswer } from "./answer.ts";
import { parseError } from "./error.ts";
import { knownMistralAnswer } from "./known-answer.ts";
import { writeRequest } from "./request.ts";
import { streamDecoder } from "./stream-decoder.ts";

export const mistralChatProvider: ProviderDialect = {
  name: "mistral-chat",
  framing: "sse",
  writeRequest,
  parseAnswer,
  streamDecoder,
  known: knownMistralAnswer,
  parseError,
  embeddings: mistralEmbeddings,
  modelList: { path: "/models", parse: parseModelList },
};

/** Those that do not chat (embeddings, OCR) say so. */
function parseModelList(body: JsonValue): readonly string[] {
  return asObjects(asObject(body)?.["data"]).flatMap((model) => {
    const chats = asObject(model["capabilities"])?.["completion_chat"] !== false;
    return chats ? (asText(model["id"]) ?? []) : [];
  });
}
