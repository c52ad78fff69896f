/** What no spec shows by itself: names that lead nowhere, and entities that collide. Only what a write touches is looked at. */
import { serviceMistakes, type VersionedPath, versionPaths } from "@parley/config";
import { service as serviceSchema, type Service } from "@parley/contract/config/service";
import { documentName } from "@parley/contract/snapshot";
import type { Json } from "@parley/stores/ports/config-store";
import { adapterMistakes } from "../documents/adapter-check.ts";
import { documentIn } from "../documents/publish-check.ts";
import type { MemberError } from "../refusal.ts";
import type { ReadonlyCollection } from "./collection.ts";
import { keySpecOf, type HeldEntity } from "./entity.ts";

interface ServiceLook {
  versions?: { list?: Record<string, unknown> };
}

/** Problems of an entity as one of `collection`; pointers start at its spec. */
export function crossErrors(entity: HeldEntity, collection: ReadonlyCollection): MemberError[] {
  switch (entity.kind) {
    case "service": return serviceErrors(entity, collection);
    case "model": return modelErrors(entity, collection);
    case "consumer": return consumerErrors(entity, collection);
    case "key": return keyErrors(entity, collection);
    case "alert": return alertErrors(entity, collection);
    case "document": return documentErrors(entity, collection);
    case "provider": case "channel": case "settings": case "team": case "prompt": return [];
  }
}

/** Things that refer to an entity which is about to go, as people name them. */
export function referrersOf(entity: Pick<HeldEntity, "kind" | "name">, collection: ReadonlyCollection): string[] {
  const { kind, name } = entity;
  const consumers = kind === "service" ? collection.list("consumer").filter((held) => accessOf(held).includes(name)) : [];
  const models = kind === "provider" ? collection.list("model").filter((held) => targetsOf(held).some((target) => providerOf(target) === name)) : [];
  const alerts = collection.list("alert").filter((held) => {
    const spec = held.spec as { when?: { service?: string }; notify?: string[] };
    return (kind === "service" && spec.when?.service === name) || (kind === "channel" && spec.notify?.includes(name));
  });
  const members = kind === "team" ? collection.list("consumer").filter((held) => (held.spec as { team?: string }).team === name) : [];
  return [...consumers, ...members, ...models, ...alerts].map((held) => `${held.kind} ${held.name}`);
}

function serviceErrors(entity: HeldEntity, collection: ReadonlyCollection): MemberError[] {
  const service = (entity.resolved as Service | undefined) ?? serviceSchema.parse(entity.spec);
  return [...pathErrors(entity.name, service, collection), ...serviceMistakes(service), ...adapterErrors(entity.name, entity.spec, collection)];
}

/** One path, one service; and a version that is called by path has its path for itself. */
function pathErrors(name: string, { path, versions }: Service, collection: ReadonlyCollection): MemberError[] {
  const at = (taken: string): HeldEntity | undefined => collection.find("servicePath", taken).find((service) => service.name !== name);
  const same = at(path);
  const errors: MemberError[] = same ? [{ pointer: "/path", message: `the service ${same.name} has the path ${path} already` }] : [];
  for (const version of versionPaths({ path, versions })) {
    const other = at(version.path);
    if (other) errors.push({ pointer: `/${version.place.join("/")}`, message: `the service ${other.name} has the path ${version.path}, and would take the calls of this version` });
  }
  const above = at(path.slice(0, path.lastIndexOf("/")) || "/");
  const held = above && versionPaths(above.spec as unknown as VersionedPath).find((version) => version.path === path);
  if (held) errors.push({ pointer: "/path", message: `calls to ${path} are those of a version of the service ${above.name} already` });
  return errors;
}

function adapterErrors(service: string, spec: Json, collection: ReadonlyCollection): MemberError[] {
  return adapterMistakes(spec, (version) => documentIn(collection.get("document", documentName(service, version))));
}

/** It goes with its service and its version, and is not there without them. */
function documentErrors(entity: HeldEntity, collection: ReadonlyCollection): MemberError[] {
  const [service = "", version] = entity.name.split("/");
  const held = collection.get("service", service)?.spec as unknown as ServiceLook | undefined;
  if (!held) return [{ pointer: "", message: `there is no service ${service}` }];
  if (version === undefined || Object.hasOwn(held.versions?.list ?? {}, version)) return version === undefined ? [] : adapterErrors(service, held as unknown as Json, collection);
  return [{ pointer: "", message: `the service ${service} has no version ${version}` }];
}

function modelErrors(entity: HeldEntity, collection: ReadonlyCollection): MemberError[] {
  return targetsOf(entity).flatMap((target, index) => {
    const provider = providerOf(target);
    if (collection.has("provider", provider)) return [];
    return [{ pointer: `/targets/${index}/model`, message: `there is no provider ${provider}; there are: ${[...collection.names("provider")].join(", ") || "none"}` }];
  });
}

function consumerErrors(entity: HeldEntity, collection: ReadonlyCollection): MemberError[] {
  const { team } = entity.spec as { team?: string };
  const noTeam = team === undefined || collection.has("team", team) ? [] : [{ pointer: "/team", message: `there is no team ${team}; there are: ${[...collection.names("team")].join(", ") || "none"}` }];
  return [...noTeam, ...accessErrors(entity, collection)];
}

function accessErrors(entity: HeldEntity, collection: ReadonlyCollection): MemberError[] {
  return accessOf(entity).flatMap((name, index) =>
    name === "ai" || collection.has("service", name) ? [] : [{ pointer: `/access/${index}`, message: `there is no service ${name}; access lists services, and ai` }],
  );
}

function keyErrors(entity: HeldEntity, collection: ReadonlyCollection): MemberError[] {
  const spec = keySpecOf(entity);
  const errors: MemberError[] = [];
  const isOther = (key: HeldEntity): boolean => key.name !== entity.name;
  if (!collection.has("consumer", spec.consumer)) errors.push({ pointer: "/consumer", message: `there is no consumer ${spec.consumer}` });
  if (collection.find("keyName", `${spec.consumer}/${spec.name}`).some(isOther)) errors.push({ pointer: "/name", message: `the consumer has a key called ${spec.name} already` });
  const other = collection.find("keyHash", spec.hash).find(isOther);
  if (other) errors.push({ pointer: "/hash", message: `the consumer ${keySpecOf(other).consumer} has this key already` });
  return errors;
}

function alertErrors(entity: HeldEntity, collection: ReadonlyCollection): MemberError[] {
  const spec = entity.spec as { when?: { service?: string }; notify?: string[] };
  const channels = (spec.notify ?? []).flatMap((name, index) => (collection.has("channel", name) ? [] : [{ pointer: `/notify/${index}`, message: `there is no channel ${name}` }]));
  const service = spec.when?.service;
  // Calls to the AI endpoints have a service of this name.
  return service === undefined || service === "ai" || collection.has("service", service) ? channels : [...channels, { pointer: "/when/service", message: `there is no service ${service}` }];
}

function accessOf(entity: HeldEntity): string[] {
  return (entity.spec as { access?: string[] }).access ?? [];
}

function targetsOf(entity: HeldEntity): string[] {
  return ((entity.spec as { targets?: { model: string }[] }).targets ?? []).map((target) => target.model);
}

function providerOf(target: string): string {
  return target.slice(0, target.indexOf("/"));
}
