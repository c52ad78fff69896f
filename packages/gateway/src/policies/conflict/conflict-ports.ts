/** What the conflict policy may use besides the exchange. */
import type { Ledger } from "@parley/stores/ports/ledger";
import type { Counters } from "@parley/stores/ports/counters";
import type { ConflictBook } from "./book.ts";
import type { WatchedRoute, Watcher } from "./watch/watcher.ts";

export interface ConflictPorts {
  ledger: Ledger;
  counters: Pick<Counters, "admit">;
  /** Unix milliseconds. */
  now(): number;
  monotonicMs(): number;
  /** That nobody can guess. */
  randomBytes(count: number): Buffer;
  /** From 0 to under 1. */
  random(): number;
  book: ConflictBook;
  /** What is hidden of bodies: in answers to the client whose body it is, and in what is kept. */
  redaction(): Redaction;
  /** With several workers: each resource is followed by one of them. Absent or null with one. */
  watchShared?: ((service: string, route: WatchedRoute) => Watcher) | null;
  /** A write that runs to its end though its client may be gone: draining waits for it. */
  underWay(write: Promise<unknown>): void;
  warn(message: string, details: Record<string, unknown>): void;
}

/** JSON pointers; "" stands for everything. */
export interface Redaction {
  shown: readonly string[];
  kept: readonly string[];
}
