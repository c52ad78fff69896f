/** Reading and setting one field of a spec. */

type Path = readonly (string | number)[];

export function fieldAt(spec: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, name) => (typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[name] : undefined), spec);
}

/** A copy with the field set. Undefined takes the field out, and with it every object that then has nothing left. */
export function setField<Spec>(spec: Spec, path: Path, field: unknown): Spec {
  return (setAt(spec, path, field) ?? {}) as Spec;
}

function setAt(value: unknown, path: Path, field: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return field;
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === name ? (setAt(item, rest, field) ?? {}) : item));
  const members: Record<string, unknown> = typeof value === "object" && value !== null ? { ...value } : {};
  const inner = setAt(members[String(name)], rest, field);
  if (inner === undefined) delete members[String(name)];
  else members[String(name)] = inner;
  return Object.keys(members).length === 0 ? undefined : members;
}
