/** All entities by kind and name, and by what else they are looked up, with lower layers that show through: the database over the environment. */
import { EntityIndex } from "./entity-index.ts";
import { keySpecOf, kinds, type HeldEntity, type Kind } from "./entity.ts";

/** What is looked up otherwise than by name; with 100,000 keys nothing may be searched. */
const indexes = {
  keysOf: { kind: "key", by: (entity: HeldEntity) => keySpecOf(entity).consumer },
  keyName: { kind: "key", by: (entity: HeldEntity) => `${keySpecOf(entity).consumer}/${keySpecOf(entity).name}` },
  keyHash: { kind: "key", by: (entity: HeldEntity) => keySpecOf(entity).hash },
  servicePath: { kind: "service", by: (entity: HeldEntity) => (entity.spec as { path: string }).path },
} as const satisfies Record<string, { kind: Kind; by: (entity: HeldEntity) => string }>;
export type Index = keyof typeof indexes;

export interface ReadonlyCollection {
  get(kind: Kind, name: string): HeldEntity | undefined;
  has(kind: Kind, name: string): boolean;
  names(kind: Kind): Iterable<string>;
  /** In the order of names. */
  list(kind: Kind): HeldEntity[];
  find(index: Index, value: string): HeldEntity[];
  all(): Iterable<HeldEntity>;
}

export class Collection implements ReadonlyCollection {
  #byKind = new Map<Kind, Map<string, HeldEntity>>(kinds.map((kind) => [kind, new Map()]));
  /** Kinds whose entities are made when somebody first asks for one. */
  #later = new Map<Kind, () => Iterable<HeldEntity>>();
  /** Made when it is first asked: a file's 100,000 keys may never be looked up by anything but their names. */
  #byIndex = new Map<Index, EntityIndex>();

  constructor(entities: Iterable<HeldEntity> = []) {
    for (const entity of entities) this.put(entity);
  }

  /** `make` gives all of the kind as they are when it is called, so that until then none needs to be put or removed here. */
  putLater(kind: Kind, make: () => Iterable<HeldEntity>): void {
    this.#later.set(kind, make);
  }

  put(entity: HeldEntity): void {
    if (this.#later.has(entity.kind)) return;
    const entities = this.#of(entity.kind);
    if (entities.has(entity.name)) this.remove(entity.kind, entity.name);
    entities.set(entity.name, entity);
    for (const [name, index] of this.#byIndex) if (indexes[name].kind === entity.kind) index.add(indexes[name].by(entity), entity);
  }

  remove(kind: Kind, name: string): void {
    if (this.#later.has(kind)) return;
    const before = this.get(kind, name);
    if (!before) return;
    this.#of(kind).delete(name);
    for (const [index, found] of this.#byIndex) if (indexes[index].kind === kind) found.remove(indexes[index].by(before), before);
  }

  get(kind: Kind, name: string): HeldEntity | undefined {
    return this.#of(kind).get(name);
  }

  has(kind: Kind, name: string): boolean {
    return this.#of(kind).has(name);
  }

  names(kind: Kind): Iterable<string> {
    return this.#of(kind).keys();
  }

  list(kind: Kind): HeldEntity[] {
    return inOrder([...this.#of(kind).values()]);
  }

  find(index: Index, value: string): HeldEntity[] {
    return this.#index(index).find(value);
  }

  #index(name: Index): EntityIndex {
    let index = this.#byIndex.get(name);
    if (index) return index;
    this.#byIndex.set(name, (index = new EntityIndex()));
    for (const entity of this.#of(indexes[name].kind).values()) index.add(indexes[name].by(entity), entity);
    return index;
  }

  *all(): Iterable<HeldEntity> {
    for (const kind of kinds) yield* this.of(kind);
  }

  of(kind: Kind): Iterable<HeldEntity> {
    return this.#of(kind).values();
  }

  #of(kind: Kind): Map<string, HeldEntity> {
    const make = this.#later.get(kind);
    if (make !== undefined) {
      this.#later.delete(kind);
      for (const entity of make()) this.put(entity);
    }
    return this.#byKind.get(kind) as Map<string, HeldEntity>;
  }
}

/** `upper` wins where both have a name, and hides what `hides` says. */
export class Layers implements ReadonlyCollection {
  readonly #upper: ReadonlyCollection;
  readonly #lower: ReadonlyCollection;
  readonly #hides: (kind: Kind, name: string) => boolean;

  constructor(upper: ReadonlyCollection, lower: ReadonlyCollection, hides: (kind: Kind, name: string) => boolean = (kind, name) => upper.has(kind, name)) {
    this.#upper = upper;
    this.#lower = lower;
    this.#hides = hides;
  }

  get(kind: Kind, name: string): HeldEntity | undefined {
    return this.#upper.get(kind, name) ?? (this.#hides(kind, name) ? undefined : this.#lower.get(kind, name));
  }

  has(kind: Kind, name: string): boolean {
    return this.get(kind, name) !== undefined;
  }

  *names(kind: Kind): Iterable<string> {
    yield* this.#upper.names(kind);
    for (const name of this.#lower.names(kind)) if (!this.#hides(kind, name)) yield name;
  }

  list(kind: Kind): HeldEntity[] {
    return inOrder([...this.names(kind)].map((name) => this.get(kind, name) as HeldEntity));
  }

  find(index: Index, value: string): HeldEntity[] {
    return [...this.#upper.find(index, value), ...this.#lower.find(index, value).filter((entity) => !this.#hides(entity.kind, entity.name))];
  }

  *all(): Iterable<HeldEntity> {
    for (const kind of kinds) for (const name of this.names(kind)) yield this.get(kind, name) as HeldEntity;
  }
}

/** A collection with some writes on top, to look at before they are made; null removes. */
export function proposed(base: ReadonlyCollection, writes: readonly { kind: Kind; name: string; entity: HeldEntity | null }[]): ReadonlyCollection {
  const touched = new Set(writes.map(({ kind, name }) => `${kind}/${name}`));
  const written = new Collection(writes.flatMap(({ entity }) => entity ?? []));
  return new Layers(written, base, (kind, name) => touched.has(`${kind}/${name}`));
}

function inOrder(entities: HeldEntity[]): HeldEntity[] {
  return entities.sort((one, other) => (one.name < other.name ? -1 : 1));
}
