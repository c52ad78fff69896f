/** Between a configuration file and entities: the same things, once nested as parley.yaml has them and once by kind and name. */
import { hashKey } from "@parley/contract/secrets";
import { isJsonObject } from "@parley/merge";
import type { Json } from "@parley/stores/ports/config-store";
import type { ReadonlyCollection } from "./collection.ts";
import { keySpecOf, type HeldEntity, type Kind } from "./entity.ts";

export interface SourceEntity {
  kind: Exclude<Kind, "key">;
  name: string;
  spec: Json;
}

export interface SourceKey {
  consumer: string;
  name: string;
  hash: string;
  limits?: Json[];
  scopes?: Record<string, string[]>;
  expiresAt?: string;
}

/** Of a file that was found valid, with its variables filled in. */
export function entitiesOfSource(source: Json): { entities: SourceEntity[]; keys: SourceKey[] } {
  const keys = Object.entries(section(source, "consumers")).flatMap(([consumer, spec]) => keysOf(consumer, spec));
  return { entities: namedOfSource(source), keys };
}

/** All that has a name of its own: everything but keys. */
export function namedOfSource(source: Json): SourceEntity[] {
  const ai = section(source, "ai");
  const consumers = Object.entries(section(source, "consumers"));
  const { providers, models, ...aiSettings } = ai;
  const gateway = section(source, "gateway");
  return [
    { kind: "settings", name: "ai", spec: aiSettings },
    { kind: "settings", name: "logging", spec: section(source, "logging") },
    { kind: "settings", name: "telemetry", spec: section(source, "telemetry") },
    { kind: "settings", name: "gateway", spec: pick(gateway, ["trustProxy", "limits"]) },
    ...named("service", section(source, "services")),
    ...named("provider", objectOf(providers)),
    ...named("model", objectOf(models)),
    ...consumers.map(([name, spec]) => ({ kind: "consumer" as const, name, spec: without(objectOf(spec), "keys") })),
    ...named("team", section(source, "teams")),
    ...named("prompt", section(source, "prompts")),
    ...named("channel", section(source, "channels")),
    ...named("alert", section(source, "alerts")),
  ];
}

/** As parley.yaml writes it; empty sections are left out. `show` gives each spec as it may be shown. */
export function sourceOfEntities(entities: ReadonlyCollection, show: (entity: HeldEntity) => Json): Json {
  const keys = Map.groupBy(entities.list("key").filter((key) => key.origin !== "environment"), (key) => keySpecOf(key).consumer);
  const all = (kind: Kind, keep: (entity: HeldEntity) => boolean = () => true): Record<string, Json> =>
    Object.fromEntries(entities.list(kind).filter(keep).map((entity) => [entity.name, show(entity)]));
  const settings = all("settings");
  const consumers = Object.entries(all("consumer", (entity) => entity.origin !== "environment")).map(([name, spec]): [string, Json] => {
    // Their ids are random, and two installations that have the same are to write the same.
    const written = (keys.get(name) ?? []).map(writtenKey).toSorted((one, other) => (one.name < other.name ? -1 : 1));
    return [name, written.length === 0 ? spec : { keys: written, ...objectOf(spec) }];
  });
  return withoutEmpty({
    gateway: settings["gateway"] ?? {},
    services: all("service"),
    ai: withoutEmpty({ ...objectOf(settings["ai"]), providers: all("provider"), models: all("model") }),
    consumers: Object.fromEntries(consumers),
    teams: all("team"),
    prompts: all("prompt"),
    telemetry: settings["telemetry"] ?? {},
    logging: settings["logging"] ?? {},
    alerts: all("alert"),
    channels: all("channel"),
  });
}

function writtenKey(key: HeldEntity): Record<string, Json> & { name: string } {
  const { name, hash, limits, scopes, expiresAt } = keySpecOf(key);
  return { name, hash, ...(limits === undefined ? {} : { limits }), ...(scopes === undefined ? {} : { scopes }), ...(expiresAt === undefined ? {} : { expiresAt }) };
}

function named(kind: SourceEntity["kind"], members: Record<string, Json>): SourceEntity[] {
  return Object.entries(members).map(([name, spec]) => ({ kind, name, spec: spec ?? {} }));
}

/** In the order in which its entry has them. */
export function keysOf(consumer: string, spec: Json | undefined): SourceKey[] {
  const { keys } = objectOf(spec);
  return Array.isArray(keys) ? keys.map((key) => keyOf(consumer, objectOf(key) as unknown as WrittenKey)) : [];
}

type WrittenKey = Omit<SourceKey, "consumer" | "hash"> & { secret?: string; hash?: string };

function keyOf(consumer: string, { name, secret, hash, limits, scopes, expiresAt }: WrittenKey): SourceKey {
  const key: SourceKey = { consumer, name, hash: hash ?? hashKey(secret ?? "") };
  if (limits !== undefined) key.limits = limits;
  if (scopes !== undefined) key.scopes = scopes;
  if (expiresAt !== undefined) key.expiresAt = expiresAt;
  return key;
}

function section(source: Json, name: string): Record<string, Json> {
  return objectOf(objectOf(source)[name]);
}

function objectOf(value: Json | undefined): Record<string, Json> {
  return isJsonObject(value) ? value : {};
}

function pick(object: Record<string, Json>, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
}

function without(object: Record<string, Json>, name: string): Json {
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== name));
}

function withoutEmpty(object: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isJsonObject(value) || Object.keys(value).length > 0));
}
