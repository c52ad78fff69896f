/**
 * Hot path (benchmarks: http). The longest prefix of a path on segment boundaries, in one step a segment, however many
 * routes there are. A change touches only the nodes on its own path.
 */
import { normalizeSegment } from "./path-segments.ts";
import { hashBelow, rootHash, SegmentTable } from "./segment-table.ts";

interface Entry<Value> {
  name: string;
  value: Value;
  yields: boolean;
}

/** What a call looks at stands in the node itself, and comes first: with thousands of routes each object more is one that is in no cache. */
class Node<Value> {
  readonly hash: number;
  readonly parent: Node<Value> | null;
  readonly segment: string;
  /** Of the first entry; undefined where there is none. */
  served: Value | undefined;
  yields = false;
  /** Sorted by rank and name; the first one serves. More than one only while the configuration has two with one path. */
  entries: readonly Entry<Value>[] = noEntries;
  /** Null where nothing is below. */
  children: Set<Node<Value>> | null = null;

  constructor(parent: Node<Value> | null, segment: string) {
    this.hash = parent === null ? rootHash : hashBelow(parent.hash, segment, 0, segment.length);
    this.parent = parent;
    this.segment = segment;
  }

  put(entries: readonly Entry<Value>[]): void {
    this.entries = entries;
    this.served = entries[0]?.value;
    this.yields = entries[0]?.yields ?? false;
  }
}

const noEntries: readonly never[] = [];

export interface RouteMatch<Value> {
  value: Value;
  /** Where in the path the part below the prefix begins. */
  restStart: number;
}

export class RouteTrie<Value> {
  readonly #root = new Node<Value>(null, "");
  /** All but the root. */
  readonly #nodes = new SegmentTable<Node<Value>>();

  /**
   * Names with the same path are served in their order. What `yields` takes nothing away from a shorter path: it serves
   * where no other but the root would.
   */
  set(path: string, name: string, value: Value, yields = false): void {
    let node = this.#root;
    for (const segment of segmentsOf(path)) node = this.#below(node, segment) ?? this.#add(node, segment);
    node.put([...node.entries.filter((entry) => entry.name !== name), { name, value, yields }].sort((one, other) => (one.name < other.name ? -1 : 1)));
  }

  delete(path: string, name: string): void {
    let node = this.#root;
    for (const segment of segmentsOf(path)) {
      const child = this.#below(node, segment);
      if (!child) return;
      node = child;
    }
    node.put(node.entries.filter((entry) => entry.name !== name));
    while (node.parent !== null && node.entries.length === 0 && node.children === null) node = this.#remove(node, node.parent);
  }

  match(path: string): RouteMatch<Value> | null {
    let node = this.#root;
    let found = node.served;
    let restStart = 0;
    let start = 1;
    while (start <= path.length) {
      const slash = path.indexOf("/", start);
      const end = slash === -1 ? path.length : slash;
      if (end > start) {
        const child = this.#step(node, path, start, end);
        if (!child) break;
        node = child;
        if (node.served !== undefined && !(node.yields && restStart > 0)) {
          found = node.served;
          restStart = end;
        }
      }
      start = end + 1;
    }
    return found === undefined ? null : { value: found, restStart };
  }

  /** Down as far as the path leads: the names below the last node that it reaches, for suggestions. */
  *near(path: string): Generator<{ base: string; missing: string; name: string }> {
    let node = this.#root;
    let base = "";
    const segments = segmentsOf(path);
    let depth = 0;
    for (; depth < segments.length; depth++) {
      const child = this.#below(node, segments[depth] as string);
      if (!child) break;
      node = child;
      base += `/${segments[depth]}`;
    }
    const missing = segments[depth] ?? "";
    for (const child of node.children ?? []) yield { base, missing, name: `${child.segment}${firstServed(child)}` };
  }

  #below(node: Node<Value>, segment: string): Node<Value> | undefined {
    return node.children === null ? undefined : this.#nodes.find(node, segment, 0, segment.length);
  }

  /** By what stands in a path as it came. */
  #step(node: Node<Value>, path: string, start: number, end: number): Node<Value> | undefined {
    if (node.children === null) return undefined;
    const found = this.#nodes.find(node, path, start, end);
    if (found !== undefined) return found;
    const segment = path.slice(start, end);
    const normal = normalizeSegment(segment);
    return normal === segment ? undefined : this.#below(node, normal);
  }

  #add(parent: Node<Value>, segment: string): Node<Value> {
    const node = new Node(parent, segment);
    (parent.children ??= new Set()).add(node);
    this.#nodes.add(node);
    return node;
  }

  /** Answers its parent. */
  #remove(node: Node<Value>, parent: Node<Value>): Node<Value> {
    this.#nodes.remove(node);
    parent.children?.delete(node);
    if (parent.children?.size === 0) parent.children = null;
    return parent;
  }
}

/** The path from a node that serves nothing itself down to one that does. */
function firstServed<Value>(node: Node<Value>): string {
  let below = "";
  let current = node;
  while (current.entries.length === 0) {
    const [next] = current.children ?? [];
    if (next === undefined) return below;
    below += `/${next.segment}`;
    current = next;
  }
  return below;
}

function segmentsOf(path: string): string[] {
  return path
    .split("/")
    .filter((segment) => segment !== "")
    .map(normalizeSegment);
}
