/** Hot path of keys with scopes. What a key may be used for; keys without scopes cost one comparison. */
import type { KeyScopes } from "@parley/contract/config/key-scopes";
import type { Refusal } from "@parley/contract/problems/problem";
import type { IncomingHttpHeaders } from "node:http";
import type { Caller } from "./exchange.ts";
import { methodsAskedFor } from "./method-override.ts";

export interface ScopedCall {
  service: string;
  method: string;
  /** Absent where nothing but the method says what is asked for. */
  headers?: IncomingHttpHeaders;
}

export function outsideOfScopes({ scopes, key }: Caller, { service, method, headers }: ScopedCall): Refusal | null {
  if (scopes === undefined) return null;
  if (isOutside(scopes.services, service)) return refusal(key, `not for ${service}`);
  if (scopes.methods === undefined) return null;
  return isOutside(scopes.methods, method) ? refusal(key, `not for ${method}`) : headers === undefined ? null : outsideByOverride(scopes.methods, key, headers);
}

/** A service may take the call for the method that a field asks for, so the key has to be for that, too. */
function outsideByOverride(allowed: readonly string[], key: string, headers: IncomingHttpHeaders): Refusal | null {
  const wanted = methodsAskedFor(headers)?.find((method) => isOutside(allowed, method));
  return wanted === undefined ? null : refusal(key, `not for ${wanted.slice(0, 20)}, which a field of the call asks for`);
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
