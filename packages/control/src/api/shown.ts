/** Entities as the admin API shows them: secrets hidden, times as text, the tag in the body too, where no proxy rewrites it. */
import { keyScopes } from "@parley/contract/config/key-scopes";
import type { Entity, Key } from "@parley/contract/api/entities";
import type { Json } from "@parley/stores/ports/config-store";
import { keySpecOf, type HeldEntity } from "../configuration/entity.ts";
import { hideSecrets } from "../configuration/spec-secrets.ts";
import { etagOf } from "./etag.ts";

export function shownEntity(entity: HeldEntity): Entity<Json> {
  return {
    name: entity.name,
    spec: hideSecrets(entity.kind, entity.spec),
    origin: entity.origin,
    etag: etagOf(entity.tag),
    updatedAt: new Date(entity.updatedAt).toISOString(),
    updatedBy: entity.updatedBy,
  };
}

/** A use before the key was made was another key's of the same name. */
export function shownKey(entity: HeldEntity, lastUse: ReadonlyMap<string, number>): Key {
  const { consumer, name, hint, createdAt, createdBy, expiresAt, limits, scopes, replaces, replacedBy } = keySpecOf(entity);
  const used = lastUse.get(name);
  return {
    id: entity.name, consumer, name, hint, origin: entity.origin, etag: etagOf(entity.tag), createdAt, createdBy,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(limits === undefined ? {} : { limits }),
    ...(scopes === undefined ? {} : { scopes: keyScopes.parse(scopes) }),
    ...(replaces === undefined ? {} : { replaces }),
    ...(replacedBy === undefined ? {} : { replacedBy }),
    ...(used === undefined || (entity.origin === "database" && used < Date.parse(createdAt)) ? {} : { lastUsedAt: new Date(used).toISOString() }),
  };
}
