/**
 * Hot path (benchmark: observe). The JSON pointers of a service's documents, each known by a number: a document's shape repeats, so its
 * pointers are kept once. Walked as a tree, so that no pointer's text is put together on the way.
 */
import { appendToken } from "@parley/merge";

export interface PointerNode {
  id: number;
  parent: number;
  pointer: string;
  /** Null where nothing is below: most pointers of ten thousand services are of single values. */
  children: Map<string, PointerNode> | null;
}

export class PointerTable {
  readonly #nodes: PointerNode[] = [];
  readonly #max: number;
  readonly root: PointerNode;

  constructor(max: number) {
    this.#max = max;
    this.root = this.#add({ id: 0, parent: 0, pointer: "", children: null });
  }

  /** Null once the table is full: documents with still other pointers are then not observed. */
  child(node: PointerNode, token: string): PointerNode | null {
    const known = node.children?.get(token);
    if (known) return known;
    if (this.#nodes.length >= this.#max) return null;
    const added = this.#add({ id: this.#nodes.length, parent: node.id, pointer: appendToken(node.pointer, token), children: null });
    (node.children ??= new Map()).set(token, added);
    return added;
  }

  pointer(id: number): string {
    return this.#nodes[id]?.pointer ?? "";
  }

  parent(id: number): number {
    return this.#nodes[id]?.parent ?? 0;
  }

  get size(): number {
    return this.#nodes.length;
  }

  #add(node: PointerNode): PointerNode {
    this.#nodes.push(node);
    return node;
  }
}
