/** Ollama's embed. https://github.com/ollama/ollama/blob/main/docs/api.md#generate-embeddings */
import type { EmbeddingCodec } from "../../conversation/embeddings.ts";
import { asCount, asObject, isList } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";

export const ollamaEmbeddings: EmbeddingCodec = {
  write: ({ inputs, dimensions }, model) => ({ path: "/api/embed", body: { model, input: inputs, dimensions } }),
  parse(body) {
    const embeddings = asObject(body)?.["embeddings"];
    if (embeddings === undefined || !isList(embeddings)) return brokenAnswer("Ollama's answer has no embeddings", body);
    const vectors = embeddings.map((vector) => (isList(vector) ? vector.filter((value) => typeof value === "number") : []));
    return { vectors, inputTokens: asCount(asObject(body)?.["prompt_eval_count"]) };
  },
};
