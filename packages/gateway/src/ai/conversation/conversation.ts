/**
 * A request to a model, free of any provider's wire format. Each dialect's codec reads its own format into this and
 * writes this into its own format, so that N dialects need N codecs and not N². An absent member was not said by the
 * caller, and no codec makes one up (a required limit excepted, which is then said aloud).
 */
import type { AssistantPart, CacheBreakpoint, DialectName, TextPart, ToolResultPart, UserPart } from "./content.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { OwnMembers } from "./own-members.ts";

export interface Conversation {
  /** The model as the caller wrote it; the provider is asked for `ProviderTarget.model`. */
  readonly model: string;
  /** In order. System and developer messages may stand anywhere, and several of them. */
  readonly messages: readonly Message[];
  readonly stream: boolean;

  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice | undefined;
  /** False forbids several tool calls in one answer. */
  readonly parallelToolCalls?: boolean | undefined;
  readonly responseFormat?: ResponseFormat | undefined;

  readonly maxOutputTokens?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  /** How many answers are wanted. */
  readonly choiceCount?: number | undefined;
  readonly sampling: Sampling;
  readonly reasoning?: ReasoningSettings | undefined;
  /** Ask for the probabilities of tokens; `top` alternatives each. */
  readonly logprobs?: { readonly top?: number | undefined } | undefined;

  /** The caller's id for its end user. */
  readonly endUser?: string | undefined;
  readonly metadata?: JsonObject | undefined;
  readonly serviceTier?: string | undefined;

  /** Members that have no place above, as the caller wrote them. */
  readonly extensions: readonly Extension[];
  /** The dialect that the caller speaks. */
  readonly dialect: DialectName;
}

export interface Sampling {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly seed?: number | undefined;
  /** By token id. */
  readonly logitBias?: JsonObject | undefined;
}

export interface ReasoningSettings {
  /** none, minimal, low, medium, high, xhigh, max. */
  readonly effort?: string | undefined;
  /** At most so many tokens of reasoning; 0 is none at all. */
  readonly budgetTokens?: number | undefined;
  /** True to have the reasoning in the answer, false to have it left out. */
  readonly visible?: boolean | undefined;
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** Instructions. `developer` keeps apart what OpenAI's newer models do. */
export interface SystemMessage {
  readonly role: "system";
  readonly developer: boolean;
  readonly parts: readonly TextPart[];
  readonly name?: string | undefined;
}

export interface UserMessage {
  readonly role: "user";
  readonly parts: readonly UserPart[];
  readonly name?: string | undefined;
}

/** As the last message of a conversation it is the beginning of the answer, for the model to go on from. */
export interface AssistantMessage {
  readonly role: "assistant";
  readonly parts: readonly AssistantPart[];
  readonly name?: string | undefined;
  /** True where the dialect marks a last message as the answer's beginning. */
  readonly prefix?: boolean | undefined;
  readonly own?: OwnMembers | undefined;
}

/** Results of tools. Dialects that have no such role carry them in a user turn, before its other parts. */
export interface ToolMessage {
  readonly role: "tool";
  readonly parts: readonly ToolResultPart[];
}

export type Tool =
  | {
      readonly type: "function";
      readonly name: string;
      readonly description?: string | undefined;
      /** JSON Schema of the arguments, as the caller wrote it. */
      readonly parameters?: JsonObject | undefined;
      readonly strict?: boolean | undefined;
      readonly cache?: CacheBreakpoint | undefined;
      readonly own?: OwnMembers | undefined;
    }
  /** Takes free text instead of JSON. */
  | { readonly type: "custom"; readonly name: string; readonly description?: string | undefined; readonly format?: JsonObject | undefined }
  /** Runs at the provider (search, code, MCP); known to one dialect alone. */
  | { readonly type: "native"; readonly dialect: DialectName; readonly kind: string; readonly definition: JsonObject };

export type ToolChoice =
  | { readonly type: "auto" }
  | { readonly type: "none" }
  | { readonly type: "required" }
  | { readonly type: "tool"; readonly name: string }
  /** Only these of the tools. */
  | { readonly type: "allowed"; readonly names: readonly string[]; readonly required: boolean };

export type ResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json" }
  | {
      readonly type: "json-schema";
      readonly name?: string | undefined;
      readonly description?: string | undefined;
      readonly schema: JsonObject;
      readonly strict?: boolean | undefined;
    };

/**
 * A member of the caller's request that only its own dialect knows. Written word for word into the same dialect. Into
 * another one: refused where it changes the answer, dropped with a warning where it is a hint.
 */
export interface Extension {
  /** As the caller wrote it, such as web_search_options. */
  readonly name: string;
  readonly value: JsonValue;
  readonly effect: "answer" | "hint";
}

/** The name of the tool that was called with this id, for dialects whose results go by name. */
export function toolNameOf(messages: readonly Message[], callId: string): string | undefined {
  for (const message of messages) {
    if (message.role !== "assistant") continue;
    for (const part of message.parts) if (part.type === "tool-call" && part.id === callId) return part.name;
  }
  return undefined;
}
