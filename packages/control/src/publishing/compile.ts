/** From what is held to what a snapshot has: parsed, units resolved, keys under their hashes. */
import type { SnapshotChange, SnapshotDocument, SnapshotKey } from "@parley/contract/snapshot";
import { documentSource } from "@parley/contract/document-texts";
import { keyScopes, type KeyScopes } from "@parley/contract/config/key-scopes";
import { limit, type Limit } from "@parley/contract/config/limits";
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
  const { name, consumer, hash, limits, scopes, expiresAt } = keySpecOf(entity);
  return keyEntry({
    id: entity.name, name, consumer, hash, expiresAt,
    limits: limits && ((entity.resolved as Limit[] | undefined) ?? z.array(limit).parse(limits)),
    scopes: scopes && keyScopes.parse(scopes),
  });
}

interface KeyParts {
  id: string;
  name: string;
  consumer: string;
  hash: string;
  limits: Limit[] | undefined;
  scopes: KeyScopes | undefined;
  expiresAt: string | undefined;
}

/** All of it parsed. */
export function keyEntry({ id, name, consumer, hash, limits, scopes, expiresAt }: KeyParts): SnapshotEntry {
  const value: SnapshotKey = { id, name, consumer };
  if (limits !== undefined) value.limits = limits;
  if (scopes !== undefined) value.scopes = scopes;
  if (expiresAt !== undefined) value.expiresAt = Date.parse(expiresAt);
  return { kind: "key", name: hash, value };
}
