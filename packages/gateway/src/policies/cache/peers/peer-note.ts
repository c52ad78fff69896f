/** What workers tell each other of their caches, and the answer that it was heard. Newline-delimited JSON. */
import type { Effect } from "../writes/effects.ts";

export type PeerNote =
  | { kind: "begin"; service: string; write: number; effects: readonly Effect[] }
  | { kind: "end"; service: string; write: number; effects: readonly Effect[] }
  | { kind: "outdate"; service: string; effects: readonly Effect[] };

export type PeerLine = { kind: "hello"; worker: number } | { kind: "note"; number: number; note: PeerNote } | { kind: "heard"; number: number };
