/** What is found of a document: whether it can be read, and what changed against another. Pure, and long for long documents: see the reader. */
import { compareDocuments, documentOf, type ApiDocument, type Difference } from "@parley/openapi";
import { readDocument, type DocumentMistake, type DocumentReading } from "@parley/openapi/reading";
import type { SnapshotDocument } from "@parley/contract/snapshot";
import type { Json } from "@parley/stores/ports/config-store";

/** As it was given, or as gateways have it (JSON). */
export type HeldDocument = { text: string } | { published: string };

export interface ExaminationOrder {
  text: string;
  /** What it is compared with, where that can be read. */
  before: HeldDocument | null;
}

export interface Examination {
  isReadable: boolean;
  mistakes: readonly DocumentMistake[];
  warnings: readonly DocumentMistake[];
  /** How many it has. */
  operations: number;
  /** Null where there is nothing to compare, or one of the two cannot be read. */
  difference: Difference | null;
}

const methods: ReadonlySet<string> = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

export function examine({ text, before }: ExaminationOrder): Examination {
  const { document, mistakes, warnings }: DocumentReading = readDocument(text);
  if (document === null) return { isReadable: false, mistakes, warnings, operations: 0, difference: null };
  const other = before === null || ("text" in before && before.text === text) ? null : heldDocument(before);
  return { isReadable: true, mistakes, warnings, operations: operationsIn(document), difference: before === null ? null : other === null ? unchanged : compareDocuments(other, document) };
}

const unchanged: Difference = { changes: [], truncated: false };

function heldDocument(held: HeldDocument): ApiDocument | null {
  return "text" in held ? readDocument(held.text).document : documentOf((JSON.parse(held.published) as SnapshotDocument).root as Json);
}

function operationsIn(document: ApiDocument): number {
  const paths = Object.values((document.root["paths"] ?? {}) as Record<string, Record<string, Json> | null>);
  return paths.reduce((count, item) => count + Object.keys(item ?? {}).filter((name) => methods.has(name)).length, 0);
}
