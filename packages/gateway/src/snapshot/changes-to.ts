/** What leads from what is in force to a whole snapshot. */
import { emptySnapshot, snapshotKinds, type Snapshot, type SnapshotChange, type SnapshotKind } from "@parley/contract/snapshot";

/** Everything of the snapshot, and the end of everything that it has not; one after the other, so that slices can be cut between any two. */
export function* changesTo(snapshot: Snapshot, inForce: { names(kind: SnapshotKind): Iterable<string> }): Generator<SnapshotChange> {
  const entities: Snapshot["entities"] = { ...emptySnapshot().entities, ...snapshot.entities };
  for (const kind of snapshotKinds) {
    for (const name of inForce.names(kind)) {
      if (!Object.hasOwn(entities[kind], name)) yield { kind, name, value: null } as SnapshotChange;
    }
    for (const name of Object.keys(entities[kind])) yield { kind, name, value: entities[kind][name] } as SnapshotChange;
  }
}
