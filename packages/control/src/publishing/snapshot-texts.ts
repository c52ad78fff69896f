/**
 * The published snapshot as the JSON text of each entity: a change is found by comparing texts, and the whole is put
 * together from parts that are there already, so that one changed key among 100,000 costs one key.
 */
import { snapshotKinds, type Snapshot, type SnapshotKind } from "@parley/contract/snapshot";
import type { SnapshotEntry } from "./compile.ts";

export interface TextChange {
  kind: SnapshotKind;
  name: string;
  /** JSON; null removes. */
  text: string | null;
}

export class SnapshotTexts {
  #texts = new Map<SnapshotKind, Map<string, string>>(snapshotKinds.map((kind) => [kind, new Map()]));

  static of(snapshot: Snapshot): SnapshotTexts {
    const texts = new SnapshotTexts();
    for (const kind of snapshotKinds) {
      for (const [name, value] of Object.entries(snapshot.entities[kind] ?? {})) texts.#of(kind).set(name, JSON.stringify(value));
    }
    return texts;
  }

  get(kind: SnapshotKind, name: string): string | undefined {
    return this.#of(kind).get(name);
  }

  /** What of these entries is not so yet; a null value stands for absence. */
  changesFrom(entries: Iterable<SnapshotEntry>): TextChange[] {
    const changes: TextChange[] = [];
    for (const { kind, name, value } of entries) {
      const text = value === null ? null : JSON.stringify(value);
      if ((this.get(kind, name) ?? null) !== text) changes.push({ kind, name, text });
    }
    return changes;
  }

  /** What has to change so that there is nothing but these entries. */
  changesTo(entries: Iterable<SnapshotEntry>): TextChange[] {
    const wanted = new Set<string>();
    const listed = [...entries];
    for (const { kind, name } of listed) wanted.add(`${kind}/${name}`);
    const removed: TextChange[] = [];
    for (const [kind, texts] of this.#texts) {
      for (const name of texts.keys()) if (!wanted.has(`${kind}/${name}`)) removed.push({ kind, name, text: null });
    }
    return [...removed, ...this.changesFrom(listed)];
  }

  apply(changes: Iterable<TextChange>): void {
    for (const { kind, name, text } of changes) {
      if (text === null) this.#of(kind).delete(name);
      else this.#of(kind).set(name, text);
    }
  }

  /** The whole snapshot as one JSON text. */
  whole(version: number, publishedAt: number): string {
    const kinds = [...this.#texts].map(([kind, texts]) => `"${kind}":{${[...texts].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`);
    return `{"version":${version},"publishedAt":${publishedAt},"entities":{${kinds.join(",")}}}`;
  }

  #of(kind: SnapshotKind): Map<string, string> {
    return this.#texts.get(kind) as Map<string, string>;
  }
}

export function deltaText(delta: { base: number; version: number; publishedAt: number; changes: readonly TextChange[] }): string {
  const changes = delta.changes.map(({ kind, name, text }) => `{"kind":"${kind}","name":${JSON.stringify(name)},"value":${text ?? "null"}}`);
  return `{"base":${delta.base},"version":${delta.version},"publishedAt":${delta.publishedAt},"changes":[${changes.join(",")}]}`;
}
