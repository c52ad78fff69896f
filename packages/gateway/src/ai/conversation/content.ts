/**
 * What messages and answers are made of. Every part is a tagged union member; bytes that a provider signs, encrypts or
 * wants back exactly (signatures, redacted reasoning, arguments of tool calls) are kept as the strings that they came as.
 */
import type { Dialect as DialectName } from "@parley/contract/ai/provider-catalogue";
import type { JsonObject } from "./json.ts";
import type { OwnMembers } from "./own-members.ts";

export type { DialectName };

export interface TextPart {
  readonly type: "text";
  readonly text: string;
  readonly citations?: readonly Citation[] | undefined;
  readonly cache?: CacheBreakpoint | undefined;
  readonly signature?: Signature | undefined;
  readonly own?: OwnMembers | undefined;
}

export interface ImagePart {
  readonly type: "image";
  readonly source: MediaSource;
  /** How closely the model should look: low, high, auto, … */
  readonly detail?: string | undefined;
  readonly cache?: CacheBreakpoint | undefined;
  /** Of one that a model drew: it goes on from it where this comes back. */
  readonly signature?: Signature | undefined;
  readonly own?: OwnMembers | undefined;
}

/** A PDF, a text file or any other file to be read. */
export interface DocumentPart {
  readonly type: "document";
  /** `pieces`: the same text, in the parts that are cited one by one. */
  readonly source: MediaSource | { readonly type: "text"; readonly text: string; readonly pieces?: readonly string[] | undefined };
  /** A file's name or a document's title. */
  readonly title?: string | undefined;
  /** Said about the document, not part of it. */
  readonly context?: string | undefined;
  readonly citable?: boolean | undefined;
  /** Where the caller's own search found it: it is then a result of that. */
  readonly foundAt?: string | undefined;
  readonly cache?: CacheBreakpoint | undefined;
  readonly own?: OwnMembers | undefined;
}

export interface AudioPart {
  readonly type: "audio";
  readonly source: MediaSource;
  /** What is said in it, where the model tells. */
  readonly transcript?: string | undefined;
  /** The provider's name of it, by which a later turn may refer to it until `expiresAt` (Unix seconds). */
  readonly id?: string | undefined;
  readonly expiresAt?: number | undefined;
  readonly own?: OwnMembers | undefined;
}

export interface VideoPart {
  readonly type: "video";
  readonly source: MediaSource;
  readonly own?: OwnMembers | undefined;
}

export type MediaSource =
  | { readonly type: "url"; readonly url: string; readonly mediaType?: string | undefined }
  /** `data` is base64 without a prefix. */
  | { readonly type: "base64"; readonly mediaType: string; readonly data: string }
  /** A file that was uploaded to the provider before. */
  | { readonly type: "file"; readonly fileId: string; readonly mediaType?: string | undefined };

/** The model asks for a tool to be run. */
export interface ToolCallPart {
  readonly type: "tool-call";
  readonly id: string;
  readonly name: string;
  /** The arguments as JSON text, as they came; not parsed and written again on the way. Empty means none. */
  readonly arguments: string;
  /** True for a tool that takes free text: `arguments` is then that text. */
  readonly custom?: boolean | undefined;
  /** The group of tools that it is called from, where the caller's dialect has such groups. */
  readonly namespace?: string | undefined;
  readonly cache?: CacheBreakpoint | undefined;
  readonly signature?: Signature | undefined;
  readonly own?: OwnMembers | undefined;
}

/** What running the tool gave. */
export interface ToolResultPart {
  readonly type: "tool-result";
  readonly callId: string;
  /** The tool's name where the dialect says it; else find it with `toolNameOf`. */
  readonly name?: string | undefined;
  readonly content: readonly (TextPart | ImagePart | DocumentPart | NativePart)[];
  readonly isError?: boolean | undefined;
  readonly cache?: CacheBreakpoint | undefined;
  readonly own?: OwnMembers | undefined;
}

/** The model's reasoning. With `redacted` there is no text, only bytes to be given back exactly. */
export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
  readonly signature?: Signature | undefined;
  /** Encrypted reasoning, as it came. */
  readonly redacted?: Signature | undefined;
}

/** The model declines, in words. */
export interface RefusalPart {
  readonly type: "refusal";
  readonly text: string;
}

/** A part that one dialect alone knows (server tools and their results, say), word for word. */
export interface NativePart {
  readonly type: "native";
  readonly dialect: DialectName;
  /** The dialect's own name of it, such as server_tool_use. */
  readonly kind: string;
  readonly value: JsonObject;
}

/** Opaque bytes as text, and whose they are: another dialect's are of no use to a provider and stripped on purpose. */
export interface Signature {
  readonly dialect: DialectName;
  readonly value: string;
}

/** Everything up to and with this part should be cached by the provider. */
export interface CacheBreakpoint {
  readonly ttl?: "5m" | "1h" | undefined;
}

/** Where a statement comes from; `raw` is the dialect's own form of it. */
export interface Citation {
  readonly url?: string | undefined;
  readonly title?: string | undefined;
  readonly citedText?: string | undefined;
  /** Positions in the text of the part, in characters. */
  readonly startIndex?: number | undefined;
  readonly endIndex?: number | undefined;
  readonly dialect: DialectName;
  readonly raw: JsonObject;
}

export type UserPart = TextPart | ImagePart | DocumentPart | AudioPart | VideoPart | NativePart;
/** What a model produces, in the order in which it did. */
export type AssistantPart = TextPart | ReasoningPart | ToolCallPart | RefusalPart | ImagePart | AudioPart | NativePart;
