/** What a reload of the file changed, for the audit log. */
import type { AuditDraft } from "@parley/stores/ports/config-store";
import { writeDraft } from "./audit-drafts.ts";
import type { ReadonlyCollection } from "./collection.ts";
import type { HeldEntity } from "./entity.ts";

/** A file that was exchanged as a whole is one entry, not a hundred thousand. */
const maxDrafts = 1_000;

export function fileChanges(before: ReadonlyCollection, after: ReadonlyCollection, at: number): AuditDraft[] {
  const by = { name: "file", at };
  const draft = (entity: HeldEntity, spec: HeldEntity["spec"] | null): AuditDraft => writeDraft({ kind: entity.kind, name: entity.name, spec }, before.get(entity.kind, entity.name)?.spec, by);
  const changed = [...after.all()].filter((entity) => before.get(entity.kind, entity.name)?.tag !== entity.tag);
  const removed = [...before.all()].filter((entity) => !after.has(entity.kind, entity.name));
  if (changed.length + removed.length > maxDrafts) {
    return [{ at, actor: "file", action: "apply", kind: "configuration", name: "", changes: [{ op: "replace", path: "", value: { changed: changed.length, removed: removed.length } }] }];
  }
  return [...changed.map((entity) => draft(entity, entity.spec)), ...removed.map((entity) => draft(entity, null))];
}
