/** Ollama's `POST /api/embed`, and `/api/embeddings` before it, for one text at a time. */
import { isList } from "../conversation/json.ts";
import type { JsonValue } from "../conversation/json.ts";
import { optionalInteger, requiredText, wrongType } from "../conversation/parameters.ts";
import type { EmbeddingForm } from "./embeddings.ts";

export const ollamaEmbed: EmbeddingForm = {
  members: new Set(["model", "input", "dimensions"]),
  parse: (body) => ({ inputs: textsOf(body["input"] ?? null), dimensions: optionalInteger(body, "dimensions") }),
  write: (call, { vectors, inputTokens }) => ({ model: call.model, embeddings: vectors, total_duration: 0, load_duration: 0, prompt_eval_count: inputTokens ?? 0 }),
};

export const ollamaOneEmbedding: EmbeddingForm = {
  members: new Set(["model", "prompt"]),
  parse: (body) => ({ inputs: [requiredText(body, "prompt")] }),
  write: (_call, { vectors }) => ({ embedding: vectors[0] ?? [] }),
};

function textsOf(input: JsonValue): readonly string[] {
  if (typeof input === "string") return [input];
  if (!isList(input) || input.length === 0) return wrongType(input, "input", "a string or a list of strings");
  return input.map((text, index) => (typeof text === "string" ? text : wrongType(text, `input[${index}]`, "a string")));
}
