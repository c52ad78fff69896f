/**
 * The entities of a file from one valid reading to the next. An entry that the reader gives back as the same object has the
 * same entities as before, down to their seals and tags, so that 100,000 keys cost nothing where one of them changes.
 */
import { hash } from "node:crypto";
import type { Config, ConfigSource } from "@parley/contract/config/config";
import type { Json } from "@parley/stores/ports/config-store";
import type { FileDocument } from "../documents/file-documents.ts";
import { keysOf, namedOfSource, type SourceKey } from "./config-source.ts";
import { type HeldEntity, type KeySpec, keySpecOf, type Kind } from "./entity.ts";
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

/** What one entry of a large section comes to: a service, or a consumer with its keys. */
interface Group {
  written: unknown;
  resolved: unknown;
  held: HeldEntity[];
  /** Of all of them together. */
  tag: string;
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

  /** Takes a valid reading over, and tells what is other than before; of what is not in a large section, everything. */
  take(content: FileContent): EntityChange[] {
    const services = this.#divided("services", content);
    const consumers = this.#divided("consumers", content);
    const part = { services: services.changed, consumers: consumers.changed };
    const made = this.#made({ ...content.source, ...pick(content.source, part) } as Json, { ...content.config, ...pick(content.config, part) } as unknown as Json);
    this.#fill(services.groups, made, (entity) => (entity.kind === "service" ? entity.name : null));
    this.#fill(consumers.groups, made, consumerOf);
    const others = [...made.filter(({ kind }) => kind !== "service" && kind !== "consumer" && kind !== "key"), ...this.#documents(content.documents)];
    const gone = [...services.gone, ...consumers.gone].flatMap(({ held }) => held).concat(this.#others);
    this.#groups = { services: services.groups, consumers: consumers.groups };
    this.#others = others;
    return changesBetween(gone, [...made.filter(({ kind }) => kind === "service" || kind === "consumer" || kind === "key"), ...others]);
  }

  /** Of everything, as one text. */
  tags(): string {
    const { services, consumers } = this.#groups;
    const inGroups = [services, consumers].flatMap((groups) => Array.from(groups, ([name, { tag }]) => `${name} ${tag}`));
    return [...inGroups, ...this.#others.map(({ kind, name, tag }) => `${kind}/${name} ${tag}`)].join("\n");
  }

  /** The groups that stay, in the order of the file and with room for the others, the names of those, and the groups that end. */
  #divided(section: Section, { source, config }: FileContent): { groups: Groups; changed: string[]; gone: Group[] } {
    const before = this.#groups[section];
    const written = (source[section] ?? {}) as Record<string, unknown>;
    const groups: Groups = new Map();
    const changed: string[] = [];
    for (const [name, resolved] of Object.entries(config[section])) {
      const known = before.get(name);
      const stays = known !== undefined && known.resolved === resolved && known.written === written[name];
      groups.set(name, stays ? known : { written: written[name], resolved, held: [], tag: "" });
      if (!stays) changed.push(name);
    }
    const gone = Array.from(before).flatMap(([name, group]) => (groups.get(name) === group ? [] : [group]));
    return { groups, changed, gone };
  }

  #fill(groups: Groups, made: readonly HeldEntity[], nameOf: (entity: HeldEntity) => string | null): void {
    const filled = new Set<Group>();
    for (const entity of made) {
      const group = groups.get(nameOf(entity) ?? "");
      if (group === undefined) continue;
      group.held.push(entity);
      filled.add(group);
    }
    for (const group of filled) group.tag = group.held.length === 1 ? (group.held[0] as HeldEntity).tag : hash("sha256", group.held.map(({ name, tag }) => `${name} ${tag}`).join("\n"), "base64url");
  }

  #made(source: Json, config: Json): HeldEntity[] {
    const resolved = namedOfSource(config);
    const at = this.#ports.now();
    const held = namedOfSource(source).map(({ kind, name, spec }, index): HeldEntity => {
      const open = resolved[index]?.spec ?? {};
      const value = this.#seal({ kind, name, spec: open });
      const json = JSON.stringify(value);
      // Shown as written, with the sealed secret in its place, so that hiding finds it.
      return { kind, name, spec: value === open ? spec : sealedAsIn(kind, spec, value), resolved: value, json, origin: "file", ...stamp(at, json) };
    });
    return held.concat(heldKeys(source, config, at));
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

function consumerOf(entity: HeldEntity): string | null {
  if (entity.kind === "consumer") return entity.name;
  return entity.kind === "key" ? keySpecOf(entity).consumer : null;
}

function heldKeys(source: Json, config: Json, at: number): HeldEntity[] {
  const createdAt = new Date(at).toISOString();
  const written = consumersIn(source);
  return Object.entries(consumersIn(config)).flatMap(([consumer, spec]) => {
    const limits = (written[consumer] as { keys?: readonly { limits?: Json[] }[] } | null | undefined)?.keys;
    return keysOf(consumer, spec).map((key, index) => heldKey(key, { limits: key.limits && limits?.[index]?.limits, createdAt, at }));
  });
}

function consumersIn(source: Json): Record<string, Json> {
  return ((source as { consumers?: Record<string, Json> | null }).consumers ?? {});
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
