/**
 * Hot path of services with a cache. What is known by path, as a tree of its segments, so that a write finds all that lies at,
 * above and below its resource without looking at anything else. Nodes come with what is put into them and go with it.
 */

/** Something that a write puts out of date: a kept answer, or one that is being fetched. */
export interface Occupant {
  /** Must take itself out of the tree. */
  outdated(): void;
}

export interface PathNode {
  readonly parent: PathNode | null;
  readonly segment: string;
  children: Map<string, PathNode> | null;
  occupants: Set<Occupant> | null;
  /** Writes under way: to what is here, and to all from here on. */
  writesHere: number;
  writesBelow: number;
}

/** Deeper paths are no resources that anybody keeps. */
const maxDepth = 64;

function newNode(parent: PathNode | null, segment: string): PathNode {
  return { parent, segment, children: null, occupants: null, writesHere: 0, writesBelow: 0 };
}

export class PathTree {
  readonly #root = newNode(null, "");

  /** False while a write is under way that may change what is there. */
  isQuiet(path: string): boolean {
    let node: PathNode = this.#root;
    if (node.writesBelow > 0) return false;
    for (const segment of segmentsOf(path)) {
      const next = node.children?.get(segment);
      if (next === undefined) return true;
      if (next.writesBelow > 0) return false;
      node = next;
    }
    return node.writesHere === 0;
  }

  /** Null where the path is too deep. */
  put(path: string, occupant: Occupant): PathNode | null {
    const segments = segmentsOf(path);
    if (segments.length > maxDepth) return null;
    const node = this.#made(segments);
    (node.occupants ??= new Set()).add(occupant);
    return node;
  }

  take(node: PathNode, occupant: Occupant): void {
    node.occupants?.delete(occupant);
    if (node.occupants?.size === 0) node.occupants = null;
    prune(node);
  }

  /** Until the function is called that it answers with. */
  write(path: string, below: boolean): () => void {
    const node = this.#made(segmentsOf(path));
    if (below) node.writesBelow += 1;
    else node.writesHere += 1;
    return () => {
      if (below) node.writesBelow -= 1;
      else node.writesHere -= 1;
      prune(node);
    };
  }

  /** What is there, and with `below` all that lies below. */
  outdate(path: string, below: boolean): void {
    const node = this.#existing(path);
    if (node === null) return;
    for (const occupant of occupantsOf(node, below)) occupant.outdated();
  }

  #made(segments: readonly string[]): PathNode {
    let node = this.#root;
    for (const segment of segments) node = child(node, segment);
    return node;
  }

  #existing(path: string): PathNode | null {
    let node: PathNode | undefined = this.#root;
    for (const segment of segmentsOf(path)) {
      node = node.children?.get(segment);
      if (node === undefined) return null;
    }
    return node;
  }
}

function child(node: PathNode, segment: string): PathNode {
  let found = node.children?.get(segment);
  if (found === undefined) (node.children ??= new Map()).set(segment, (found = newNode(node, segment)));
  return found;
}

/** Takes out nodes that nothing holds any more. */
function prune(node: PathNode): void {
  let empty = node;
  while (empty.parent !== null && empty.children === null && empty.occupants === null && empty.writesHere === 0 && empty.writesBelow === 0) {
    const { parent } = empty;
    if (parent.children?.get(empty.segment) === empty) parent.children.delete(empty.segment);
    if (parent.children?.size === 0) parent.children = null;
    empty = parent;
  }
}

/** Without empty ones: `/notes/` lies where `/notes` does. */
function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

/** As of now, for what is told takes itself out. */
function occupantsOf(start: PathNode, below: boolean): Occupant[] {
  const found: Occupant[] = [];
  const waiting = [start];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.occupants) found.push(...node.occupants);
    if (below && node.children) waiting.push(...node.children.values());
  }
  return found;
}
