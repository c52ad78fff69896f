/** What leads from what is in force to a whole snapshot; one after the other, so that slices can be cut between any two. */
import { emptySnapshot, snapshotKinds, type Snapshot, type SnapshotChange, type SnapshotKind } from "@parley/contract/snapshot";

/** Everything of the snapshot. */
export function* changesOf(snapshot: Snapshot): Generator<SnapshotChange> {
  const entities: Snapshot["entities"] = { ...emptySnapshot().entities, ...snapshot.entities };
  for (const kind of snapshotKinds) {
    for (const name of Object.keys(entities[kind])) yield { kind, name, value: entities[kind][name] } as SnapshotChange;
  }
}

/** The changes, and the end of everything in force that is not among them. */
export function* changesTo(changes: Iterable<SnapshotChange>, inForce: { names(kind: SnapshotKind): Iterable<string> }): Generator<SnapshotChange> {
  const kept = new Map<SnapshotKind, Set<string>>(snapshotKinds.map((kind) => [kind, new Set()]));
  for (const change of changes) {
    kept.get(change.kind)?.add(change.name);
    yield change;
  }
  for (const kind of snapshotKinds) {
    for (const name of inForce.names(kind)) if (!kept.get(kind)?.has(name)) yield { kind, name, value: null } as SnapshotChange;
  }
}
