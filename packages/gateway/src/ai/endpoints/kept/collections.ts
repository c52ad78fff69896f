/**
 * Collections of objects that providers keep for whoever made them: files, batches, conversations, vector stores. This folder takes calls
 * to the provider that has the object, and hides whose it is: what another consumer made does not exist. It may import the
 * calls, the dialects and the models; how a collection differs from the others is data in this file.
 */
import type { Capability } from "@parley/contract/ai/provider-catalogue";
import type { ObjectKind } from "@parley/stores/ports/object-owners";
import type { CallerDialect } from "../../conversation/dialect.ts";
import type { PassThrough } from "../../conversation/pass-through.ts";
import { anthropicMessagesCaller } from "../../dialects/anthropic-messages/dialect.ts";
import { anthropicMessagesPassThrough } from "../../dialects/anthropic-messages/pass-through.ts";
import { geminiCaller } from "../../dialects/gemini/dialect.ts";
import { openAiChatCaller } from "../../dialects/openai-chat/dialect.ts";
import { openAiResponsesCaller } from "../../dialects/openai-responses/dialect.ts";
import { openAiResponsesPassThrough } from "../../dialects/openai-responses/pass-through.ts";

export interface Collection {
  readonly kind: ObjectKind;
  /** What its provider has to have. */
  readonly capability: Capability;
  /** What one is called in a refusal. */
  readonly title: string;
  /** Below the mount. */
  readonly root: string;
  /** Relative to the provider's base URL. */
  readonly providerRoot: string;
  readonly caller: CallerDialect;
  readonly fields: Pick<PassThrough, "requestFields" | "requiredFields">;
  /** Of the collection itself. */
  readonly methods: readonly string[];
  /** Of what is below one object's path: the rest of the path, and its methods. */
  readonly below: readonly { readonly tail: RegExp; readonly methods: readonly string[] }[];
  /** The parameter that asks for the page behind an id. */
  readonly pageAfter: "after" | "after_id" | "pageToken";
  /** Google writes objects and lists in its own way. */
  readonly google?: { readonly list: string; readonly hasModel?: true };
  /** Members of an object that name objects of other collections, which are then the same consumer's. */
  readonly names: Readonly<Record<string, ObjectKind>>;
  /** A member of the request that names the object whose provider is to be asked. */
  readonly follows?: { readonly member: string; readonly kind: ObjectKind };
  /** What is posted to it, and below its objects, models read later. */
  readonly isReadLater?: true;
  /** Requests inside of the body name models. */
  readonly hasModels?: true;
}

/** What is sent to the collection is for a model to read, now or later. */
export function isReadByModels({ isReadLater, hasModels, follows, google }: Collection): boolean {
  return isReadLater === true || hasModels === true || follows !== undefined || google?.hasModel === true;
}

const own = /^$/;
const content = { tail: /^\/content$/, methods: ["GET"] };
const cancel = { tail: /^\/cancel$/, methods: ["POST"] };
const openAi = { caller: openAiChatCaller, fields: openAiResponsesPassThrough, pageAfter: "after" } as const;
const anthropic = { caller: anthropicMessagesCaller, fields: anthropicMessagesPassThrough, pageAfter: "after_id" } as const;

export const anthropicFiles: Collection = {
  ...anthropic, kind: "anthropic-file", capability: "files", title: "file", root: "/v1/files", providerRoot: "/v1/files", methods: ["GET", "POST"],
  below: [{ tail: own, methods: ["GET", "DELETE"] }, content], names: {},
};

export const openAiFiles: Collection = {
  ...openAi, kind: "file", capability: "files", title: "file", root: "/v1/files", providerRoot: "/files", methods: ["GET", "POST"],
  below: [{ tail: own, methods: ["GET", "DELETE"] }, content], names: {},
};

/** They are made below another path: google-upload.ts. */
export const geminiFiles: Collection = {
  caller: geminiCaller, fields: { requestFields: new Set(), requiredFields: [] }, pageAfter: "pageToken", kind: "gemini-file", capability: "files", title: "file",
  root: "/v1beta/files", providerRoot: "/v1beta/files", methods: ["GET"], below: [{ tail: own, methods: ["GET", "DELETE"] }, { tail: /^:download$/, methods: ["GET"] }], names: {}, google: { list: "files" },
};

export const openAiBatches: Collection = {
  ...openAi, kind: "batch", capability: "batches", title: "batch", root: "/v1/batches", providerRoot: "/batches", methods: ["GET", "POST"],
  below: [{ tail: own, methods: ["GET"] }, cancel], names: { output_file_id: "file", error_file_id: "file" }, follows: { member: "input_file_id", kind: "file" },
};

/** They are made below their model: google-batch.ts. */
export const geminiBatches: Collection = {
  ...geminiFiles, kind: "gemini-batch", capability: "batches", title: "batch", root: "/v1beta/batches", providerRoot: "/v1beta/batches",
  below: [{ tail: own, methods: ["GET", "DELETE"] }, { tail: /^:cancel$/, methods: ["POST"] }], google: { list: "operations" },
};

/** Below one path, for callers of one dialect each; the first is everybody's who does not say. */
export const shared: readonly (readonly [Collection, ...Collection[]])[] = [[openAiFiles, anthropicFiles, geminiFiles], [openAiBatches, geminiBatches]];

/** Those that have a path for themselves. */
export const collections: readonly Collection[] = [
  geminiFiles,
  geminiBatches,
  {
    ...geminiFiles, kind: "cached-content", title: "cached content", root: "/v1beta/cachedContents", providerRoot: "/v1beta/cachedContents", methods: ["GET", "POST"],
    below: [{ tail: own, methods: ["GET", "PATCH", "DELETE"] }], google: { list: "cachedContents", hasModel: true },
  },
  {
    ...openAi, kind: "upload", capability: "files", title: "upload", root: "/v1/uploads", providerRoot: "/uploads", methods: ["POST"],
    below: [{ tail: /^\/(?:parts|complete|cancel)$/, methods: ["POST"] }], names: { file: "file" },
  },
  {
    ...openAi, caller: openAiResponsesCaller, kind: "conversation", capability: "responses", title: "conversation", root: "/v1/conversations", providerRoot: "/conversations", methods: ["POST"],
    below: [{ tail: own, methods: ["GET", "POST", "DELETE"] }, { tail: /^\/items$/, methods: ["GET", "POST"] }, { tail: /^\/items\/[\w-]{1,256}$/, methods: ["GET", "DELETE"] }], names: {}, isReadLater: true,
  },
  {
    ...openAi, caller: openAiResponsesCaller, kind: "vector-store", capability: "files", title: "vector store", root: "/v1/vector_stores", providerRoot: "/vector_stores", methods: ["GET", "POST"],
    below: [
      { tail: own, methods: ["GET", "POST", "DELETE"] }, { tail: /^\/search$/, methods: ["POST"] },
      { tail: /^\/files$/, methods: ["GET", "POST"] }, { tail: /^\/files\/[\w-]{1,256}$/, methods: ["GET", "POST", "DELETE"] }, { tail: /^\/files\/[\w-]{1,256}\/content$/, methods: ["GET"] },
      { tail: /^\/file_batches$/, methods: ["POST"] }, { tail: /^\/file_batches\/[\w-]{1,256}(?:\/files)?$/, methods: ["GET"] }, { tail: /^\/file_batches\/[\w-]{1,256}\/cancel$/, methods: ["POST"] },
    ],
    names: {}, isReadLater: true,
  },
  {
    ...anthropic, kind: "message-batch", capability: "batches", title: "batch", root: "/v1/messages/batches", providerRoot: "/v1/messages/batches", methods: ["GET", "POST"],
    below: [{ tail: own, methods: ["GET", "DELETE"] }, cancel, { tail: /^\/results$/, methods: ["GET"] }], names: {}, hasModels: true,
  },
];
