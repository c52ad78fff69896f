/** Services, providers, models, consumers and settings: the same five operations on each. */
import type { Entity } from "@parley/contract/api/entities";
import { entityName } from "@parley/contract/config/names";
import { applyMergePatch, equalJson } from "@parley/merge";
import type { Json } from "@parley/stores/ports/config-store";
import type { Actor, Write } from "../../../configuration/audit-drafts.ts";
import { owningVariable } from "../../../configuration/environment-layer.ts";
import { specSchema, type HeldEntity, type Kind } from "../../../configuration/entity.ts";
import { hideSecrets, sealSecrets } from "../../../configuration/spec-secrets.ts";
import type { State } from "../../../configuration/database-configuration.ts";
import { givenDocuments, orphanedDocuments } from "../../../documents/given-documents.ts";
import { memberErrors } from "../../member-errors.ts";
import { refuse, refuseBody } from "../../../refusal.ts";
import type { ControlPlane } from "../../control-plane.ts";
import { expectTag, type Precondition } from "../../etag.ts";
import type { OperationAnswer } from "../../handler.ts";
import { shownEntity } from "../../shown.ts";
import { refuseReadOnly } from "../../read-only.ts";

interface Request {
  actor: Actor;
  precondition: Precondition;
}

interface Change extends Request {
  name: string;
  /** The spec as it is to be, from the one that is shown now; secrets in it are plain or `***`. */
  next: (shown: Json | undefined) => Json;
}

export function entityOperations(plane: ControlPlane, kind: Exclude<Kind, "key">) {
  return {
    list: async () => ({ body: { items: plane.configuration.entities.list(kind).map(shownEntity) as Entity<never>[] } }),
    get: async (name: string) => shown(find(plane, kind, name)),
    put: async (name: string, request: Request & { written: unknown }) => {
      const spec = (request.written as { spec: Json }).spec;
      return changeEntity(plane, kind, { ...request, name, next: () => spec });
    },
    patch: async (name: string, request: Request & { written: unknown }) => {
      find(plane, kind, name);
      const patched = (now: Json | undefined): Json => applyMergePatch(now ?? null, request.written as Json);
      // A file's spec may hold ${…}, which only its reader can judge.
      return changeEntity(plane, kind, { ...request, name, next: (now) => (plane.database ? checkedSpec(kind, name, patched(now)) : patched(now)) });
    },
    remove: async (name: string, request: Request) => removeEntity(plane, kind, { ...request, name }),
  };
}

function find(plane: ControlPlane, kind: Kind, name: string): HeldEntity {
  return plane.configuration.entities.get(kind, name) ?? refuse("not-found", `there is no ${kind} ${name}`);
}

function shown(entity: HeldEntity): OperationAnswer<Entity<never>> {
  return { body: shownEntity(entity) as Entity<never>, tag: entity.tag };
}

async function changeEntity(plane: ControlPlane, kind: Exclude<Kind, "key">, change: Change): Promise<OperationAnswer<Entity<never>>> {
  const { name } = change;
  const named = entityName.safeParse(name);
  if (!named.success) refuse("invalid-parameter", `${name.slice(0, 80)}: ${named.error.issues[0]?.message}`);
  if (!plane.database) {
    const now = plane.configuration.entities.get(kind, name);
    refuseReadOnly(plane, { kind, name, spec: change.next(now && hideSecrets(kind, now.spec)) });
  }
  let created = false;
  const before = plane.configuration.entities.get(kind, name);
  const fetched = kind === "service" ? await givenDocuments(name, change.next(before && hideSecrets(kind, before.spec)), { stored: plane.database.stored, texts: {}, reader: plane.documentReader }) : [];
  await plane.database.change(change.actor, (state) => {
    const current = state.inForce.get(kind, name);
    created = current === undefined;
    expectTag(change.precondition, taggable(state, current, change.precondition), `the ${kind} ${name}`);
    const spec = change.next(current && hideSecrets(kind, current.spec));
    return [...writesOf(plane, current, { kind, name, spec }), ...fetched, ...(kind === "service" ? orphanedDocuments(name, spec, state.stored) : [])];
  });
  return { ...shown(find(plane, kind, name)), ...(created ? { status: 201 } : {}) };
}

/** What only the environment gives can be created in the database as if it were not there: the database's then wins. Settings are always there. */
function taggable(state: State, current: HeldEntity | undefined, precondition: Precondition): HeldEntity | null {
  if (!current) return null;
  const creatable = precondition.kind === "absent" && current.kind !== "settings" && !state.stored.has(current.kind, current.name);
  return creatable ? null : current;
}

function writesOf(plane: ControlPlane, current: HeldEntity | undefined, next: Write & { spec: Json }): Write[] {
  const spec = sealSecrets(plane.masterKey, next, current?.spec);
  // Written as it is already: nothing happens, and the tag that others hold stays good.
  if (current?.origin === "database" && equalJson(current.spec, spec)) return [];
  return [{ ...next, spec }];
}

function checkedSpec(kind: Kind, name: string, spec: Json): Json {
  const parsed = specSchema(kind, name).safeParse(spec);
  if (parsed.success) return spec;
  refuseBody(memberErrors(parsed.error));
}

async function removeEntity(plane: ControlPlane, kind: Kind, removal: Request & { name: string }): Promise<OperationAnswer<undefined>> {
  const { name } = removal;
  const found = find(plane, kind, name);
  if (!plane.database) refuseReadOnly(plane, { kind, name, spec: hideSecrets(kind, found.spec), removal: true });
  await plane.database.change(removal.actor, (state) => {
    const current = state.inForce.get(kind, name) ?? null;
    if (current?.origin === "environment") refuseEnvironment(plane, current);
    expectTag(removal.precondition, current, `the ${kind} ${name}`);
    const keys = kind === "consumer" ? state.stored.find("keysOf", name) : [];
    return [...keys.map((key): Write => ({ kind: "key", name: key.name, spec: null })), ...(kind === "service" ? orphanedDocuments(name, null, state.stored) : []), { kind, name, spec: null }];
  });
  return {};
}

function refuseEnvironment(plane: ControlPlane, entity: HeldEntity): never {
  const variable = owningVariable(entity.name, plane.environment);
  refuse("read-only-configuration", `the ${entity.kind} ${entity.name} comes from the environment${variable ? ` (${variable})` : ""}`, {
    fix: `Unset ${variable ?? "its variable"} and restart, or configure a ${entity.kind} of this name here, which then wins.`,
  });
}

