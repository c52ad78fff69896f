/**
 * Whose the objects are that providers keep: stored responses, conversations, files, batches. A provider knows one account,
 * the gateway's; only the ledger knows for which consumer an object was made, and at which of several providers it is.
 */

/** Ids of different kinds never meet. */
export type ObjectKind = "response" | "conversation" | "file" | "upload" | "batch" | "message-batch" | "anthropic-file" | "cached-content" | "gemini-file" | "gemini-upload" | "gemini-batch" | "vector-store";

export interface ObjectOwner {
  /** The provider's name in the configuration. */
  provider: string;
  /** Null where it was made on an open route. */
  consumer: string | null;
  /** The name of the provider's key that it was made with, which alone may see it; absent where the provider has no keys, or it is not known. */
  key?: string;
  /** Where at the provider an upload goes on: a path with its query. */
  place?: string;
  /** Of what is to be counted when it is over: what the gateway needs for that, in its own words. */
  bill?: string;
}

export interface ObjectOwnerOperations {
  /** The last word counts: an id that comes again is the new maker's. */
  keepOwner: { input: ObjectOwner & { kind: ObjectKind; id: string }; output: { kept: true } };
  /** One for each id, in order; null for what is not known. */
  findOwners: { input: { kind: ObjectKind; ids: string[] }; output: (ObjectOwner | null)[] };
  forgetOwner: { input: { kind: ObjectKind; id: string }; output: { forgotten: boolean } };
}
