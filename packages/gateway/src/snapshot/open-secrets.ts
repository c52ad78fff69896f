/** Opens the sealed secrets of an entity. They are in the clear in this process's memory only, and never in what is sent on. */
import { appendToken } from "@parley/merge";
import { isSealed, openSecret, secretPointers } from "@parley/contract/secrets";

export interface SecretSource {
  kind: keyof typeof secretPointers;
  name: string;
}

/** The entity with its secrets opened: a copy, or itself where it has none. Throws where the master key is another one. */
export function withOpenSecrets<Entity extends object>(masterKey: Buffer, source: SecretSource, entity: Entity): Entity {
  if (sealedIn(source.kind, entity).length === 0) return entity;
  const copy = structuredClone(entity);
  for (const { holder, member, path } of sealedIn(source.kind, copy)) {
    holder[member] = openSecret(masterKey, `${source.kind}/${source.name}${path}`, holder[member] as string);
  }
  return copy;
}

interface Place {
  holder: Record<string, unknown>;
  member: string;
  /** As a JSON pointer. */
  path: string;
}

function sealedIn(kind: SecretSource["kind"], entity: object): Place[] {
  const places: Place[] = [];
  for (const pointer of secretPointers[kind]) collect(entity, pointer.split("/").slice(1), "", places);
  return places;
}

function collect(value: unknown, [member, ...below]: string[], path: string, places: Place[]): void {
  if (member === undefined || typeof value !== "object" || value === null) return;
  const holder = value as Record<string, unknown>;
  for (const name of member === "*" ? Object.keys(holder) : [member]) {
    const child = holder[name];
    const childPath = appendToken(path, name);
    if (below.length > 0) collect(child, below, childPath, places);
    else if (typeof child === "string" && isSealed(child)) places.push({ holder, member: name, path: childPath });
  }
}
