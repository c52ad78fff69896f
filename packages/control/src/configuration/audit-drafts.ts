/** What the audit log keeps of a write: the difference with secrets hidden, and that a secret changed without its value. */
import { hash } from "node:crypto";
import type { AuditEntry } from "@parley/contract/api/system";
import { hiddenSecret } from "@parley/contract/api/entities";
import { isJsonObject } from "@parley/merge";
import type { AuditDraft, Json } from "@parley/stores/ports/config-store";
import { asPatch, difference, type Change } from "../json/difference.ts";
import type { Kind } from "./entity.ts";
import { mapSecrets } from "./spec-secrets.ts";

/** Who does something, for the audit log. */
export interface Actor {
  name: string;
  clientAddress?: string;
}

/** What somebody did that is no write of an entity. */
export type Deed = Pick<AuditEntry, "action" | "kind" | "name" | "changes">;

export interface Write {
  kind: Kind;
  name: string;
  /** Sealed; null removes. */
  spec: Json | null;
}

export function deedDraft(deed: Deed, by: Actor & { at: number }): AuditDraft {
  return { ...deed, at: by.at, actor: by.name, ...(by.clientAddress === undefined ? {} : { clientAddress: by.clientAddress }) };
}

export function writeDraft(write: Write, before: Json | undefined, by: Actor & { at: number }): AuditDraft {
  const after = write.spec ?? undefined;
  const action = before === undefined ? "create" : after === undefined ? "delete" : "change";
  return deedDraft({ action, kind: write.kind, name: write.name, changes: asPatch(hiddenDifference(write.kind, before, after)) }, by);
}

/** Sealed texts that differ are shown as a replaced `***`. A key's hash is left out: a short key could be guessed from it. */
export function hiddenDifference(kind: Kind, before: Json | undefined, after: Json | undefined): Change[] {
  if (kind === "key") return difference(withoutHash(before), withoutHash(after));
  if (kind === "document") return difference(asDigest(before), asDigest(after));
  return difference(before, after).map((change) => {
    const hidden = { ...change };
    if (change.before !== undefined) hidden.before = hideAt(kind, change.path, change.before);
    if (change.value !== undefined) hidden.value = hideAt(kind, change.path, change.value);
    return hidden;
  });
}

/** Of megabytes of text the log keeps that they changed. */
function asDigest(spec: Json | undefined): Json | undefined {
  if (!isJsonObject(spec)) return spec;
  const text = String(spec["text"] as string);
  return { sha256: hash("sha256", text, "hex"), bytes: Buffer.byteLength(text) };
}

function withoutHash(spec: Json | undefined): Json | undefined {
  if (!isJsonObject(spec)) return spec;
  const { hash: _, ...rest } = spec;
  return rest;
}

/** Hides secrets in a part of a spec: the part is put back to its place for the pointers to find. */
function hideAt(kind: Kind, path: string, part: Json): Json {
  const names = path.split("/").slice(1);
  const whole = names.reduceRight<Json>((inner, name) => ({ [name]: inner }), part);
  const hidden = mapSecrets(kind, whole, () => hiddenSecret);
  return names.reduce<Json>((outer, name) => (outer as Record<string, Json>)[name] as Json, hidden);
}
