/** What a reload of the file changed, for the gateways and for the audit log. */
import type { AuditDraft } from "@parley/stores/ports/config-store";
import { compileEntity, type SnapshotEntry } from "../publishing/compile.ts";
import { writeDraft } from "./audit-drafts.ts";
import type { EntityChange } from "./file-entities.ts";

/** A file that was exchanged as a whole is one entry, not a hundred thousand. */
const maxDrafts = 1_000;

export function fileDrafts(all: readonly EntityChange[], at: number): AuditDraft[] {
  const changes = all.filter(({ before, after }) => before?.tag !== after?.tag);
  const changed = changes.filter(({ after }) => after !== undefined);
  if (changes.length > maxDrafts) {
    return [{ at, actor: "file", action: "apply", kind: "configuration", name: "", changes: [{ op: "replace", path: "", value: { changed: changed.length, removed: changes.length - changed.length } }] }];
  }
  return [...changed, ...changes.filter(({ after }) => after === undefined)].map(({ before, after }) => {
    const { kind, name } = (after ?? before) as NonNullable<typeof before>;
    return writeDraft({ kind, name, spec: after?.spec ?? null }, before?.spec, { name: "file", at });
  });
}

/** A key stands under its hash, so that one with another hash is gone under the old one. */
export function changedEntries(changes: readonly EntityChange[]): SnapshotEntry[] {
  const entries = changes.flatMap(({ after }) => (after && compileEntity(after)) ?? []);
  const ended = changes.flatMap(({ before, after }) => (before === undefined || (after !== undefined && before.kind !== "key") ? [] : (endOf(before) ?? [])));
  if (ended.length === 0) return entries;
  const kept = new Set(entries.map(({ kind, name }) => `${kind}/${name}`));
  return [...ended.filter(({ kind, name }) => !kept.has(`${kind}/${name}`)), ...entries];
}

function endOf(entity: NonNullable<EntityChange["before"]>): SnapshotEntry | null {
  if (entity.kind === "document") return { kind: "document", name: entity.name, value: null };
  const entry = compileEntity(entity);
  return entry && { kind: entry.kind, name: entry.name, value: null };
}
