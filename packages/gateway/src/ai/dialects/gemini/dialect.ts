/**
 * Gemini's generateContent and streamGenerateContent, towards callers and towards providers. Hides Google's roles and parts, its two schema
 * languages, its thinking settings per model family and its error envelope. May import the conversation model only.
 * https://ai.google.dev/api/generate-content
 */
import type { CallerDialect, ProviderDialect } from "../../conversation/dialect.ts";
import { asObject, asObjects, asText, isList } from "../../conversation/json.ts";
import type { JsonValue } from "../../conversation/json.ts";
import { parseAnswer } from "./answer.ts";
import { geminiEmbeddings } from "./embeddings.ts";
import { parseError } from "./error.ts";
import { knownGeminiAnswer } from "./known-answer.ts";
import { knownGeminiRequest } from "./known-request.ts";
import { parseGeminiRequest } from "./parse-request.ts";
import { geminiPassThrough } from "./pass-through.ts";
import { writeRequest } from "./request.ts";
import { streamDecoder } from "./stream-decoder.ts";
import { GeminiStreamEncoder } from "./stream-encoder.ts";
import { writeGeminiAnswer } from "./write-answer.ts";
import { writeGeminiError } from "./write-error.ts";

export const geminiProvider: ProviderDialect = {
  name: "gemini",
  framing: "sse",
  writeRequest,
  parseAnswer,
  streamDecoder,
  known: knownGeminiAnswer,
  parseError,
  passThrough: geminiPassThrough,
  embeddings: geminiEmbeddings,
  modelList: { path: "/v1beta/models?pageSize=1000", parse: parseModelList },
};

export const geminiCaller: CallerDialect = {
  name: "gemini",
  parseRequest: parseGeminiRequest,
  known: knownGeminiRequest,
  headMembers: [],
  // The dialect's streams always tell it.
  wantsUsage: () => true,
  writeAnswer: writeGeminiAnswer,
  streamEncoder: (context) => new GeminiStreamEncoder(context),
  writeError: writeGeminiError,
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
