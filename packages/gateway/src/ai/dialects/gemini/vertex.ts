/** Gemini as Vertex AI has it: the same but for embeddings, and without a list of models. */
import type { ProviderDialect } from "../../conversation/dialect.ts";
import type { EmbeddingCodec } from "../../conversation/embeddings.ts";
import { asNumber, asObject, asObjects, isList } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import { geminiProvider } from "./dialect.ts";
import { modelResource } from "./model-resource.ts";

/** https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
const vertexEmbeddings: EmbeddingCodec = {
  write: ({ inputs, dimensions }, model) => ({
    path: `/v1beta/${modelResource(model)}:predict`,
    body: { instances: inputs.map((content) => ({ content })), parameters: dimensions === undefined ? undefined : { outputDimensionality: dimensions } },
  }),
  parse(body) {
    const embeddings = asObjects(asObject(body)?.["predictions"]).map((prediction) => asObject(prediction["embeddings"]));
    if (embeddings.length === 0) return brokenAnswer("Vertex AI's answer has no embeddings", body);
    const counts = embeddings.map((embedding) => asNumber(asObject(embedding?.["statistics"])?.["token_count"]));
    return {
      vectors: embeddings.map((embedding) => (isList(embedding?.["values"]) ? embedding["values"].filter((value) => typeof value === "number") : [])),
      inputTokens: counts.some((count) => count === undefined) ? undefined : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    };
  },
};

export const vertexGeminiProvider: ProviderDialect = { ...geminiProvider, embeddings: vertexEmbeddings, modelList: null };
