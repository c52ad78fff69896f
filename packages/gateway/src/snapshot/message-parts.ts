/** Puts together what comes in parts over the channel: megabytes that were parsed in one go would be a turn in which no call moves. */
import type { ControlMessage } from "@parley/contract/channel";
import { emptySnapshot, type Snapshot, type SnapshotChange } from "@parley/contract/snapshot";

export type WholeMessage = Exclude<ControlMessage, { type: "part" }>;

export class MessageParts {
  #changes: SnapshotChange[] = [];
  /** Null until a part of a snapshot comes. */
  #entities: Snapshot["entities"] | null = null;

  /** Null where there is more to come. */
  take(message: ControlMessage): WholeMessage | null {
    if (message.type === "part") return this.#keep(message);
    if (message.type === "delta" && this.#changes.length > 0) return { type: "delta", delta: { ...message.delta, changes: this.#takeChanges(message.delta.changes) } };
    if (message.type === "snapshot") return { type: "snapshot", snapshot: { ...message.snapshot, entities: this.#takeEntities(message.snapshot.entities) } };
    return message;
  }

  #keep({ of, changes }: Extract<ControlMessage, { type: "part" }>): null {
    if (of === "snapshot") putInto((this.#entities ??= emptySnapshot().entities), changes);
    else for (const change of changes) this.#changes.push(change);
    return null;
  }

  #takeChanges(last: readonly SnapshotChange[]): SnapshotChange[] {
    const changes = this.#changes;
    this.#changes = [];
    for (const change of last) changes.push(change);
    return changes;
  }

  /** A snapshot comes whole, or else everything of it has come in parts. */
  #takeEntities(own: Snapshot["entities"]): Snapshot["entities"] {
    const entities = this.#entities ?? own;
    this.#entities = null;
    return entities;
  }
}

function putInto(entities: Snapshot["entities"], changes: readonly SnapshotChange[]): void {
  for (const { kind, name, value } of changes) (entities[kind] as Record<string, unknown>)[name] = value;
}
