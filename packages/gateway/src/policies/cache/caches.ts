/**
 * All kept answers of one worker, and what writes do to them, here and in the other workers. A write is begun before it is sent
 * and ended before it is answered, everywhere: in between nobody gets or keeps what it may change, so that no caller sees
 * the state before it after anybody has seen the one after.
 */
import type { CacheState } from "@parley/contract/api/cache";
import type { MetricFamily } from "@parley/contract/channel";
import type { AnswerCache } from "./store/answer-cache.ts";
import { CacheCounts } from "./cache-counts.ts";
import type { CachePeers } from "./peers/cache-peers.ts";
import type { PeerNote } from "./peers/peer-note.ts";
import type { Effect } from "./writes/effects.ts";

export interface CachesPorts {
  /** Null where this is the only worker. */
  peers: CachePeers | null;
}

/** Who is writing: a worker, and its count of writes. */
type WriteName = string;

export class Caches {
  readonly counts = new CacheCounts();
  readonly #services = new Map<string, AnswerCache>();
  readonly #peers: CachePeers | null;
  readonly #writing = new Map<WriteName, (() => void)[]>();
  #count = 0;

  constructor({ peers }: CachesPorts) {
    this.#peers = peers;
    peers?.attach({ heard: (worker, note) => this.#heard(worker, note), changed: (lost) => this.#peersChanged(lost) });
  }

  /** Takes the place of what the service had before. */
  register(service: string, cache: AnswerCache): void {
    this.#services.get(service)?.retire();
    this.#services.set(service, cache);
  }

  forget(service: string): void {
    this.#services.get(service)?.retire();
    this.#services.delete(service);
  }

  /** False while a worker is missing that might write: what it wrote would not be heard of. */
  get isWhole(): boolean {
    return this.#peers === null || this.#peers.isWhole;
  }

  /** Resolves, or is over at once, when no worker gives or keeps any more what the write may change. */
  begin(service: string, effects: readonly Effect[]): { write: number; ready: Promise<void> | null } {
    const write = ++this.#count;
    this.#begin(`own ${write}`, service, effects);
    return { write, ready: this.#peers?.tell({ kind: "begin", service, write, effects }) ?? null };
  }

  /** `outdated`: what is out of date by it. */
  end(service: string, write: number, outdated: readonly Effect[]): Promise<void> | null {
    this.#end(`own ${write}`, service, outdated);
    return this.#peers?.tell({ kind: "end", service, write, effects: outdated }) ?? null;
  }

  /** Something was found to have changed without a write through here. */
  outdate(service: string, effects: readonly Effect[]): Promise<void> | null {
    if (!this.#services.has(service)) return null;
    this.#outdate(service, effects);
    return this.#peers?.tell({ kind: "outdate", service, effects }) ?? null;
  }

  /** In this worker: everything, or what lies at a path and below it. How many answers are gone by it. */
  purge({ service, path }: { service: string | null; path: string | null }): number {
    let gone = 0;
    for (const [name, cache] of this.#services) {
      if (service !== null && service !== name) continue;
      const before = cache.size.entries;
      cache.tree.outdate(path ?? "/", true);
      gone += before - cache.size.entries;
    }
    return gone;
  }

  states(): CacheState[] {
    return [...this.#services].map(([service, cache]) => ({ service, answers: cache.size.entries, bytes: cache.size.bytes, reads: this.counts.of(service) }));
  }

  families(labels: Record<string, string>): MetricFamily[] {
    const sizes = [...this.#services].map(([service, cache]) => ({ service, ...cache.size }));
    return [
      this.counts.family(labels),
      { name: "parley_cache_bytes", help: "Bytes of answers that are kept.", type: "gauge", series: sizes.map(({ service, bytes }) => ({ labels: { service, ...labels }, value: bytes })) },
      { name: "parley_cache_answers", help: "Answers that are kept.", type: "gauge", series: sizes.map(({ service, entries }) => ({ labels: { service, ...labels }, value: entries })) },
    ];
  }

  #begin(name: WriteName, service: string, effects: readonly Effect[]): void {
    const tree = this.#services.get(service)?.tree;
    if (tree !== undefined) this.#writing.set(name, effects.map(({ path, below }) => tree.write(path, below)));
  }

  #end(name: WriteName, service: string, outdated: readonly Effect[]): void {
    this.#outdate(service, outdated);
    for (const release of this.#writing.get(name) ?? []) release();
    this.#writing.delete(name);
  }

  #outdate(service: string, effects: readonly Effect[]): void {
    const tree = this.#services.get(service)?.tree;
    for (const { path, below } of effects) tree?.outdate(path, below);
  }

  #heard(worker: number, note: PeerNote): void {
    switch (note.kind) {
      case "begin":
        return this.#begin(`${worker} ${note.write}`, note.service, note.effects);
      case "end":
        return this.#end(`${worker} ${note.write}`, note.service, note.effects);
      case "outdate":
        return this.#outdate(note.service, note.effects);
    }
  }

  /** What it was writing nobody will end any more, and what it wrote since was not heard of. */
  #peersChanged(lost: number | null): void {
    this.purge({ service: null, path: null });
    if (lost === null) return;
    for (const [name, releases] of this.#writing) {
      if (!name.startsWith(`${lost} `)) continue;
      for (const release of releases) release();
      this.#writing.delete(name);
    }
  }
}
