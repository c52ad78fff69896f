/** All entities by kind and name, with lower layers that show through: the database over the environment. */
import { kinds, type HeldEntity, type Kind } from "./entity.ts";

export interface ReadonlyCollection {
  get(kind: Kind, name: string): HeldEntity | undefined;
  /** In the order of names. */
  list(kind: Kind): HeldEntity[];
  has(kind: Kind, name: string): boolean;
  names(kind: Kind): Iterable<string>;
  all(): Iterable<HeldEntity>;
}

export class Collection implements ReadonlyCollection {
  #byKind = new Map<Kind, Map<string, HeldEntity>>(kinds.map((kind) => [kind, new Map()]));

  constructor(entities: Iterable<HeldEntity> = []) {
    for (const entity of entities) this.put(entity);
  }

  put(entity: HeldEntity): void {
    this.#of(entity.kind).set(entity.name, entity);
  }

  remove(kind: Kind, name: string): void {
    this.#of(kind).delete(name);
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
    return [...this.#of(kind).values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  *all(): Iterable<HeldEntity> {
    for (const entities of this.#byKind.values()) yield* entities.values();
  }

  #of(kind: Kind): Map<string, HeldEntity> {
    return this.#byKind.get(kind) as Map<string, HeldEntity>;
  }
}

/** `upper` wins where both have a name. */
export class Layers implements ReadonlyCollection {
  readonly #upper: ReadonlyCollection;
  readonly #lower: ReadonlyCollection;

  constructor(upper: ReadonlyCollection, lower: ReadonlyCollection) {
    this.#upper = upper;
    this.#lower = lower;
  }

  get(kind: Kind, name: string): HeldEntity | undefined {
    return this.#upper.get(kind, name) ?? this.#lower.get(kind, name);
  }

  has(kind: Kind, name: string): boolean {
    return this.#upper.has(kind, name) || this.#lower.has(kind, name);
  }

  names(kind: Kind): Iterable<string> {
    return new Set([...this.#upper.names(kind), ...this.#lower.names(kind)]);
  }

  list(kind: Kind): HeldEntity[] {
    return [...new Collection(this.#of(kind)).list(kind)];
  }

  *all(): Iterable<HeldEntity> {
    for (const kind of kinds) yield* this.#of(kind);
  }

  *#of(kind: Kind): Iterable<HeldEntity> {
    for (const name of this.names(kind)) yield this.get(kind, name) as HeldEntity;
  }
}

/** A collection with some writes on top, to look at before they are made. */
export class Proposed implements ReadonlyCollection {
  readonly #base: ReadonlyCollection;
  readonly #changed = new Map<string, HeldEntity | null>();

  constructor(base: ReadonlyCollection, writes: Iterable<{ kind: Kind; name: string; entity: HeldEntity | null }>) {
    this.#base = base;
    for (const { kind, name, entity } of writes) this.#changed.set(`${kind}/${name}`, entity);
  }

  get(kind: Kind, name: string): HeldEntity | undefined {
    const changed = this.#changed.get(`${kind}/${name}`);
    return changed === undefined ? this.#base.get(kind, name) : (changed ?? undefined);
  }

  has(kind: Kind, name: string): boolean {
    return this.get(kind, name) !== undefined;
  }

  *names(kind: Kind): Iterable<string> {
    for (const name of this.#base.names(kind)) if (this.has(kind, name)) yield name;
    for (const entity of this.#changed.values()) if (entity?.kind === kind && !this.#base.has(kind, entity.name)) yield entity.name;
  }

  list(kind: Kind): HeldEntity[] {
    return [...this.names(kind)].map((name) => this.get(kind, name) as HeldEntity);
  }

  *all(): Iterable<HeldEntity> {
    for (const kind of kinds) yield* this.list(kind);
  }
}
