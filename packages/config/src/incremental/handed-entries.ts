/**
 * Entries of a large section on their way to another process. Of ten thousand services nearly all share most of their objects
 * with one that they are like (like-entries.ts); what one shares is named rather than written, and shared again on the other side.
 */
type Entry = Record<string, unknown>;

export type HandedEntry =
  | [name: string, entry: Entry]
  /** As `like`, but for what is its own; `nested` has what is its own in members that are otherwise the same. */
  | [name: string, like: string, own: Entry, nested: Record<string, Entry>];

export function handEntries(entries: Record<string, object>): HandedEntry[] {
  /** Who had an object first. */
  const models = new Map<object, string>();
  return Object.entries(entries as Record<string, Entry>).map(([name, entry]) => {
    const like = modelOf(entry, models);
    const difference = like === null ? null : differenceOf(entry, entries[like] as Entry, 1);
    if (like !== null && difference !== null) return [name, like, difference.own, difference.nested];
    for (const value of Object.values(entry)) if (isReference(value) && !models.has(value)) models.set(value, name);
    return [name, entry];
  });
}

/** In the same order. */
export function takeEntries(handed: readonly HandedEntry[]): Record<string, Entry> {
  const entries: Record<string, Entry> = {};
  for (const [name, entryOrLike, own, nested] of handed) {
    if (typeof entryOrLike !== "string") entries[name] = entryOrLike;
    else {
      const model = entries[entryOrLike] as Entry;
      const entry: Entry = (entries[name] = { ...model, ...own });
      for (const member in nested) entry[member] = { ...(model[member] as Entry), ...nested[member] };
    }
  }
  return entries;
}

function modelOf(entry: Entry, models: ReadonlyMap<object, string>): string | null {
  for (const member in entry) {
    const value = entry[member];
    const model = isReference(value) ? models.get(value) : undefined;
    if (model !== undefined) return model;
  }
  return null;
}

/** Null where it cannot be told by what is other: JSON has no word for a member that the other one has and it has not. */
function differenceOf(entry: Entry, model: Entry, depth: number): { own: Entry; nested: Record<string, Entry> } | null {
  const members = Object.keys(entry);
  const others = Object.keys(model);
  if (members.length !== others.length) return null;
  const own: Entry = {};
  const nested: Record<string, Entry> = {};
  for (let index = 0; index < members.length; index++) {
    const member = members[index] as string;
    if (member !== others[index]) return null;
    const value = entry[member];
    if (value === model[member]) continue;
    if (value === undefined) return null;
    const inner = depth > 0 && isMapping(value) && isMapping(model[member]) ? differenceOf(value, model[member], depth - 1) : null;
    if (inner === null) own[member] = value;
    else nested[member] = inner.own;
  }
  return { own, nested };
}

function isReference(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isMapping(value: unknown): value is Entry {
  return isReference(value) && !Array.isArray(value);
}
