/**
 * Gemini's generateContent and streamGenerateContent, towards a provider. Hides Google's roles and parts, its two schema
 * languages, its thinking settings per model family and its error envelope. May import the conversation model only.
 * https://ai.google.dev/api/generate-content
 */
import type { ProviderDialect } from "../../conversation/dialect.ts";
import { asObject, asObjects, asText, isList } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { parseAnswer } from "./answer.ts";
import { parseError } from "./error.ts";
import { writeRequest } from "./request.ts";
import { streamDecoder } from "./stream.ts";

export const geminiProvider: ProviderDialect = {
  name: "gemini",
  framing: "sse",
  writeRequest,
  parseAnswer,
  streamDecoder,
  parseError,
  modelList: { path: "/v1beta/models?pageSize=1000", parse: parseModelList },
};

/** Names without their `models/`; those that generate nothing (embeddings) are left out. */
function parseModelList(body: JsonValue): readonly string[] {
  return asObjects(asObject(body)?.["models"]).flatMap((model) => {
    const methods = model["supportedGenerationMethods"];
    const name = asText(model["name"]);
    if (name === undefined || (isList(methods) && !methods.includes("generateContent"))) return [];
    return [name.replace(/^models\//, "")];
  });
}
