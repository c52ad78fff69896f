/** A model's whole answer, free of any wire format. Values that were normalised keep what the provider really said in `raw`. */
import type { AssistantPart } from "./content.ts";
import type { JsonValue } from "./json.ts";

export interface Answer {
  /** The provider's id of the answer, where it gives one. */
  readonly id?: string | undefined;
  /** The model as the provider names it. */
  readonly model?: string | undefined;
  /** Unix seconds, where the provider says it. */
  readonly createdAt?: number | undefined;
  /** One per answer that was asked for, in order of their index. */
  readonly choices: readonly Choice[];
  readonly usage?: Usage | undefined;
  readonly serviceTier?: string | undefined;
  /** Identifies the configuration of the provider's servers. */
  readonly systemFingerprint?: string | undefined;
}

export interface Choice {
  readonly parts: readonly AssistantPart[];
  readonly finish: FinishReason;
  /** In OpenAI's form: {content: [{token, logprob, bytes, top_logprobs}], refusal}. */
  readonly logprobs?: JsonValue | undefined;
}

export interface FinishReason {
  readonly unified: "stop" | "stop-sequence" | "length" | "tool-calls" | "content-filter" | "refusal" | "pause" | "error" | "unknown";
  /** The provider's own word; empty where it gave none. */
  readonly raw: string;
  /** Which of the stop sequences it was. */
  readonly stopSequence?: string | undefined;
}

/**
 * Token counts as the provider bills them. `inputTokens` counts all input, cached included; `outputTokens` counts all
 * output, reasoning included. The others are parts of these two and never added to them. Absent is "not said", not zero.
 */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The provider's own total where it is not the sum of the two. */
  readonly totalTokens?: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  /** All tokens written to the cache, whatever their time to live. */
  readonly cacheWriteTokens?: number | undefined;
  readonly cacheWrite5mTokens?: number | undefined;
  readonly cacheWrite1hTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  /** Of those read from the cache. */
  readonly cacheReadAudioTokens?: number | undefined;
  readonly audioInputTokens?: number | undefined;
  readonly audioOutputTokens?: number | undefined;
  /** Of sound that is billed by its duration and not by its tokens. */
  readonly audioSeconds?: number | undefined;
  readonly imageInputTokens?: number | undefined;
  readonly imageOutputTokens?: number | undefined;
  readonly acceptedPredictionTokens?: number | undefined;
  readonly rejectedPredictionTokens?: number | undefined;
  /** Calls of tools that ran at the provider. */
  readonly webSearchRequests?: number | undefined;
  /** In which service tier the answer was given, in the provider's word: its prices hold. */
  readonly serviceTier?: string | undefined;
}
