/** The published snapshot as the JSON text of each entity: a change is found by comparing texts. */
import { snapshotKinds, type Snapshot, type SnapshotKind } from "@parley/contract/snapshot";
import type { SnapshotEntry } from "./compile.ts";

export interface TextChange {
  kind: SnapshotKind;
  name: string;
  /** JSON; null removes. */
  text: string | null;
}

export class SnapshotTexts {
  #members = new Map<SnapshotKind, Map<string, string>>(snapshotKinds.map((kind) => [kind, new Map()]));
  /** The keys as lines for gateways and for the disk, until one changes. */
  keyLines: { forGateways?: readonly string[]; saved?: readonly string[] } = {};

  static of(snapshot: Snapshot): SnapshotTexts {
    const texts = new SnapshotTexts();
    texts.add(snapshot);
    return texts;
  }

  /** Everything that the snapshot has. */
  add(snapshot: Snapshot): void {
    for (const kind of snapshotKinds) {
      for (const [name, value] of Object.entries(snapshot.entities[kind] ?? {})) this.#of(kind).set(name, JSON.stringify(value));
    }
  }

  get(kind: SnapshotKind, name: string): string | undefined {
    return this.#of(kind).get(name);
  }

  /** What of these entries is not so yet; a null value stands for absence. */
  changesFrom(entries: Iterable<SnapshotEntry>): TextChange[] {
    const changes: TextChange[] = [];
    for (const { kind, name, value, json } of entries) {
      const text = value === null ? null : (json ?? JSON.stringify(value));
      if ((this.#of(kind).get(name) ?? null) !== text) changes.push({ kind, name, text });
    }
    return changes;
  }

  /** What has to change so that there is nothing but these entries. */
  changesTo(entries: Iterable<SnapshotEntry>): TextChange[] {
    const listed = [...entries];
    const wanted = new Map<SnapshotKind, Set<string>>(snapshotKinds.map((kind) => [kind, new Set()]));
    for (const { kind, name } of listed) if (this.#of(kind).size > 0) wanted.get(kind)?.add(name);
    const removed: TextChange[] = [];
    for (const [kind, members] of this.#members) {
      for (const name of members.keys()) if (!wanted.get(kind)?.has(name)) removed.push({ kind, name, text: null });
    }
    return [...removed, ...this.changesFrom(listed)];
  }

  apply(changes: Iterable<TextChange>): void {
    for (const { kind, name, text } of changes) {
      if (text === null) this.#of(kind).delete(name);
      else this.#of(kind).set(name, text);
      if (kind === "key") this.keyLines = {};
    }
  }

  /** Every entity, but those of one kind. */
  *all(except?: SnapshotKind): Generator<TextChange> {
    for (const [kind, members] of this.#members) {
      if (kind === except) continue;
      for (const [name, text] of members) yield { kind, name, text };
    }
  }

  /** Of one kind, by name, as they are now. */
  copyOf(kind: SnapshotKind): ReadonlyMap<string, string> {
    return new Map(this.#of(kind));
  }

  /** The whole snapshot as one JSON text. */
  whole(version: number, publishedAt: number): string {
    const kinds = snapshotKinds.map((kind) => `"${kind}":{${Array.from(this.#of(kind), ([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`);
    return `{"version":${version},"publishedAt":${publishedAt},"entities":{${kinds.join(",")}}}`;
  }

  #of(kind: SnapshotKind): Map<string, string> {
    return this.#members.get(kind) as Map<string, string>;
  }
}
