/** Mistral's embeddings, OpenAI's but for the name of the dimensions. https://docs.mistral.ai/api/#tag/embeddings */
import type { EmbeddingCodec } from "../../conversation/embeddings.ts";
import { asCount, asNumber, asObject, asObjects, isList } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";

export const mistralEmbeddings: EmbeddingCodec = {
  write: ({ inputs, dimensions }, model) => ({ path: "/embeddings", body: { model, input: inputs, output_dimension: dimensions } }),
  parse(body) {
    const data = asObjects(asObject(body)?.["data"]);
    if (data.length === 0) return brokenAnswer("the provider's answer has no embeddings", body);
    const sorted = data.toSorted((one, other) => (asNumber(one["index"]) ?? 0) - (asNumber(other["index"]) ?? 0));
    const vectors = sorted.map(({ embedding }) => (isList(embedding) ? embedding.filter((value) => typeof value === "number") : []));
    return { vectors, inputTokens: asCount(asObject(asObject(body)?.["usage"])?.["prompt_tokens"]) };
  },
};
