/** batchEmbedContents. It tells no token counts. https://ai.google.dev/api/embeddings */
import type { EmbeddingCodec } from "../../conversation/embeddings.ts";
import { asObject, asObjects, isList } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import { modelResource } from "./model-resource.ts";

export const geminiEmbeddings: EmbeddingCodec = {
  write({ inputs, dimensions }, model) {
    const resource = modelResource(model);
    const requests = inputs.map((text) => ({ model: resource, content: { parts: [{ text }] }, outputDimensionality: dimensions }));
    return { path: `/v1beta/${resource}:batchEmbedContents`, body: { requests } };
  },
  parse(body) {
    const embeddings = asObjects(asObject(body)?.["embeddings"]);
    if (embeddings.length === 0) return brokenAnswer("Gemini's answer has no embeddings", body);
    return { vectors: embeddings.map(({ values }) => (isList(values) ? values.filter((value) => typeof value === "number") : [])) };
  },
};
