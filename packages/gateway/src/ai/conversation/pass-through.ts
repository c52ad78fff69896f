/**
 * What a dialect does where the caller and the provider both speak it: bytes go through as they came, but for the model's
 * name and what the gateway has to ask for itself. Usage and finish reason are read in passing.
 */
import type { FinishReason, Usage } from "./answer.ts";
import type { CallerError } from "./dialect.ts";
import type { JsonObject } from "./json.ts";
import type { TopLevel } from "../raw-json/top-level-members.ts";
import type { ProviderError } from "./provider-error.ts";
import type { TranslationNotes } from "./translation-notes.ts";

export interface PassThrough {
  /** Where requests go, relative to the provider's base URL. */
  path(change: RequestChange): string;
  /** Fields of the caller, in lower case, that mean something to a provider of the dialect. */
  readonly requestFields: ReadonlySet<string>;
  /** Name, value, …: what is sent where the caller did not. */
  readonly requiredFields: readonly string[];
  /** A body of which no string, be it a name, begins with one of them may pass to providers of every kind. */
  readonly foreignWords: readonly string[];
  /** False for a body with members that a provider of this kind refuses, so that it has to be written anew without them. */
  mayPass(body: Buffer, kind: string): boolean;
  /** Members that `rewriteRequest` wants to know. */
  readonly headMembers: readonly string[];
  /** The request with what has to change, a large one in pieces. `head` has at least those of `headMembers` that the body has. */
  rewriteRequest(body: Buffer, head: JsonObject, change: RequestChange): Buffer | readonly Buffer[];
  /** A whole answer of status 2xx; `rename` is what the model is called towards the caller, null to leave it. `fields` of the provider are those that reach the caller. */
  readAnswer(body: Buffer, rename: string | null, fields?: readonly string[]): PassedAnswer | ProviderError;
  /** True for a whole answer that is in the provider's usual words all the same, as of a stand-in that has no others; absent where there are none. */
  isOther?(body: Buffer): boolean;
  stream(options: PassThroughOptions): PassThroughStream;
  /** The Content-Type of its streams; server-sent events where absent. */
  readonly streamType?: string;
}

export interface PassThroughOptions {
  /** What the model is called towards the caller, null to leave it. */
  readonly rename: string | null;
  readonly includeUsage: boolean;
  /** The request, as far as it was read; absent where there is none. */
  readonly head?: JsonObject;
  /** The same stream read in the provider's usual words, where it turns out to be in these. */
  readonly translated?: () => PassThroughStream;
  /** Called with the provider's id of an answer that it keeps, as soon as it is known. */
  readonly onAnswerId?: (id: string) => void;
  /** Called where the provider says of an answer that it keeps that it has failed. */
  readonly onAnswerFailed?: () => void;
}

export interface RequestChange {
  /** The provider's name of the model. */
  readonly model: string;
  readonly stream: boolean;
  /** Where members of the caller's head are in the body, one of each, with those of `headMembers` that it has; absent or null where that is not known. */
  readonly found?: TopLevel | null;
  /** The caller's header fields: name, value, …. */
  readonly rawHeaders?: readonly string[];
  /** Of what does not go on. */
  readonly notes?: TranslationNotes;
}

export interface PassedAnswer {
  readonly body: Buffer;
  readonly usage: Usage | undefined;
  readonly finish: FinishReason | undefined;
  /** The provider's id of an answer that it keeps. */
  readonly answerId?: string | undefined;
  /** The provider goes on with it. */
  readonly goesOn?: boolean;
}

/** One stream on its way through. */
export interface PassThroughStream {
  /** The bytes to send on now; empty where an event is not complete yet. */
  push(chunk: Buffer): Buffer;
  /** The bytes are over: what is left to send. Afterwards `ended` tells whether the end was a clean one. */
  finish(): Buffer;
  /** Something that the caller would see has been given. */
  readonly hasContent: boolean;
  readonly ended: boolean;
  /** The provider reported an error inside of the stream, or sent garbage; nothing after it is given. */
  readonly error: ProviderError | null;
  readonly usage: Usage | undefined;
  readonly finishReason: FinishReason | undefined;
  /** How many characters the model has said, where the framing does not show it. */
  readonly saidLength?: number;
  /** What the caller's dialect could not say of the answer; absent where the bytes pass. */
  readonly notes?: TranslationNotes | undefined;
  /** False for what is billed for nothing, as it was before; absent for all else. */
  readonly isCounted?: false;
  /** How this stream tells the caller of an error, where it matters what was sent before it. */
  readonly fail?: ((error: CallerError) => Buffer) | undefined;
}
