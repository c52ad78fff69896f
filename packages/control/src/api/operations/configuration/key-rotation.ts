/** Giving a key up for another one: both work for a while, and it shows who still comes with the old one. */
import type { z } from "zod";
import type { keyUse } from "@parley/contract/api/entities";
import type { FieldName } from "@parley/contract/query/fields";
import type { Clause } from "@parley/contract/query/query";
import { parseDuration } from "@parley/contract/units";
import { keySpecOf, type HeldEntity } from "../../../configuration/entity.ts";
import { refuse } from "../../../refusal.ts";
import type { ControlPlane } from "../../control-plane.ts";
import type { Handler, Handlers } from "../../handler.ts";
import { refuseReadOnly } from "../../read-only.ts";
import { shownKey } from "../../shown.ts";
import { fromCallLog } from "../from-call-log.ts";
import { findKey, lastUseOf, newKey } from "./keys.ts";

type KeyUse = z.output<typeof keyUse>;

const longestGraceMs = 3_650 * 86_400_000;

export function keyRotationHandlers(plane: ControlPlane): Pick<Handlers, "rotateKey" | "getKeyUse"> {
  return {
    rotateKey: rotateKey(plane),
    getKeyUse: async ({ path, query }) => {
      const withinMs = parseDuration(query.within) ?? refuse("invalid-parameter", `within is ${query.within.slice(0, 40)}, and has to be a duration such as 7d`);
      return { body: await useOf(plane, findKey(plane, path), withinMs) };
    },
  };
}

/** Both work until the grace is over, so that every place that has the old one can be given the new one without a break. */
function rotateKey(plane: ControlPlane): Handler<"rotateKey"> {
  return async ({ path, body, actor }) => {
    const old = findKey(plane, path);
    const { consumer, name, hash, limits, scopes, replacedBy, expiresAt } = keySpecOf(old);
    if (!plane.database) refuseReadOnly(plane, { kind: "key", name, spec: { consumer, key: { name, hash } } });
    if (old.origin === "environment") refuse("read-only-configuration", `the key is the value of ${name} in the environment`, { fix: `Change ${name} and restart.` });
    const graceMs = parseDuration(body.grace) ?? refuse("invalid-parameter", `grace is ${body.grace.slice(0, 40)}, and has to be a duration such as 7d`);
    if (graceMs > longestGraceMs) refuse("invalid-parameter", `grace is ${body.grace.slice(0, 40)}, and is at most 3650d`);
    if (replacedBy !== undefined && plane.configuration.entities.has("key", replacedBy)) refuse("exists", `the key ${name} has been rotated already: ${replacedBy} takes its place`);
    const taken = new Set(plane.configuration.entities.find("keysOf", consumer).map((key) => keySpecOf(key).name));
    const made = newKey(plane, { consumer, name: body.name ?? nextName(name, taken), createdBy: actor.name, limits, scopes, replaces: path.id });
    if (taken.has(made.spec.name)) refuse("exists", `the consumer ${consumer} has a key called ${made.spec.name}`);
    const ends = Math.min(plane.now() + graceMs, expiresAt === undefined ? Infinity : Date.parse(expiresAt));
    await plane.database.change(actor, (state) => {
      const held = state.stored.get("key", path.id) ?? refuse("not-found", `the consumer ${consumer} has no key ${path.id}`);
      const ending = { ...keySpecOf(held), expiresAt: new Date(ends).toISOString(), replacedBy: made.id };
      return [{ kind: "key", name: made.id, spec: { ...made.spec } }, { kind: "key", name: path.id, spec: { ...ending } }];
    });
    const key = findKey(plane, { name: consumer, id: made.id });
    return { body: { key: shownKey(key, new Map()), secret: made.secret, replaced: shownKey(findKey(plane, path), await lastUseOf(plane, consumer)) }, tag: key.tag };
  };
}

/** `default` becomes `default-2`, and that `default-3`. */
function nextName(name: string, taken: ReadonlySet<string>): string {
  const stem = name.replace(/-\d{1,6}$/, "").slice(0, 55);
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number++;
  return `${stem}-${number}`;
}

const shownCallers = 20;

async function useOf(plane: ControlPlane, entity: HeldEntity, withinMs: number): Promise<KeyUse> {
  const { consumer, name } = keySpecOf(entity);
  const to = plane.now();
  const equals = (field: FieldName, value: string): Clause => ({ kind: "field", negated: false, place: { from: 0, to: 0 }, field, tests: [{ kind: "equals", value }] });
  const query = { clauses: [equals("consumer", consumer), equals("key", name)] };
  const found = await fromCallLog(() => plane.callLog.facets({ from: to - withinMs, to, where: query }, { fields: ["client", "agent"], values: shownCallers }));
  const valuesOf = (field: FieldName): { value: string; calls: number }[] => found.fields.find((one) => one.field === field)?.values ?? [];
  return { key: shownKey(entity, await lastUseOf(plane, consumer)), calls: found.calls, addresses: valuesOf("client"), userAgents: valuesOf("agent") };
}
