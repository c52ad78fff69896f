/** Who is told what has passed on a route: the observer of this worker, or, with several workers, whichever follows the resource. */
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import type { LostUpdate, Overtaken } from "../observe/index.ts";
import type { Observer, ReadSeen, WriteSeen } from "./observer.ts";

/** What a finding says of the call besides what the observer knows. */
export interface WriteAbout {
  method: string;
  /** Null on an open service. */
  consumer: string | null;
  status: number;
  probable: boolean;
  /** The tags that it named. */
  expected: readonly string[];
}

export interface Watcher {
  /** On the watcher's own clock. */
  nowMs(): number;
  /**
   * `stampMs` is from before the first byte went to the client: whatever the client does next is then later, in whatever worker.
   * A state that was read with a change in it already is no older than that change, whatever the stamps say.
   */
  read(seen: ReadSeen, stampMs: number): void;
  /** What was lost by it, where that is known at once. */
  write(seen: WriteSeen, about: WriteAbout): ConflictRecord | null;
  removed(path: string): void;
  /** Who wrote since the actor's last read, as far as this worker knows. */
  overtaken(path: string, actor: string): Overtaken | null;
}

export interface WatchedRoute {
  observer: Observer;
  found(lost: LostUpdate, about: WriteAbout): ConflictRecord;
  /** Everything; accusing nobody is always right. */
  forget(): void;
}
