/** What leads from what is in force to a whole snapshot; one after the other, so that slices can be cut between any two. */
import { eachPlainKey } from "@parley/contract/plain-keys";
import { emptySnapshot, snapshotKinds, type Snapshot, type SnapshotChange, type SnapshotKind } from "@parley/contract/snapshot";

/** As the channel brings it. */
export type PartOfSnapshot = SnapshotChange | { kind: "plain-keys"; consumer: string; keys: string };

/** Everything of the snapshot. */
export function* changesOf(snapshot: Snapshot): Generator<SnapshotChange> {
  const entities: Snapshot["entities"] = { ...emptySnapshot().entities, ...snapshot.entities };
  for (const kind of snapshotKinds) {
    for (const name of Object.keys(entities[kind])) yield { kind, name, value: entities[kind][name] } as SnapshotChange;
  }
}

/** Which of the things of one kind that are in force a snapshot has. */
export interface Kept {
  note(name: string): void;
  /** Those that were not noted; null where a slice may end without one. */
  others(): Iterable<string | null>;
}

/** So many are looked at in a row. */
const inRow = 500;

/** The changes, and the end of everything in force that is not among them; null where a slice may end without anything to change. */
export function* changesTo(changes: Iterable<PartOfSnapshot>, kept: (kind: SnapshotKind) => Kept): Generator<PartOfSnapshot | null> {
  const byKind = new Map<string, Kept>(snapshotKinds.map((kind) => [kind, kept(kind)]));
  for (const change of changes) {
    if (change.kind === "plain-keys") eachPlainKey(change.keys, (digits, name) => byKind.get("key")?.note(`sha256:${change.keys.slice(digits, name)}`));
    else byKind.get(change.kind)?.note(change.name);
    yield change;
  }
  for (const [kind, inForce] of byKind) {
    let looked = 0;
    for (const name of inForce.others()) {
      if (name !== null) yield { kind, name, value: null } as SnapshotChange;
      else if (++looked % inRow === 0) yield null;
    }
  }
}

/** Of a kind of which there are not so many that a set of their names would be long in growing. */
export function keptOf(inForce: Iterable<string>): Kept {
  const noted = new Set<string>();
  return {
    note: (name) => void noted.add(name),
    *others() {
      for (const name of inForce) yield noted.has(name) ? null : name;
    },
  };
}
