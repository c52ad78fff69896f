/**
 * Puts together what comes in parts over the channel: megabytes that were parsed in one go would be a turn in which no call
 * moves. Parts stay a list: the names of an object with 100,000 members are 30 ms to ask for, in one go.
 */
import type { ControlMessage } from "@parley/contract/channel";
import type { SnapshotChange } from "@parley/contract/snapshot";
import type { PartOfSnapshot } from "./changes-to.ts";

/** `parts` of a snapshot are all of it; null where it came whole. */
export type WholeMessage = Exclude<ControlMessage, { type: "part" | "keys" | "snapshot" }> | (Extract<ControlMessage, { type: "snapshot" }> & { parts: PartOfSnapshot[] | null });

export class MessageParts {
  #snapshot: PartOfSnapshot[] = [];
  #delta: SnapshotChange[] = [];

  /** Null where there is more to come. */
  take(message: ControlMessage): WholeMessage | null {
    if (message.type === "part") return this.#keep(message);
    if (message.type === "keys") return this.#keepKeys(message);
    if (message.type === "delta") return { type: "delta", delta: { ...message.delta, changes: this.#takenDelta(message.delta.changes) } };
    return message.type === "snapshot" ? { ...message, parts: this.#takenSnapshot() } : message;
  }

  #keep({ of, changes }: Extract<ControlMessage, { type: "part" }>): null {
    const waiting: unknown[] = of === "delta" ? this.#delta : this.#snapshot;
    for (const change of changes) waiting.push(change);
    return null;
  }

  #keepKeys({ keys: groups }: Extract<ControlMessage, { type: "keys" }>): null {
    for (const [consumer, keys] of groups) this.#snapshot.push({ kind: "plain-keys", consumer, keys });
    return null;
  }

  #takenDelta(last: readonly SnapshotChange[]): SnapshotChange[] {
    const changes = this.#delta;
    this.#delta = [];
    for (const change of last) changes.push(change);
    return changes;
  }

  #takenSnapshot(): PartOfSnapshot[] | null {
    const parts = this.#snapshot;
    this.#snapshot = [];
    return parts.length === 0 ? null : parts;
  }
}
