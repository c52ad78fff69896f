/** Names environment variables for the places of secrets, for files that people keep: the usual one of a known provider, else one named for the place. */
import { catalogueEntry } from "@parley/contract/ai/provider-catalogue";
import { parsePointer } from "@parley/merge";
import type { ReadonlyCollection } from "./collection.ts";
import type { HeldEntity } from "./entity.ts";
import { purposeOf, secretsIn } from "./spec-secrets.ts";

/** By purpose (`provider/openai/apiKey`), each name once. */
export function secretVariables(entities: ReadonlyCollection): Map<string, string> {
  const variables = new Map<string, string>();
  const taken = new Set<string>();
  for (const kind of ["provider", "service", "channel", "settings"] as const) {
    for (const entity of entities.list(kind)) {
      for (const { pointer } of secretsIn(kind, entity.spec)) {
        const variable = unused(variableFor(entity, pointer), taken);
        taken.add(variable);
        variables.set(purposeOf(entity, pointer), variable);
      }
    }
  }
  return variables;
}

/** For one place alone. */
export function variableFor(entity: Pick<HeldEntity, "kind" | "name">, pointer: string): string {
  if (entity.kind === "provider") return providerVariable(entity.name, pointer);
  if (entity.kind === "channel") return `${upper(entity.name)}_${upper(pointer.slice(pointer.lastIndexOf("/") + 1).replaceAll(/[A-Z]/g, (letter) => `_${letter}`))}`;
  if (entity.kind === "settings") return settingsVariable(pointer);
  const version = /^\/versions\/list\/([^/]+)\//.exec(pointer)?.[1];
  return version === undefined ? `${upper(entity.name)}_CREDENTIALS` : `${upper(entity.name)}_${upper(version)}_CREDENTIALS`;
}

function providerVariable(name: string, pointer: string): string {
  const entry = catalogueEntry(name);
  const member = pointer.slice(1);
  if (member === "apiKey") return entry?.keyVariables[0] ?? `${upper(name)}_API_KEY`;
  const key = /^keys\/(\d+)\//.exec(member)?.[1];
  if (key !== undefined) return `${entry?.keyVariables[0] ?? `${upper(name)}_API_KEY`}_${Number(key) + 1}`;
  const usual = entry?.settings?.find((setting) => setting.name === member)?.variables[0];
  return usual ?? `${upper(name)}_${upper(member.replaceAll(/[A-Z]/g, (letter) => `_${letter}`))}`;
}

/** `/guardrails/pii/webhook/secret` is PII_WEBHOOK_SECRET, `/otlp/headers/x-api-key` OTLP_X_API_KEY. */
function settingsVariable(pointer: string): string {
  const [section = "", ...rest] = parsePointer(pointer) ?? [];
  return upper((section === "guardrails" ? rest : [section, ...rest.filter((part) => part !== "headers")]).join("_"));
}

function upper(name: string): string {
  const text = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
  return /^\d/.test(text) ? `_${text}` : text;
}

function unused(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}_${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
