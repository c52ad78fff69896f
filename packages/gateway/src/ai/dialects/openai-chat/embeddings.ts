/** OpenAI's embeddings, for callers of other APIs. https://platform.openai.com/docs/api-reference/embeddings */
import type { EmbeddingCodec } from "../../conversation/embeddings.ts";
import { mistralEmbeddings } from "../mistral-chat/embeddings.ts";

export const openAiEmbeddings: EmbeddingCodec = {
  write: ({ inputs, dimensions }, model) => ({ path: "/embeddings", body: { model, input: inputs, dimensions, encoding_format: "float" } }),
  // Mistral's answer is OpenAI's.
  parse: (body) => mistralEmbeddings.parse(body),
};
