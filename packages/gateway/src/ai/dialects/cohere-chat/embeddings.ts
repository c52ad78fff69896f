/** Cohere's v2 embed. It wants to know what the vectors are for; what is stored and searched in is what most ask for. */
import type { EmbeddingCodec } from "../../conversation/embeddings.ts";
import { asCount, asObject, isList } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";

export const cohereEmbeddings: EmbeddingCodec = {
  write: ({ inputs, dimensions }, model) => ({
    path: "/v2/embed", body: { model, texts: inputs, input_type: "search_document", embedding_types: ["float"], output_dimension: dimensions },
  }),
  parse(body) {
    const vectors = asObject(asObject(body)?.["embeddings"])?.["float"];
    if (!isList(vectors)) return brokenAnswer("Cohere's answer has no embeddings", body);
    const billed = asObject(asObject(asObject(body)?.["meta"])?.["billed_units"]);
    return {
      vectors: vectors.map((vector) => (isList(vector) ? vector.filter((value) => typeof value === "number") : [])),
      inputTokens: asCount(billed?.["input_tokens"]) ?? asCount(billed?.["image_tokens"]),
    };
  },
};
