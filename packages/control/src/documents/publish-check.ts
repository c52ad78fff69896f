/** Whether a new revision of a document may be published: its breaking changes have to be acknowledged, each or all. */
import type { ApiDocument, Change, Difference } from "@parley/openapi";
import { readDocument, type DocumentMistake } from "@parley/openapi/reading";
import type { Json } from "@parley/stores/ports/config-store";
import type { HeldEntity } from "../configuration/entity.ts";

export type Acknowledged = "all" | readonly string[];

/** What `versions.list.v2` or a service says of its document. */
export interface DocumentPlace {
  service: string;
  version: string | undefined;
  /** As written; a document may also have been sent by itself. */
  openapi: string | undefined;
  acknowledge: Acknowledged;
  /** Nobody relies on a draft yet. */
  isDraft: boolean;
  /** Calls are refused that are not as the document says. */
  enforces: boolean;
}

interface Written {
  openapi?: string;
  acknowledge?: Acknowledged;
  status?: string;
  validate?: string;
}

export function documentPlaces(service: string, spec: Json): DocumentPlace[] {
  const { versions, ...own } = spec as unknown as Written & { versions?: { list?: Record<string, Written | null> } };
  const place = (version: string | undefined, written: Written): DocumentPlace => ({ service, version, openapi: written.openapi, acknowledge: written.acknowledge ?? [], isDraft: written.status === "draft", enforces: (written.validate ?? own.validate) === "enforce" });
  return [place(undefined, own), ...Object.entries(versions?.list ?? {}).map(([name, written]) => place(name, written ?? {}))];
}

export function documentIn(entity: HeldEntity | undefined): ApiDocument | null {
  return entity === undefined ? null : readDocument((entity.spec as { text: string }).text).document;
}

/** None where nothing was in force. */
export function unacknowledged(difference: Difference | null, acknowledge: Acknowledged): Change[] {
  if (difference === null || acknowledge === "all") return [];
  const known = new Set(acknowledge);
  return difference.changes.filter(({ severity, id }) => severity === "breaking" && !known.has(id));
}

export function mistakeText({ pointer, message, line, column }: DocumentMistake): string {
  return `${line === undefined ? pointer || "the document" : `line ${line}, column ${column ?? 1}`}: ${message}`;
}
