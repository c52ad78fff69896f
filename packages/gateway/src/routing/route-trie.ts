/**
 * Hot path (benchmarks: http). The longest prefix of a path on segment boundaries, in one step a segment, however many
 * routes there are. A change touches only the nodes on its own path.
 */
import { normalizeSegment } from "./path-segments.ts";

interface Entry<Value> {
  name: string;
  value: Value;
  yields: boolean;
}

/** What a call looks at stands in the node itself: with thousands of routes each object more is one that is in no cache. */
class Node<Value> {
  /** Null where nothing is below. */
  children: Map<string, Node<Value>> | null = null;
  /** Of the first entry; undefined where there is none. */
  served: Value | undefined;
  yields = false;
  /** Sorted by rank and name; the first one serves. More than one only while the configuration has two with one path. */
  entries: readonly Entry<Value>[] = noEntries;

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
  #root = new Node<Value>();

  /**
   * Names with the same path are served in their order. What `yields` takes nothing away from a shorter path: it serves
   * where no other but the root would.
   */
  set(path: string, name: string, value: Value, yields = false): void {
    let node = this.#root;
    for (const segment of segmentsOf(path)) {
      node.children ??= new Map();
      let child = node.children.get(segment);
      if (!child) node.children.set(segment, (child = new Node()));
      node = child;
    }
    node.put([...node.entries.filter((entry) => entry.name !== name), { name, value, yields }].sort((one, other) => (one.name < other.name ? -1 : 1)));
  }

  delete(path: string, name: string): void {
    const segments = segmentsOf(path);
    const trail = [this.#root];
    for (const segment of segments) {
      const child = trail.at(-1)?.children?.get(segment);
      if (!child) return;
      trail.push(child);
    }
    const last = trail.at(-1) as Node<Value>;
    last.put(last.entries.filter((entry) => entry.name !== name));
    for (let depth = segments.length; depth > 0; depth--) {
      const node = trail[depth] as Node<Value>;
      if (node.entries.length > 0 || (node.children?.size ?? 0) > 0) return;
      trail[depth - 1]?.children?.delete(segments[depth - 1] as string);
    }
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
        const child = node.children?.get(normalizeSegment(path.slice(start, end)));
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
      const child = node.children?.get(segments[depth] as string);
      if (!child) break;
      node = child;
      base += `/${segments[depth]}`;
    }
    const missing = segments[depth] ?? "";
    for (const [name, child] of node.children ?? []) yield { base, missing, name: `${name}${firstServed(child)}` };
  }
}

/** The path from a node that serves nothing itself down to one that does. */
function firstServed<Value>(node: Node<Value>): string {
  let below = "";
  let current = node;
  while (current.entries.length === 0) {
    const next = current.children?.entries().next();
    if (next === undefined || next.done) return below;
    below += `/${next.value[0]}`;
    current = next.value[1];
  }
  return below;
}

function segmentsOf(path: string): string[] {
  return path
    .split("/")
    .filter((segment) => segment !== "")
    .map(normalizeSegment);
}
