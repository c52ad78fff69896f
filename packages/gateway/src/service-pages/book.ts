/** What a thread makes of a document, each part compressed by itself: what is not asked for costs its compressed bytes alone. */
import type { Placing, ReferenceIndex } from "@parley/openapi/reference";

/** A document on disk, and where on the gateway it is. */
export interface BookSource {
  file: string;
  placing: Placing;
}

export type BookOrder = { kind: "book"; source: BookSource } | { kind: "changes"; from: BookSource; to: BookSource };

export interface Book {
  index: ReferenceIndex;
  /** Blocks as JSON, beside `index.pages`. */
  pages: readonly Uint8Array[];
  /** What stands behind `openapi` and `servers`, without the brace before it. */
  json: Uint8Array;
  yaml: Uint8Array;
  openapi: string;
  serverPath: string;
}

/** Blocks as JSON. */
export interface ChangesText {
  blocks: Uint8Array;
}

export type BookAnswer = { book: Book } | { changes: ChangesText } | { failure: string };
