/** Entities by a value that is mostly theirs alone: one entity costs one entry, and only where several share a value there is a map. */
import type { HeldEntity } from "./entity.ts";

export class EntityIndex {
  readonly #found = new Map<string, HeldEntity | Map<string, HeldEntity>>();

  add(value: string, entity: HeldEntity): void {
    const there = this.#found.get(value);
    if (there === undefined) this.#found.set(value, entity);
    else if (there instanceof Map) there.set(entity.name, entity);
    else this.#found.set(value, new Map([[there.name, there], [entity.name, entity]]));
  }

  remove(value: string, entity: HeldEntity): void {
    const there = this.#found.get(value);
    if (there instanceof Map && there.size > 1) there.delete(entity.name);
    else this.#found.delete(value);
  }

  find(value: string): HeldEntity[] {
    const there = this.#found.get(value);
    if (there === undefined) return [];
    return there instanceof Map ? [...there.values()] : [there];
  }
}
