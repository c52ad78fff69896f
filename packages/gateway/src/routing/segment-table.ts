/**
 * Hot path (benchmarks: http, scale). The nodes of a tree by what they are below and by their segment, all in one table of open
 * addresses: a call among thousands of routes comes to its node by one place of the table, and seldom by a node that is not its own.
 */
export interface Placed {
  readonly parent: Placed | null;
  /** As it is compared. */
  readonly segment: string;
  /** Of all segments down to this one. */
  readonly hash: number;
}

/** Of the root. */
export const rootHash = 0x811c9dc5 | 0;

export class SegmentTable<Node extends Placed> {
  #nodes: (Node | undefined)[] = Array.from({ length: 16 });
  #size = 0;

  /** The segment is what stands in `text` from `start` to `end`. */
  find(parent: Node, text: string, start: number, end: number): Node | undefined {
    const hash = hashBelow(parent.hash, text, start, end);
    const mask = this.#nodes.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const node = this.#nodes[place];
      if (node === undefined || (node.hash === hash && node.parent === parent && isThere(node.segment, text, start, end))) return node;
    }
  }

  /** One that is not there yet. */
  add(node: Node): void {
    // At most half full, so that a place is found at once.
    if (++this.#size * 2 > this.#nodes.length) this.#spread();
    this.#put(node);
  }

  /** One that is there. What stands behind it moves up to where it would have been put: no search has to step over what is gone. */
  remove(node: Node): void {
    const mask = this.#nodes.length - 1;
    let gap = node.hash & mask;
    while (this.#nodes[gap] !== node) gap = (gap + 1) & mask;
    this.#size -= 1;
    for (let place = (gap + 1) & mask; ; place = (place + 1) & mask) {
      const behind = this.#nodes[place];
      if (behind === undefined) break;
      if (((place - behind.hash) & mask) < ((place - gap) & mask)) continue;
      this.#nodes[gap] = behind;
      gap = place;
    }
    this.#nodes[gap] = undefined;
  }

  #put(node: Node): void {
    const mask = this.#nodes.length - 1;
    let place = node.hash & mask;
    while (this.#nodes[place] !== undefined) place = (place + 1) & mask;
    this.#nodes[place] = node;
  }

  #spread(): void {
    const before = this.#nodes;
    this.#nodes = Array.from({ length: before.length * 2 });
    for (const node of before) if (node !== undefined) this.#put(node);
  }
}

/** FNV-1a by UTF-16 units; then mixed, because its lower bits, which say the place, know little of the upper ones. */
export function hashBelow(parent: number, text: string, start: number, end: number): number {
  let hash = parent;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function isThere(segment: string, text: string, start: number, end: number): boolean {
  if (segment.length !== end - start) return false;
  for (let index = 0; index < segment.length; index++) if (segment.charCodeAt(index) !== text.charCodeAt(start + index)) return false;
  return true;
}
