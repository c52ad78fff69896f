/**
 * Puts together what comes in parts over the channel: megabytes that were parsed in one go would be a turn in which no call
 * moves. Parts stay a list: the names of an object with 100,000 members are 30 ms to ask for, in one go.
 */
import type { ControlMessage } from "@parley/contract/channel";
import type { SnapshotChange } from "@parley/contract/snapshot";

/** `parts` of a snapshot are all of it; null where it came whole. */
export type WholeMessage = Exclude<ControlMessage, { type: "part" | "snapshot" }> | (Extract<ControlMessage, { type: "snapshot" }> & { parts: SnapshotChange[] | null });

export class MessageParts {
  #waiting: Record<"snapshot" | "delta", SnapshotChange[]> = { snapshot: [], delta: [] };

  /** Null where there is more to come. */
  take(message: ControlMessage): WholeMessage | null {
    if (message.type === "part") return this.#keep(message);
    if (message.type === "delta") return { type: "delta", delta: { ...message.delta, changes: this.#taken("delta", message.delta.changes) } };
    if (message.type !== "snapshot") return message;
    const parts = this.#taken("snapshot", []);
    return { ...message, parts: parts.length === 0 ? null : parts };
  }

  #keep({ of, changes }: Extract<ControlMessage, { type: "part" }>): null {
    for (const change of changes) this.#waiting[of].push(change);
    return null;
  }

  #taken(of: "snapshot" | "delta", last: readonly SnapshotChange[]): SnapshotChange[] {
    const changes = this.#waiting[of];
    this.#waiting[of] = [];
    for (const change of last) changes.push(change);
    return changes;
  }
}
