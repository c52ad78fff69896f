/**
 * An answer while it is made: the one protocol between all stream decoders and all stream encoders. An answer is a row of
 * blocks (text, reasoning, tool call, …). Order: `start`, then blocks and usage, `finish` for each choice, `end`.
 *
 * Promises of a decoder: a block's start comes before its deltas and its end after them; block numbers count from 0 in each
 * choice in the order of their starts; blocks may overlap only where the provider interleaves them; nothing follows `end`
 * or `error`; a stream without `end` was cut.
 */
import type { Citation, Signature, AssistantPart } from "./content.ts";
import type { FinishReason, Usage } from "./answer.ts";
import type { JsonValue } from "./json.ts";
import type { OwnMembers } from "./own-members.ts";
import type { ProviderError } from "./provider-error.ts";

export type StreamEvent =
  | {
      readonly type: "start";
      readonly id?: string | undefined;
      readonly model?: string | undefined;
      /** Unix seconds. */
      readonly createdAt?: number | undefined;
      readonly serviceTier?: string | undefined;
      readonly systemFingerprint?: string | undefined;
    }
  | { readonly type: "block-start"; readonly choice: number; readonly block: number; readonly content: BlockContent }
  /** Text of a text, reasoning or refusal block. */
  | { readonly type: "text-delta"; readonly choice: number; readonly block: number; readonly text: string }
  /** A piece of a tool call's arguments, as JSON text. A provider that sends whole calls yields one piece. */
  | { readonly type: "arguments-delta"; readonly choice: number; readonly block: number; readonly json: string }
  | { readonly type: "signature"; readonly choice: number; readonly block: number; readonly signature: Signature }
  | { readonly type: "citation"; readonly choice: number; readonly block: number; readonly citation: Citation }
  | { readonly type: "block-end"; readonly choice: number; readonly block: number }
  /** A part that comes whole: an image, audio, encrypted reasoning, a native part. It is a block of its own. */
  | { readonly type: "part"; readonly choice: number; readonly block: number; readonly part: AssistantPart }
  /** In OpenAI's form, for the deltas since the last one. */
  | { readonly type: "logprobs"; readonly choice: number; readonly logprobs: JsonValue }
  /** The whole usage as far as it is known; replaces every one before it. */
  | { readonly type: "usage"; readonly usage: Usage }
  | { readonly type: "finish"; readonly choice: number; readonly reason: FinishReason }
  /** The provider lives and has nothing to say yet. */
  | { readonly type: "keep-alive" }
  | { readonly type: "error"; readonly error: ProviderError }
  /** The provider said that the answer is complete. */
  | { readonly type: "end" };

export type BlockContent =
  | { readonly type: "text" }
  | { readonly type: "reasoning" }
  | { readonly type: "refusal" }
  | { readonly type: "tool-call"; readonly id: string; readonly name: string; readonly custom?: boolean | undefined; readonly namespace?: string | undefined; readonly signature?: Signature | undefined; readonly own?: OwnMembers | undefined };

/** True for what the caller would see: after the first of these there is no failing over to another model. */
export function isContent(event: StreamEvent): boolean {
  switch (event.type) {
    case "start":
    case "usage":
    case "keep-alive":
    case "error":
    case "end":
      return false;
    case "block-start":
      return event.content.type === "tool-call";
    case "block-end":
      return false;
    case "text-delta":
      return event.text !== "";
    case "arguments-delta":
    case "signature":
    case "citation":
    case "part":
    case "logprobs":
    case "finish":
      return true;
  }
}
