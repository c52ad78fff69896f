/** Hot path of keys with scopes. What a key may be used for; keys without scopes cost one comparison. */
import type { KeyScopes } from "@parley/contract/config/key-scopes";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Caller } from "./exchange.ts";

export function outsideOfScopes({ scopes, key }: Caller, { service, method }: { service: string; method: string }): Refusal | null {
  if (scopes === undefined) return null;
  if (isOutside(scopes.services, service)) return refusal(key, `not for ${service}`);
  return isOutside(scopes.methods, method) ? refusal(key, `not for ${method}`) : null;
}

export function outsideOfVersions(caller: Caller | null, version: string): Refusal | null {
  return caller?.scopes !== undefined && isOutside(caller.scopes.versions, version) ? refusal(caller.key, `not for the version ${version}`) : null;
}

/** An empty name is one that the caller leaves to the gateway. */
export function outsideOfModels(caller: Caller | null, model: string): Refusal | null {
  const models: KeyScopes["models"] = caller?.scopes?.models;
  if (caller === null || models === undefined) return null;
  const isMeant = models.some((name) => (name.endsWith("*") ? model.startsWith(name.slice(0, -1)) : name === model));
  return isMeant && model !== "" ? null : refusal(caller.key, model === "" ? "for some models only, and the call names none" : `not for the model ${model.slice(0, 100)}`);
}

function isOutside(allowed: readonly string[] | undefined, name: string): boolean {
  return allowed !== undefined && !allowed.includes(name);
}

function refusal(key: string, what: string): Refusal {
  return { code: "key-out-of-scope", detail: `The key ${key} is ${what}.` };
}
