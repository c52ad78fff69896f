/** parley.yaml as text: the whole configuration, or one entry at its place, with secrets as variables. */
import type { Json } from "@parley/stores/ports/config-store";
import { stringify } from "yaml";
import type { ReadonlyCollection } from "./collection.ts";
import { sourceOfEntities } from "./config-source.ts";
import type { HeldEntity, Kind } from "./entity.ts";
import { escapeVariables } from "./fill-variables.ts";
import { secretVariables, variableFor } from "./secret-variables.ts";
import { mapSecrets, purposeOf } from "./spec-secrets.ts";

const maxListedVariables = 100;

export function configurationYaml(entities: ReadonlyCollection): string {
  const variables = secretVariables(entities);
  const source = sourceOfEntities(entities, (entity) => withVariables(entity, (pointer) => variables.get(purposeOf(entity, pointer)) ?? ""));
  return `${header(variables)}${text(source)}`;
}

/** One entry of a file, to paste there; for a removal the entry that has to go. */
export function entryYaml(kind: Kind, name: string, spec: Json): string {
  return text(entryAt(kind, name, withVariables({ kind, name, spec, origin: "file" }, (pointer) => variableFor({ kind, name }, pointer))));
}

function entryAt(kind: Kind, name: string, spec: Json): Json {
  switch (kind) {
    case "service": return { services: { [name]: spec } };
    case "provider": return { ai: { providers: { [name]: spec } } };
    case "model": return { ai: { models: { [name]: spec } } };
    case "consumer": return { consumers: { [name]: spec } };
    case "team": return { teams: { [name]: spec } };
    case "prompt": return { prompts: { [name]: spec } };
    // A file of its own, which the configuration names.
    case "document": return {};
    case "key": return { consumers: { [(spec as { consumer: string }).consumer]: { keys: [(spec as { key: Json }).key] } } };
    case "alert": return { alerts: { [name]: spec } };
    case "channel": return { channels: { [name]: spec } };
    case "settings": return { [name]: spec };
  }
}

/** Texts mean themselves in the file (`${` is written `$${`), secrets become variables. */
function withVariables(entity: Pick<HeldEntity, "kind" | "name" | "spec" | "origin">, variableAt: (pointer: string) => string): Json {
  // What a file wrote may hold variables of its own, and goes back as it was.
  const spec = entity.origin === "file" ? entity.spec : escapeVariables(entity.spec);
  return mapSecrets(entity.kind, spec, ({ pointer }) => `\${${variableAt(pointer)}}`);
}

function header(variables: ReadonlyMap<string, string>): string {
  const listed = [...variables].slice(0, maxListedVariables).map(([purpose, variable]) => `#   ${variable}  (${purpose})`);
  if (listed.length === 0) return "# Parley's configuration.\n";
  const more = variables.size > listed.length ? [`#   and ${variables.size - listed.length} more`] : [];
  return [
    "# Parley's configuration. Secrets are not in it; where it is read they come from these variables.",
    "# Applied to where it came from, a variable that is not set keeps the stored secret.",
    ...listed, ...more, "",
  ].join("\n");
}

function text(source: Json): string {
  return stringify(source, { lineWidth: 0, aliasDuplicateObjects: false });
}
