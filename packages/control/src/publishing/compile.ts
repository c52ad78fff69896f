/** From what is held to what a snapshot has: parsed, units resolved, keys under their hashes. */
import type { SnapshotChange, SnapshotDocument, SnapshotKey } from "@parley/contract/snapshot";
import { documentSource } from "@parley/contract/document-texts";
import { keyScopes } from "@parley/contract/config/key-scopes";
import { limit } from "@parley/contract/config/limits";
import { z } from "zod";
import { compactDocument, readDocument } from "@parley/openapi/reading";
import { type DocumentSpec, keySpecOf, specSchema, type HeldEntity } from "../configuration/entity.ts";

/** `text` of a document is what gateways find on disk; `json` is the value as text, where it is there already. */
export type SnapshotEntry = Pick<SnapshotChange, "kind" | "name"> & { value: unknown; text?: string; json?: string };

/** Null for what gateways do not need. Throws when a spec is not valid, which every way in has made sure of. */
export function compileEntity(entity: HeldEntity): SnapshotEntry | null {
  switch (entity.kind) {
    case "service": case "provider": case "model": case "consumer": case "team": case "prompt":
      return { kind: entity.kind, name: entity.name, ...resolvedOf(entity) };
    case "document":
      return { kind: "document", name: entity.name, ...snapshotDocument(entity) };
    case "key":
      return compileKey(entity);
    case "settings":
      return { kind: entity.name as "ai" | "logging" | "telemetry" | "gateway", name: "", ...resolvedOf(entity) };
    case "alert": case "channel":
      return null;
  }
}

/** What was taken in was found good then. */
function snapshotDocument(entity: HeldEntity): { value: SnapshotDocument; text: string } {
  const { text } = entity.spec as unknown as DocumentSpec;
  const { document } = readDocument(text);
  return { value: { root: document === null ? {} : compactDocument(document), source: documentSource(text) }, text };
}

function resolvedOf({ kind, name, spec, resolved, json }: HeldEntity): Pick<SnapshotEntry, "value" | "json"> {
  if (resolved === undefined) return { value: specSchema(kind, name).parse(spec) };
  return json === undefined ? { value: resolved } : { value: resolved, json };
}

function compileKey(entity: HeldEntity): SnapshotEntry {
  const spec = keySpecOf(entity);
  const value: SnapshotKey = { id: entity.name, name: spec.name, consumer: spec.consumer };
  if (spec.limits !== undefined) value.limits = (entity.resolved as SnapshotKey["limits"]) ?? z.array(limit).parse(spec.limits);
  if (spec.scopes !== undefined) value.scopes = keyScopes.parse(spec.scopes);
  if (spec.expiresAt !== undefined) value.expiresAt = Date.parse(spec.expiresAt);
  return { kind: "key", name: spec.hash, value };
}
