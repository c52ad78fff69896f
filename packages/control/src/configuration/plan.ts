/** What making the configuration like a file would change: compared by meaning, so that `1m` for `60s` is no change. */
import { hiddenSecret } from "@parley/contract/api/entities";
import type { Plan } from "@parley/contract/api/system";
import { equalJson } from "@parley/merge";
import type { Json } from "@parley/stores/ports/config-store";
import { hiddenDifference, type Write } from "./audit-drafts.ts";
import type { ReadonlyCollection } from "./collection.ts";
import type { SourceEntity, SourceKey } from "./config-source.ts";
import { keySpecOf, specSchema, type HeldEntity, type KeySpec } from "./entity.ts";
import { mapSecrets, openSecrets, sealSecrets } from "./spec-secrets.ts";

export type PlanChange = Plan["changes"][number];

export interface PlanPorts {
  masterKey: Buffer;
  newKeyId: () => string;
  actor: string;
  now: () => number;
}

export interface Wanted {
  entities: readonly SourceEntity[];
  keys: readonly SourceKey[];
}

/** `stored` is what can be changed, `inForce` what counts: an entity that the environment gives just so needs no write. */
export function writesFor(wanted: Wanted, state: { stored: ReadonlyCollection; inForce: ReadonlyCollection }, ports: PlanPorts): Write[] {
  const writes: Write[] = [];
  const kept = new Set<string>();
  for (const { kind, name, spec } of wanted.entities) {
    kept.add(`${kind}/${name}`);
    const current = state.inForce.get(kind, name);
    if (current && sameMeaning(spec, current, ports.masterKey)) continue;
    writes.push({ kind, name, spec: sealSecrets(ports.masterKey, { kind, name, spec }, current?.spec) });
  }
  writes.push(...keyWrites(wanted.keys, state.inForce, { kept, ports }));
  for (const { kind, name } of state.stored.all()) if (!kept.has(`${kind}/${name}`) && !(kind === "document" && isOfKept(name, wanted))) writes.push({ kind, name, spec: null });
  return writes;
}

/** A file does not hold documents: those of its services and versions stay. */
function isOfKept(document: string, wanted: Wanted): boolean {
  const [service, version] = document.split("/");
  const spec = wanted.entities.find(({ kind, name }) => kind === "service" && name === service)?.spec as { versions?: { list?: Record<string, unknown> } } | undefined;
  return spec !== undefined && (version === undefined ? spec.versions === undefined : Object.hasOwn(spec.versions?.list ?? {}, version));
}

export function changesOf(writes: readonly Write[], inForce: ReadonlyCollection): PlanChange[] {
  return writes.map(({ kind, name, spec }) => {
    const before = inForce.get(kind, name)?.spec;
    const changes = hiddenDifference(kind, before, spec ?? undefined);
    const keyName = kind === "key" ? keyNameOf((spec ?? before) as unknown as KeySpec) : name;
    return { action: before === undefined ? "create" : spec === null ? "delete" : "change", kind, name: keyName, changes: changes.map((change) => ({ ...change })) };
  });
}

function keyNameOf(spec: KeySpec): string {
  return `${spec.consumer}/${spec.name}`;
}

/** A key is the same when its consumer, name and hash are; another hash under the name is a new key in place of the old. */
function keyWrites(wanted: readonly SourceKey[], inForce: ReadonlyCollection, { kept, ports }: { kept: Set<string>; ports: PlanPorts }): Write[] {
  return wanted.flatMap((key): Write[] => {
    const held = inForce.find("keyHash", key.hash).find((other) => keyNameOf(keySpecOf(other)) === `${key.consumer}/${key.name}`);
    if (held) {
      kept.add(`key/${held.name}`);
      const { limits: _limits, scopes: _scopes, expiresAt: _expiresAt, ...lasting } = keySpecOf(held);
      const spec: KeySpec = { ...lasting, ...key };
      return equalJson({ ...spec }, held.spec) || held.origin === "environment" ? [] : [{ kind: "key", name: held.name, spec: { ...spec } }];
    }
    const spec: KeySpec = { ...key, hint: "", createdAt: new Date(ports.now()).toISOString(), createdBy: ports.actor };
    return [{ kind: "key", name: ports.newKeyId(), spec: { ...spec } }];
  });
}

function sameMeaning(spec: Json, current: HeldEntity, masterKey: Buffer): boolean {
  const opened = openSecrets(masterKey, current);
  const reveal = (value: Json, keepHidden: boolean): Json => mapSecrets(current.kind, value, ({ pointer, value: secret }) => (keepHidden && secret !== hiddenSecret ? secret : (opened.get(pointer) ?? secret)));
  const wanted = reveal(spec, true);
  const there = reveal(current.spec, false);
  if (equalJson(wanted, there)) return true;
  const schema = specSchema(current.kind, current.name);
  const [one, other] = [schema.safeParse(wanted), schema.safeParse(there)];
  return one.success && other.success && equalJson(one.data as Json, other.data as Json);
}
