/** Texts to vectors: what a caller asks for and a provider answers, free of any wire format. */
import type { JsonObject, JsonValue } from "./json.ts";
import type { ProviderError } from "./provider-error.ts";

export interface EmbeddingRequest {
  readonly inputs: readonly string[];
  /** How many numbers a vector is to have; the model's own choice where absent. */
  readonly dimensions?: number | undefined;
}

export interface EmbeddingAnswer {
  /** One for each input, in order. */
  readonly vectors: readonly (readonly number[])[];
  /** Where the provider says it. */
  readonly inputTokens?: number | undefined;
}

/** Towards a provider. */
export interface EmbeddingCodec {
  /** Relative to the provider's base URL. */
  write(request: EmbeddingRequest, model: string): { path: string; body: JsonObject };
  parse(body: JsonValue): EmbeddingAnswer | ProviderError;
}
