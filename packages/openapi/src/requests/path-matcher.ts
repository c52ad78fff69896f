/**
 * Hot path of services with a document. Which path of a document a call's path is: a tree of segments, literal before
 * template, so that the time depends on the segments and not on how many paths there are. No regular expressions.
 */
export interface PathMatch<Value> {
  value: Value;
  /** Decoded, by the name in the braces. */
  parameters: ReadonlyMap<string, string>;
}

interface Node<Value> {
  literals: Map<string, Node<Value>>;
  templates: Template<Value>[];
  value: { names: readonly string[]; value: Value } | null;
}

interface Template<Value> {
  /** What stands around one placeholder; a segment with several is one placeholder as a whole. */
  before: string;
  after: string;
  node: Node<Value>;
}

/** More than any document has, and fewer than would cost anything. */
const maxTries = 200;

export class PathMatcher<Value> {
  readonly #root: Node<Value> = { literals: new Map(), templates: [], value: null };

  /** The value that is there already, if the same path was added under other names. */
  add(path: string, value: Value): Value {
    let node = this.#root;
    const names: string[] = [];
    for (const segment of segmentsOf(path).map(decoded)) {
      const open = segment.indexOf("{");
      const close = segment.lastIndexOf("}");
      if (open === -1 || close < open) {
        node = child(node, segment);
        continue;
      }
      names.push(segment.slice(open + 1, close));
      node = templateOf(node, segment.slice(0, open), segment.slice(close + 1));
    }
    node.value ??= { names, value };
    return node.value.value;
  }

  match(path: string): PathMatch<Value> | null {
    // A letter may be written as its code, and is the same to whoever serves the path (RFC 3986 §6.2.2.2).
    const segments = segmentsOf(path).map(decoded);
    const search = { segments, values: [] as string[], tries: 0 };
    const found = find(this.#root, 0, search);
    if (found === null) return null;
    return { value: found.value, parameters: new Map(found.names.map((name, index) => [name, search.values[index] ?? ""])) };
  }
}

interface Search {
  segments: readonly string[];
  values: string[];
  tries: number;
}

function find<Value>(node: Node<Value>, index: number, search: Search): Node<Value>["value"] {
  const segment = search.segments[index];
  if (segment === undefined) return node.value;
  const literal = node.literals.get(segment);
  const exact = literal ? find(literal, index + 1, search) : null;
  if (exact) return exact;
  for (const { before, after, node: next } of node.templates) {
    if (++search.tries > maxTries) return null;
    if (segment.length <= before.length + after.length || !segment.startsWith(before) || !segment.endsWith(after)) continue;
    search.values.push(segment.slice(before.length, segment.length - after.length));
    const found = find(next, index + 1, search);
    if (found) return found;
    search.values.pop();
  }
  return null;
}

function child<Value>(node: Node<Value>, segment: string): Node<Value> {
  const known = node.literals.get(segment);
  if (known) return known;
  const made = emptyNode<Value>();
  node.literals.set(segment, made);
  return made;
}

function templateOf<Value>(node: Node<Value>, before: string, after: string): Node<Value> {
  const known = node.templates.find((template) => template.before === before && template.after === after);
  if (known) return known.node;
  const made = emptyNode<Value>();
  node.templates.push({ before, after, node: made });
  // What says more is tried first.
  node.templates.sort((one, other) => other.before.length + other.after.length - one.before.length - one.after.length);
  return made;
}

function emptyNode<Value>(): Node<Value> {
  return { literals: new Map(), templates: [], value: null };
}

/** A slash at the end says nothing. */
function segmentsOf(path: string): string[] {
  const parts = path.split("/");
  parts.shift();
  if (parts.at(-1) === "") parts.pop();
  return parts;
}

function decoded(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The same for paths that differ in the names of their placeholders alone. */
export function templateKey(path: string): string {
  return path.replaceAll(/\{[^{}/]*\}/g, "{}");
}
