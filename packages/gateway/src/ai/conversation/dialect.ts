/**
 * What a codec of a wire format is. It has two sides, and a dialect may have either or both: towards a caller who speaks
 * it, and towards a provider who speaks it. Codecs are pure: no sockets, no clock, no randomness but what is passed in.
 */
import type { Answer } from "./answer.ts";
import type { DialectName } from "./content.ts";
import type { Conversation } from "./conversation.ts";
import type { EmbeddingCodec } from "./embeddings.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Known } from "./known-members.ts";
import type { PassThrough } from "./pass-through.ts";
import type { ProviderError } from "./provider-error.ts";
import type { StreamEvent } from "./stream-event.ts";
import type { TranslationNotes } from "./translation-notes.ts";

export type Framing = "sse" | "ndjson" | "aws-event-stream";

/** Towards a provider. */
export interface ProviderDialect {
  readonly name: DialectName;
  /** How the provider frames a stream. */
  readonly framing: Framing;
  /** Images and files are sent as bytes; a URL of the web means nothing to it. */
  readonly needsBytes?: true;
  /** Tools may take free text instead of JSON. */
  readonly takesFreeTextTools?: true;
  writeRequest(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): ProviderRequest;
  /** Reads an answer of status 2xx. Garbage, or an error inside it, is a `ProviderError`. */
  parseAnswer(body: JsonValue, context: DecodingContext): Answer | ProviderError;
  streamDecoder(context: DecodingContext): StreamDecoder;
  /** Which members of a whole answer are read; a stream's decoder knows those of its events. */
  readonly known: Known;
  /** Reads an answer of another status; `body` is the text itself where it is not JSON. Never throws. */
  parseError(status: number, body: JsonValue): ProviderError;
  /** The member in which an error's body tells it as a text; absent where errors are objects in `error`. */
  readonly errorText?: "error" | "message";
  /** The dialect's clients know an error by its type, so that one without is not the dialect's. */
  readonly typesErrors?: true;
  /** The same provider's API for a model in the words of its maker, for callers who speak these; null where it has none. What this dialect would lose goes there. */
  makersApi?(caller: DialectName, model: string): ProviderDialect | null;
  /** Whose the header fields and errors are, where another dialect carries this one. */
  readonly carrier?: DialectName;
  /** Where the provider lists its models, relative to the base URL; null where it has no such list. */
  readonly modelList: {
    readonly path: string;
    /** Name, value, …: what the dialect demands of every request. */
    readonly headers?: readonly string[];
    parse(body: JsonValue): readonly string[];
  } | null;
  /** How bytes go through where the caller speaks this dialect too; absent where they are always translated. */
  readonly passThrough?: PassThrough;
  /** How the provider embeds texts; absent where it does not, or does as OpenAI. */
  readonly embeddings?: EmbeddingCodec;
}

/** Towards a caller. */
export interface CallerDialect {
  readonly name: DialectName;
  /** How a stream is framed; server-sent events where absent. */
  readonly framing?: CallerFraming;
  /** A request that does not say is for a stream. */
  readonly streamsByDefault?: true;
  /** Tells apart what speaks one dialect in several forms: the same body may mean another thing in each. */
  readonly form?: string;
  /** How bytes go to providers of a dialect that has this call in the caller's own form; else they go as the caller's dialect has it. */
  readonly passes?: { readonly dialect: DialectName; readonly by: PassThrough };
  /** Throws a `RefusalError` that names the parameter. */
  parseRequest(body: JsonObject): Conversation;
  /** Which members of a request it reads, or looks after. */
  readonly known: Known;
  /** Whether the caller of a stream wants to be told the usage; `head` has the members in `headMembers`. */
  wantsUsage(head: JsonObject): boolean;
  /** How many answers the caller asks for; absent where its requests do not say it in `headMembers`. */
  choicesAsked?(head: JsonObject): number;
  readonly headMembers: readonly string[];
  writeAnswer(answer: Answer, context: EncodingContext): JsonObject;
  streamEncoder(context: EncodingContext): StreamEncoder;
  /** The body of an error answer. */
  writeError(error: CallerError): JsonObject;
}

export interface CallerFraming {
  readonly contentType: string;
  write(frame: Frame): Buffer;
}

/** What the provider is asked for. */
export interface ProviderTarget {
  /** The provider's own name of the model. */
  readonly model: string;
  readonly stream: boolean;
  /** In which member the provider takes back what its model has thought; absent where it refuses it. */
  readonly takesReasoning?: "reasoning_content" | "reasoning_details" | undefined;
  /** What is new at Anthropic and the caller asks for by name. */
  readonly betas?: readonly string[];
  /** The most tokens that the model can put out, where it is known. */
  readonly maxOutputTokens?: number | undefined;
}

export interface ProviderRequest {
  /** Relative to the provider's base URL, with its query: /messages, /v1beta/models/x:generateContent, … */
  readonly path: string;
  /** Name, value, name, value, …; credentials and Content-Type are added by whoever sends it. */
  readonly headers: readonly string[];
  readonly body: JsonObject;
}

export interface DecodingContext {
  /** How many answers were asked for; 1 where absent. */
  readonly choiceCount?: number | undefined;
  /** An id for something that the provider left without one: the prefix and some 24 random letters and digits. */
  makeId(prefix: string): string;
  /** Called with the path of a member of the provider's answer that nobody reads; absent where nobody wants to know. */
  readonly unknown?: ((path: string) => void) | undefined;
}

/** For whoever only counts: ids matter to nobody. */
export const withoutIds: DecodingContext = { makeId: (prefix) => prefix };

export interface EncodingContext {
  /** The model's name as the caller asked for it. */
  readonly model: string;
  /** Stands in where the provider gave no id. */
  readonly callId: string;
  /** Unix seconds; stands in where the provider gave no time. */
  readonly nowSeconds: number;
  /** Whether the caller asked for usage in its stream. */
  readonly includeUsage: boolean;
  /** The caller's client refuses a piece of a call that does not name the tool anew. */
  readonly namesEveryPiece?: boolean;
  /** What the caller sent, for dialects that echo it. */
  readonly request?: JsonObject;
}

/** One unit of a stream's framing: an SSE event, an NDJSON line (its event is empty), an AWS event-stream message. */
export interface Frame {
  /** The SSE event's type; empty where it has none. */
  readonly event: string;
  readonly data: string;
}

/** Turns frames into events; owns the state of one stream. */
export interface StreamDecoder {
  /** Garbage is an `error` event. Nothing is given after `end` or `error`. */
  step(frame: Frame): readonly StreamEvent[];
  /** The bytes are over: the rest of the events, `end` where this dialect takes it for a clean one. Without it the stream was cut. */
  finish(): readonly StreamEvent[];
}

/** Turns events into the caller's frames; owns the state of one stream. */
export interface StreamEncoder {
  step(event: StreamEvent): readonly Frame[];
  /** The frames that tell the caller of an error and close the stream in its dialect, never as a clean end. */
  fail(error: CallerError): readonly Frame[];
}

/** An error on its way to a caller: the gateway's own, or a provider's as relayed. */
export interface CallerError {
  readonly status: number;
  readonly message: string;
  /** The problem code. */
  readonly code: string;
  readonly fix?: string | undefined;
  readonly param?: string | undefined;
  /** The provider's error, when it is one; its own type and code are kept where the dialects are the same. */
  readonly provider?: ProviderError | undefined;
  /** The provider's dialect, when it is one. */
  readonly providerDialect?: DialectName | undefined;
  readonly callId?: string | undefined;
  /** Further members of the error, such as why two calls are in conflict. */
  readonly members?: JsonObject | undefined;
}
