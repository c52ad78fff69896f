/**
 * The entities of a file from one valid reading to the next. An entry that the reader gives back as the same object has the
 * same entities as before, down to their seals and tags, so that 100,000 keys cost nothing where one of them changes.
 */
import { hash } from "node:crypto";
import type { Config, ConfigSource } from "@parley/contract/config/config";
import type { Limit } from "@parley/contract/config/limits";
import type { Json } from "@parley/stores/ports/config-store";
import type { FileDocument } from "../documents/file-documents.ts";
import { keyEntry, type SnapshotEntry } from "../publishing/compile.ts";
import { keysOf, namedOfSource, type SourceKey } from "./config-source.ts";
import type { HeldEntity, KeySpec, Kind } from "./entity.ts";
import { mapSecrets, purposeOf, secretsIn } from "./spec-secrets.ts";

export interface FileContent {
  source: ConfigSource;
  config: Config;
  documents: readonly FileDocument[];
}

/** Of one entity; the one without `before` is new, the one without `after` is gone. */
export interface EntityChange {
  before?: HeldEntity | undefined;
  after?: HeldEntity;
}

export interface FileEntitiesPorts {
  seal: (purpose: string, secret: string) => string;
  now: () => number;
}

/** What one entry of a large section comes to: a service, or a consumer and the keys that it lists. */
interface Group {
  written: Json | undefined;
  resolved: Json;
  /** When it was read. */
  at: number;
  /** Null until it is made. */
  held: HeldEntity | null;
  /** Of all of it together; null until somebody asks. */
  tag: string | null;
}

type Section = "services" | "consumers";
type Groups = Map<string, Group>;

export class FileEntities {
  readonly #ports: FileEntitiesPorts;
  #groups: Record<Section, Groups> = { services: new Map(), consumers: new Map() };
  #others: HeldEntity[] = [];

  constructor(ports: FileEntitiesPorts) {
    this.#ports = ports;
  }

  /** Takes a valid reading over, and tells what is other than before; of what is not in a large section, everything. With `keys` "later", nothing of keys. */
  take(content: FileContent, keys: "now" | "later" = "now"): EntityChange[] {
    const services = this.#divided("services", content);
    const consumers = this.#divided("consumers", content);
    const part = { services: services.changed, consumers: consumers.changed };
    const made = this.#made({ ...content.source, ...pick(content.source, part) } as Json, { ...content.config, ...pick(content.config, part) } as unknown as Json);
    fill(services.groups, made, "service");
    fill(consumers.groups, made, "consumer");
    const others = [...made.filter(({ kind }) => kind !== "service" && kind !== "consumer"), ...this.#documents(content.documents)];
    const gone = [...heldOf(services.gone), ...heldOf(consumers.gone), ...(keys === "now" ? keysIn(consumers.gone) : []), ...this.#others];
    const come = keys === "now" ? keysIn(consumers.changed.map((name) => [name, consumers.groups.get(name) as Group])) : [];
    this.#groups = { services: services.groups, consumers: consumers.groups };
    this.#others = others;
    return changesBetween(gone, [...made.filter(({ kind }) => kind === "service" || kind === "consumer"), ...come, ...others]);
  }

  /** Every key, as it is now. */
  keys(): Iterable<HeldEntity> {
    return keysIn(this.#groups.consumers);
  }

  /** What is published of every key, without an entity of any. */
  publishedKeys(): SnapshotEntry[] {
    return Array.from(this.#groups.consumers).flatMap(([consumer, { resolved }]) => keysOf(consumer, resolved).map(publishedKey));
  }

  /** Of everything, as one text. */
  tags(): string {
    const { services, consumers } = this.#groups;
    const inGroups = [services, consumers].flatMap((groups) => Array.from(groups, ([name, group]) => `${name} ${tagOf(name, group)}`));
    return [...inGroups, ...this.#others.map(({ kind, name, tag }) => `${kind}/${name} ${tag}`)].join("\n");
  }

  /** The groups that stay, in the order of the file and with room for the others, the names of those, and the groups that end. */
  #divided(section: Section, { source, config }: FileContent): { groups: Groups; changed: string[]; gone: [name: string, group: Group][] } {
    const before = this.#groups[section];
    const at = this.#ports.now();
    const written = (source[section] ?? {}) as Record<string, Json>;
    const groups: Groups = new Map();
    const changed: string[] = [];
    for (const [name, resolved] of Object.entries(config[section] as Record<string, unknown> as Record<string, Json>)) {
      const known = before.get(name);
      const stays = known !== undefined && known.resolved === resolved && known.written === written[name];
      groups.set(name, stays ? known : { written: written[name], resolved, at, held: null, tag: null });
      if (!stays) changed.push(name);
    }
    const gone = Array.from(before).filter(([name, group]) => groups.get(name) !== group);
    return { groups, changed, gone };
  }

  #made(source: Json, config: Json): HeldEntity[] {
    const resolved = namedOfSource(config);
    const at = this.#ports.now();
    return namedOfSource(source).map(({ kind, name, spec }, index): HeldEntity => {
      const open = resolved[index]?.spec ?? {};
      const value = this.#seal({ kind, name, spec: open });
      const json = JSON.stringify(value);
      // Shown as written, with the sealed secret in its place, so that hiding finds it.
      return { kind, name, spec: value === open ? spec : sealedAsIn(kind, spec, value), resolved: value, json, origin: "file", ...stamp(at, json) };
    });
  }

  #documents(documents: readonly FileDocument[]): HeldEntity[] {
    const at = this.#ports.now();
    return documents.map(({ name, text, from }) => ({ kind: "document", name, spec: { text, from }, origin: "file", ...stamp(at, JSON.stringify(text)) }));
  }

  #seal(entity: { kind: Kind; name: string; spec: Json }): Json {
    return mapSecrets(entity.kind, entity.spec, ({ pointer, value }) => (value === "" ? "" : this.#ports.seal(purposeOf(entity, pointer), value)));
  }
}

function changesBetween(before: readonly HeldEntity[], after: readonly HeldEntity[]): EntityChange[] {
  if (before.length === 0) return after.map((entity) => ({ after: entity }));
  const known = new Map(before.map((entity) => [`${entity.kind}/${entity.name}`, entity]));
  const changes: EntityChange[] = [];
  for (const entity of after) {
    const key = `${entity.kind}/${entity.name}`;
    changes.push({ before: known.get(key), after: entity });
    known.delete(key);
  }
  return [...Array.from(known.values(), (entity) => ({ before: entity })), ...changes];
}

/** The large sections with these entries only. */
function pick(whole: Partial<Record<Section, unknown>>, names: Record<Section, readonly string[]>): Record<Section, object> {
  const only = (section: Section): object => {
    const entries = (whole[section] ?? {}) as Record<string, unknown>;
    if (names[section].length === Object.keys(entries).length) return entries;
    return Object.fromEntries(names[section].map((name) => [name, entries[name]]));
  };
  return { services: only("services"), consumers: only("consumers") };
}

function fill(groups: Groups, made: readonly HeldEntity[], kind: Kind): void {
  for (const entity of made) {
    const group = entity.kind === kind ? groups.get(entity.name) : undefined;
    if (group !== undefined) group.held = entity;
  }
}

function heldOf(groups: readonly [name: string, group: Group][]): HeldEntity[] {
  return groups.flatMap(([, { held }]) => held ?? []);
}

function tagOf(name: string, group: Group): string {
  const own = group.held?.tag ?? "";
  return (group.tag ??= group.held?.kind === "consumer" ? hash("sha256", [own, ...keysIn([[name, group]]).map((key) => `${key.name} ${key.tag}`)].join("\n"), "base64url") : own);
}

function keysIn(consumers: Iterable<[name: string, group: Group]>): HeldEntity[] {
  return Array.from(consumers).flatMap(([consumer, { written, resolved, at }]) => {
    const createdAt = new Date(at).toISOString();
    const limits = (written as { keys?: readonly { limits?: Json[] }[] } | null | undefined)?.keys;
    return keysOf(consumer, resolved).map((key, index) => heldKey(key, { limits: key.limits && limits?.[index]?.limits, createdAt, at }));
  });
}

function publishedKey({ consumer, name, hash, limits, scopes, expiresAt }: SourceKey): SnapshotEntry {
  return keyEntry({ id: `${consumer}~${name}`, consumer, name, hash, limits: limits as Limit[] | undefined, scopes, expiresAt });
}

/** `limits` as the file writes them; the key has them as they were read. */
function heldKey(key: SourceKey, { limits, createdAt, at }: { limits: Json[] | undefined; createdAt: string; at: number }): HeldEntity {
  const spec: KeySpec = { consumer: key.consumer, name: key.name, hash: key.hash, hint: "", createdAt, createdBy: "file" };
  const name = `${key.consumer}~${key.name}`;
  // A plain key is its hash, so that its tag needs none of its own.
  if (key.limits === undefined && key.scopes === undefined && key.expiresAt === undefined) {
    return { kind: "key", name, spec: spec as unknown as Json, origin: "file", tag: `file-${key.hash.slice(-22)}`, updatedAt: at, updatedBy: "file" };
  }
  if (key.scopes !== undefined) spec.scopes = key.scopes;
  if (key.expiresAt !== undefined) spec.expiresAt = key.expiresAt;
  if (limits !== undefined) spec.limits = limits;
  const stamped = stamp(at, JSON.stringify([key.hash, key.limits ?? null, key.scopes ?? null, key.expiresAt ?? null]));
  return { kind: "key", name, spec: spec as unknown as Json, origin: "file", ...stamped, ...(key.limits === undefined ? {} : { resolved: key.limits }) };
}

/** Sealed values keep their text while the secret stays, so equal content has an equal tag. */
function stamp(at: number, json: string): Pick<HeldEntity, "tag" | "updatedAt" | "updatedBy"> {
  return { tag: `file-${hash("sha256", json, "base64url").slice(0, 22)}`, updatedAt: at, updatedBy: "file" };
}

function sealedAsIn(kind: Kind, written: Json, sealed: Json): Json {
  const texts = new Map(secretsIn(kind, sealed).map(({ pointer, value }) => [pointer, value]));
  return mapSecrets(kind, written, ({ pointer, value }) => texts.get(pointer) ?? value);
}
