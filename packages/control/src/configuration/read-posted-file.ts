/**
 * Reads a configuration file that came over the admin API. Its variables come with it: the server's own environment
 * holds the master key and more, and would otherwise be readable by whoever may apply a file.
 */
import { readConfigText } from "@parley/config";
import { hiddenSecret } from "@parley/contract/api/entities";
import type { Diagnostic } from "@parley/contract/api/system";
import type { Json } from "@parley/stores/ports/config-store";
import type { ReadonlyCollection } from "./collection.ts";
import { entitiesOfSource, type SourceEntity } from "./config-source.ts";
import { fillVariables } from "./fill-variables.ts";
import { secretVariables } from "./secret-variables.ts";
import { mapSecrets } from "./spec-secrets.ts";
import type { Wanted } from "./plan.ts";

export interface PostedFile {
  yaml: string;
  file?: string | undefined;
  variables?: Record<string, string> | undefined;
}

export interface PostedReading {
  /** Null when there are errors. Secrets that are to stay read as `***`. */
  wanted: Wanted | null;
  diagnostics: Diagnostic[];
}

/** `keep` is any text that occurs nowhere: it stands for stored secrets while the file is read. */
export function readPostedFile(posted: PostedFile, entities: ReadonlyCollection, keep: string): PostedReading {
  const stored = Object.fromEntries(Array.from(secretVariables(entities), ([purpose, variable]) => [variable, hasOwnForm(purpose) ? sealedText(keep) : keep]));
  const environment = { ...stored, ...posted.variables };
  const reading = readConfigText(posted.yaml, { file: posted.file, environment });
  const misplaced = reading.config ? misplacedVariables(posted.yaml, { reading: reading.config, stored, given: posted.variables ?? {}, keep }) : [];
  const diagnostics = [...reading.diagnostics, ...misplaced, ...(reading.config ? notApplied(reading.source as unknown as Json) : [])];
  if (!reading.config || misplaced.length > 0) return { wanted: null, diagnostics };
  const filled = fillVariables(reading.source as unknown as Json, reading.config, environment);
  const { entities: wanted, keys } = entitiesOfSource(filled);
  return { wanted: { entities: wanted.map((entity) => withKeptSecrets(entity, keep)), keys }, diagnostics };
}

/** An address or a JSON key: a stand-in would be no such thing, and a sealed text goes for one. */
function hasOwnForm(purpose: string): boolean {
  return /\/(?:slack|teams|serviceAccount)$/.test(purpose);
}

function sealedText(keep: string): string {
  return `sealed:v1:${keep}`;
}

function isKept(value: string, keep: string): boolean {
  return value === keep || value === sealedText(keep);
}

function withKeptSecrets(entity: SourceEntity, keep: string): SourceEntity {
  return { ...entity, spec: mapSecrets(entity.kind, entity.spec, ({ value }) => (isKept(value, keep) ? hiddenSecret : value)) };
}

/** A variable without a value keeps a stored secret where it is the whole secret; anywhere else its value is missing. */
function misplacedVariables(yaml: string, found: { reading: object; stored: Record<string, string>; given: Record<string, string>; keep: string }): Diagnostic[] {
  const { entities, keys } = entitiesOfSource(structuredClone(found.reading) as Json);
  const rest = entities.map(({ kind, spec }) => mapSecrets(kind, spec, ({ value }) => (isKept(value, found.keep) ? "" : value)));
  if (!JSON.stringify([rest, keys]).includes(found.keep)) return [];
  const names = Object.keys(found.stored).filter((name) => !Object.hasOwn(found.given, name) && yaml.includes(`\${${name}`));
  return [{ code: "config-missing-variable", severity: "error", pointer: "", message: `these variables have no value, and are used where no secret is stored: ${names.join(", ")}` }];
}

/** Where the database is the truth, processes get these at their start and not from an applied file. */
function notApplied(source: Json): Diagnostic[] {
  const sections = source as Record<string, Record<string, Json> | undefined>;
  const places = [
    ...["host", "port", "workers"].filter((name) => sections["gateway"]?.[name] !== undefined).map((name) => `/gateway/${name}`),
    ...["admin", "data", "stores"].filter((name) => sections[name] !== undefined).map((name) => `/${name}`),
  ];
  return places.map((pointer) => ({
    code: "config-not-enforced", severity: "warning", pointer,
    message: `${pointer.slice(1).replaceAll("/", ".")} is not applied: where the database is the truth it is given at the start, by options or variables`,
  }));
}
