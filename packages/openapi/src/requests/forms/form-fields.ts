/** Hot path. The fields of a form as they came, and those with brackets in their names (`filter[age][]`) as the tree that they stand for. */
export interface FormField {
  name: string;
  /** Bytes where it is a part of a multipart body. */
  content: string | Buffer;
  /** The part's Content-Type; null where it has none. */
  type: string | null;
}

export type FormNode = FormField | FormTree;
/** What stands below a name, by the name in the brackets; a name without one (`[]`) is the empty one. */
export type FormTree = Map<string, FormNode[]>;

/** Deeper than any form means; such a field keeps its whole name. */
const maxDepth = 12;

export interface GroupedFields {
  byName: ReadonlyMap<string, readonly FormField[]>;
  /** By what stands before the first bracket. */
  bracketed: ReadonlyMap<string, readonly FormField[]>;
}

export function grouped(fields: readonly FormField[]): GroupedFields {
  const [byName, bracketed] = [new Map<string, FormField[]>(), new Map<string, FormField[]>()];
  for (const field of fields) {
    add(byName, field.name, field);
    const at = field.name.indexOf("[");
    if (at > 0) add(bracketed, field.name.slice(0, at), field);
  }
  return { byName, bracketed };
}

function add(map: Map<string, FormField[]>, name: string, field: FormField): void {
  const list = map.get(name);
  if (list) list.push(field);
  else map.set(name, [field]);
}

export function isTree(node: FormNode): node is FormTree {
  return node instanceof Map;
}

/** Null where one of the names is not made of brackets to its end. */
export function treeOf(fields: readonly FormField[]): FormTree | null {
  const root: FormTree = new Map();
  for (const field of fields) {
    const path = bracketsOf(field.name);
    if (path === null) return null;
    insert(root, path, field);
  }
  return root;
}

function bracketsOf(name: string): string[] | null {
  const rest = name.slice(name.indexOf("["));
  if (!/^(?:\[[^[\]]*\])+$/.test(rest)) return null;
  const path = rest.slice(1, -1).split("][");
  return path.length > maxDepth ? null : path;
}

function insert(tree: FormTree, path: readonly string[], field: FormField): void {
  const [token = "", ...rest] = path;
  const list = tree.get(token) ?? [];
  tree.set(token, list);
  if (rest.length === 0) return void list.push(field);
  // Each of several `[]` is an item of its own; the same name again is the same place.
  const known = token === "" ? undefined : list.find(isTree);
  const below: FormTree = known ?? new Map();
  if (!known) list.push(below);
  insert(below, rest, field);
}
