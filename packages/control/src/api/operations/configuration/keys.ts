/** Consumers' keys: made here, shown once, kept as hashes. */
import { hashKey } from "@parley/contract/secrets";
import type { Json } from "@parley/stores/ports/config-store";
import { keySpecOf, type HeldEntity, type KeySpec } from "../../../configuration/entity.ts";
import { refuse } from "../../../refusal.ts";
import { base62, newConsumerKey } from "../../../sign-in/tokens.ts";
import type { ControlPlane } from "../../control-plane.ts";
import { expectTag } from "../../etag.ts";
import type { Handler, Handlers } from "../../handler.ts";
import { refuseReadOnly } from "../../read-only.ts";
import { shownKey } from "../../shown.ts";

/** `pk_` and five of 43 digits: enough to recognise a key by, and far from enough to guess it. */
const hintLength = 8;

export function keyHandlers(plane: ControlPlane): Pick<Handlers, "listKeys" | "createKey" | "getKey" | "revokeKey"> {
  return {
    listKeys: async ({ path }) => {
      expectConsumer(plane, path.name);
      const keys = plane.configuration.entities.find("keysOf", path.name);
      const lastUse = await lastUseOf(plane, path.name);
      return { body: { items: keys.map((key) => shownKey(key, lastUse)) } };
    },
    getKey: async ({ path }) => {
      const key = findKey(plane, path);
      return { body: shownKey(key, await lastUseOf(plane, path.name)), tag: key.tag };
    },
    createKey: createKey(plane),
    revokeKey: async ({ path, precondition, actor }) => {
      const found = findKey(plane, path);
      const { consumer, name, hash } = keySpecOf(found);
      if (!plane.database) refuseReadOnly(plane, { kind: "key", name, spec: { consumer, key: { name, hash } }, removal: true });
      if (found.origin === "environment") refuse("read-only-configuration", `the key is the value of ${name} in the environment`, { fix: `Unset ${name} and restart.` });
      await plane.database.change(actor, (state) => {
        expectTag(precondition, state.stored.get("key", path.id) ?? null, `the key ${name}`);
        return [{ kind: "key", name: path.id, spec: null }];
      });
      return {};
    },
  };
}

function createKey(plane: ControlPlane): Handler<"createKey"> {
  return async ({ path, body, written, actor }) => {
    expectConsumer(plane, path.name);
    if (!plane.database) {
      const variable = `${path.name}_${body.name}_KEY`.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
      refuseReadOnly(plane, { kind: "key", name: body.name, spec: { consumer: path.name, key: { name: body.name, secret: `\${${variable}}` } } });
    }
    const made = newKey(plane, { consumer: path.name, name: body.name, createdBy: actor.name, expiresAt: body.expiresAt, limits: (written as { limits?: Json[] }).limits, scopes: (written as { scopes?: Record<string, string[]> }).scopes });
    await plane.database.change(actor, (state) => {
      if (state.inForce.find("keyName", `${path.name}/${body.name}`).length > 0) refuse("exists", `the consumer ${path.name} has a key called ${body.name}`);
      return [{ kind: "key", name: made.id, spec: { ...made.spec } }];
    });
    const key = findKey(plane, { name: path.name, id: made.id });
    return { body: { key: shownKey(key, new Map()), secret: made.secret }, tag: key.tag };
  };
}

export function newKey(ports: Pick<ControlPlane, "random" | "now">, of: { consumer: string; name: string; createdBy: string; expiresAt?: string | undefined; limits?: Json[] | undefined; scopes?: Record<string, string[]> | undefined; replaces?: string }): { id: string; secret: string; spec: KeySpec } {
  const secret = newConsumerKey(ports.random);
  const spec: KeySpec = {
    consumer: of.consumer, name: of.name, hash: hashKey(secret), hint: secret.slice(0, hintLength),
    createdAt: new Date(ports.now()).toISOString(), createdBy: of.createdBy, ...(of.expiresAt === undefined ? {} : { expiresAt: of.expiresAt }), ...(of.limits === undefined ? {} : { limits: of.limits }),
    ...(of.scopes === undefined ? {} : { scopes: of.scopes }), ...(of.replaces === undefined ? {} : { replaces: of.replaces }),
  };
  return { id: newKeyId(ports), secret, spec };
}

export function newKeyId(ports: Pick<ControlPlane, "random">): string {
  return `key_${base62(ports.random(32)).slice(-20)}`;
}

export function findKey(plane: ControlPlane, { name, id }: { name: string; id: string }): HeldEntity {
  const key = plane.configuration.entities.get("key", id);
  if (!key || keySpecOf(key).consumer !== name) refuse("not-found", `the consumer ${name} has no key ${id}`);
  return key;
}

function expectConsumer(plane: ControlPlane, name: string): void {
  if (!plane.configuration.entities.has("consumer", name)) refuse("not-found", `there is no consumer ${name}`);
}

/** A call log that is away leaves out when keys were used, and nothing else. */
export async function lastUseOf(plane: ControlPlane, consumer: string): Promise<Map<string, number>> {
  return plane.callLog.lastUse(consumer).catch(() => new Map<string, number>());
}
