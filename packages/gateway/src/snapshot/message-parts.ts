/**
 * Puts together what comes in parts over the channel: megabytes that were parsed in one go would be a turn in which no call
 * moves. Parts stay a list: the names of an object with 100,000 members are 30 ms to ask for, in one go.
 */
import type { ControlMessage } from "@parley/contract/channel";
import type { SnapshotChange } from "@parley/contract/snapshot";
import type { PartOfSnapshot } from "./changes-to.ts";
import { KeyIndex } from "./key-index.ts";

/** `parts` of a snapshot are all of it but for its plain keys, where these are in `keys`; null where it came whole. */
export type WholeSnapshot = Extract<ControlMessage, { type: "snapshot" }> & { parts: PartOfSnapshot[] | null; keys: KeyIndex | null };
export type WholeMessage = Exclude<ControlMessage, { type: "part" | "keys" | "snapshot" }> | WholeSnapshot;

export class MessageParts {
  readonly #isFirst: () => boolean;
  #snapshot: PartOfSnapshot[] = [];
  /** While nothing is in force, keys are made ready as they come. */
  #keys: KeyIndex | null = null;
  #delta: SnapshotChange[] = [];

  /** `isFirst`: nothing is in force yet. */
  constructor(isFirst: () => boolean) {
    this.#isFirst = isFirst;
  }

  /** Null where there is more to come. */
  take(message: ControlMessage): WholeMessage | null {
    if (message.type === "part") return this.#keep(message);
    if (message.type === "keys") return this.#keepKeys(message);
    if (message.type === "delta") return { type: "delta", delta: { ...message.delta, changes: this.#takenDelta(message.delta.changes) } };
    return message.type === "snapshot" ? { ...message, ...this.#takenSnapshot() } : message;
  }

  #keep({ of, changes }: Extract<ControlMessage, { type: "part" }>): null {
    const waiting: unknown[] = of === "delta" ? this.#delta : this.#snapshot;
    for (const change of changes) waiting.push(change);
    return null;
  }

  #keepKeys({ keys: groups }: Extract<ControlMessage, { type: "keys" }>): null {
    if (this.#keys === null && this.#isFirst() && !this.#snapshot.some(({ kind }) => kind === "plain-keys")) this.#keys = new KeyIndex((consumer) => consumer);
    for (const [consumer, keys] of groups) {
      if (this.#keys) this.#keys.setPlain(consumer, keys);
      else this.#snapshot.push({ kind: "plain-keys", consumer, keys });
    }
    return null;
  }

  #takenDelta(last: readonly SnapshotChange[]): SnapshotChange[] {
    const changes = this.#delta;
    this.#delta = [];
    for (const change of last) changes.push(change);
    return changes;
  }

  #takenSnapshot(): Pick<WholeSnapshot, "parts" | "keys"> {
    const taken = { parts: this.#snapshot.length === 0 ? null : this.#snapshot, keys: this.#keys };
    this.#snapshot = [];
    this.#keys = null;
    return taken;
  }
}
