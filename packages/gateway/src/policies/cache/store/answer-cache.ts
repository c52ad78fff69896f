/**
 * Hot path of services with a cache. The answers that one worker keeps of one service: by path, then by what else names the
 * resource (host, query, version, whose it is), then by what the answer's Vary selects. Within a number of bytes; what was not asked
 * for longest goes first. What a write has put out of date is gone before anybody looks again.
 */
import type { Exchange } from "../../../exchange/exchange.ts";
import { OldestFirst } from "@parley/contract/oldest-first";
import { selectionOf } from "../rules/vary.ts";
import { bytesOf, type KeptAnswer } from "./kept-answer.ts";
import { type Occupant, type PathNode, PathTree } from "./path-tree.ts";

type Caller = Pick<Exchange, "headers" | "caller">;

export interface Place {
  key: string;
  path: string;
}

/** More ways to answer the same question are not kept. */
const maxVariants = 32;

class Entry implements Occupant {
  readonly key: string;
  readonly path: string;
  readonly selection: string;
  readonly bytes: number;
  answer: KeptAnswer;
  readonly #removed: (entry: Entry) => void;

  /** Null until it is in the tree. */
  node: PathNode | null = null;

  constructor(place: { key: string; path: string; selection: string }, answer: KeptAnswer, removed: (entry: Entry) => void) {
    this.key = place.key;
    this.path = place.path;
    this.selection = place.selection;
    this.answer = answer;
    this.bytes = bytesOf(answer) + place.key.length + place.selection.length + placeBytes(place.path);
    this.#removed = removed;
  }

  outdated(): void {
    this.#removed(this);
  }
}

/** What a place in the tree costs that is nobody else's: the first segments of a path are those of many. */
function placeBytes(path: string): number {
  let segments = 0;
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) segments += 1;
  return Math.max(0, segments - 4) * 300;
}

/** All answers under one key; they have one Vary, the newest's. */
interface Variants {
  names: readonly string[];
  bySelection: Map<string, Entry>;
}

export type Found = { answer: KeptAnswer; variantMissing: false } | { answer: null; variantMissing: boolean };

const missing: Found = { answer: null, variantMissing: false };
const otherVariant: Found = { answer: null, variantMissing: true };

export class AnswerCache {
  readonly tree = new PathTree();
  readonly #keys = new Map<string, Variants>();
  /** In the order of use. */
  readonly #entries = new Set<Entry>();
  readonly #oldest = new OldestFirst(() => this.#entries.values());
  readonly #maxBytes: number;
  #bytes = 0;
  #retired = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): { entries: number; bytes: number } {
    return { entries: this.#entries.size, bytes: this.#bytes };
  }

  /** Another has taken its place, and hears of writes instead of it. */
  get isRetired(): boolean {
    return this.#retired;
  }

  retire(): void {
    this.#retired = true;
    this.tree.outdate("/", true);
  }

  find(key: string, caller: Caller): Found {
    const variants = this.#keys.get(key);
    if (variants === undefined) return missing;
    const entry = variants.bySelection.get(selectionOf(variants.names, caller));
    if (entry === undefined) return otherVariant;
    this.#entries.delete(entry);
    this.#entries.add(entry);
    return { answer: entry.answer, variantMissing: false };
  }

  put({ key, path, names }: Place & { names: readonly string[] }, caller: Caller, answer: KeptAnswer): void {
    if (this.#retired) return;
    const selection = selectionOf(names, caller);
    let variants = this.#keys.get(key);
    // Another Vary than before: how the service chooses has changed, so nothing of before can be found rightly.
    if (variants !== undefined && variants.names.join() !== names.join()) {
      this.#dropAll(variants);
      variants = undefined;
    }
    const before = variants?.bySelection.get(selection);
    if (before) this.#remove(before);
    const entry = new Entry({ key, path, selection }, answer, (one) => this.#remove(one));
    if (entry.bytes > this.#maxBytes) return;
    this.#add(entry, names);
    while (this.#bytes > this.#maxBytes) this.#remove(this.#oldest.next() as Entry);
  }

  /** The same answer, found good again. */
  replace(key: string, caller: Caller, answer: KeptAnswer): void {
    const variants = this.#keys.get(key);
    const entry = variants?.bySelection.get(selectionOf(variants.names, caller));
    if (variants && entry) this.put({ key, path: entry.path, names: variants.names }, caller, answer);
  }

  drop(key: string): void {
    const variants = this.#keys.get(key);
    if (variants) this.#dropAll(variants);
  }

  #dropAll(variants: Variants): void {
    for (const entry of variants.bySelection.values()) this.#remove(entry);
  }

  #add(entry: Entry, names: readonly string[]): void {
    let variants = this.#keys.get(entry.key);
    if (variants === undefined) this.#keys.set(entry.key, (variants = { names, bySelection: new Map() }));
    const [first] = variants.bySelection.values();
    if (variants.bySelection.size >= maxVariants && first) this.#remove(first);
    // Removing the last of them takes the list out as well.
    this.#keys.set(entry.key, variants);
    variants.bySelection.set(entry.selection, entry);
    entry.node = this.tree.put(entry.path, entry);
    this.#entries.add(entry);
    this.#bytes += entry.bytes;
  }

  #remove(entry: Entry): void {
    if (!this.#entries.delete(entry)) return;
    this.#bytes -= entry.bytes;
    const variants = this.#keys.get(entry.key);
    variants?.bySelection.delete(entry.selection);
    if (variants?.bySelection.size === 0) this.#keys.delete(entry.key);
    if (entry.node) this.tree.take(entry.node, entry);
  }
}
