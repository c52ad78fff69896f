/**
 * The configuration whose truth is a file. A file with errors changes nothing: what was in force stays, and the errors
 * are shown with their lines. The file is read again whenever it changes.
 */
import { readConfigFile, type ConfigReading } from "@parley/config";
import { hash } from "node:crypto";
import type { Diagnostic } from "@parley/contract/api/system";
import type { Config } from "@parley/contract/config/config";
import type { Json } from "@parley/stores/ports/config-store";
import { compileEntity, type SnapshotEntry } from "../publishing/compile.ts";
import type { Publisher } from "../publishing/publisher.ts";
import { Collection, type ReadonlyCollection } from "./collection.ts";
import { entitiesOfSource, type SourceKey } from "./config-source.ts";
import type { Configuration } from "./configuration.ts";
import { defaultSettings } from "./default-settings.ts";
import type { HeldEntity, KeySpec, Kind } from "./entity.ts";
import { fileDocuments, type FileDocument } from "../documents/file-documents.ts";
import { restartDiagnostics } from "./restart-diagnostics.ts";
import { mapSecrets, purposeOf, secretsIn } from "./spec-secrets.ts";

export interface FileConfigurationPorts {
  path: string;
  environment: Readonly<Record<string, string | undefined>>;
  publisher: Publisher;
  seal: (purpose: string, secret: string) => string;
  now: () => number;
}

export class FileConfiguration implements Configuration {
  readonly mode = "file";
  readonly #ports: FileConfigurationPorts;
  #entities: ReadonlyCollection = new Collection(defaultSettings("file"));
  #tag = "";
  #diagnostics: Diagnostic[] = [];
  #files: string[] = [];
  /** As it was at start; what differs from it needs a restart. */
  #first: Config | null = null;

  constructor(ports: FileConfigurationPorts) {
    this.#ports = ports;
  }

  get entities(): ReadonlyCollection {
    return this.#entities;
  }

  get tag(): string {
    return this.#tag;
  }

  /** Null until a valid file was read. */
  get atStart(): Config | null {
    return this.#first;
  }

  /** Other files that it was read from. */
  get files(): readonly string[] {
    return this.#files;
  }

  diagnostics(): Diagnostic[] {
    return this.#diagnostics;
  }

  /** Reads the file, or takes what was read of it just now, and takes it over if it is valid; false if it is not. Publishes nothing by itself. */
  async read(known: ConfigReading | null = null): Promise<boolean> {
    const reading = known ?? (await readConfigFile(this.#ports.path, this.#ports.environment));
    this.#diagnostics = reading.diagnostics;
    if (!reading.config) return false;
    const found = await fileDocuments(reading.config, (name) => this.#ports.publisher.text("document", name));
    this.#files = found.files;
    this.#diagnostics = [...reading.diagnostics, ...found.diagnostics];
    if (found.diagnostics.some(({ severity }) => severity === "error")) return false;
    this.#first ??= reading.config;
    this.#diagnostics = [...this.#diagnostics, ...restartDiagnostics(this.#first, reading.config, this.#ports.path)];
    this.#entities = new Collection([...defaultSettings("file"), ...this.#held(reading, reading.config), ...this.#documents(found.documents)]);
    this.#tag = hash("sha256", Array.from(this.#entities.all(), ({ kind, name, tag }) => `${kind}/${name} ${tag}`).join("\n"), "base64url").slice(0, 22);
    return true;
  }

  entries(): SnapshotEntry[] {
    return [...this.#entities.all()].flatMap((entity) => compileEntity(entity) ?? []);
  }

  #held(reading: ConfigReading, config: Config): HeldEntity[] {
    const written = entitiesOfSource(reading.source as unknown as Json);
    const resolved = entitiesOfSource(config as unknown as Json);
    const at = this.#ports.now();
    const held = written.entities.map(({ kind, name, spec }, index): HeldEntity => {
      const value = this.#seal({ kind, name, spec: resolved.entities[index]?.spec ?? {} });
      // Shown as written, with the sealed secret in its place, so that hiding finds it.
      return { kind, name, spec: sealedAsIn(kind, spec, value), resolved: value, origin: "file", ...this.#stamp(at, value) };
    });
    const createdAt = new Date(at).toISOString();
    return [...held, ...resolved.keys.map((key, index) => this.#key(key, { limits: written.keys[index]?.limits, createdAt, at }))];
  }

  #documents(documents: readonly FileDocument[]): HeldEntity[] {
    const at = this.#ports.now();
    return documents.map(({ name, text, from }) => ({ kind: "document", name, spec: { text, from }, origin: "file", ...this.#stamp(at, text) }));
  }

  /** `limits` as the file writes them; the key has them as they were read. */
  #key({ limits: resolved, ...key }: SourceKey, { limits, createdAt, at }: { limits: Json[] | undefined; createdAt: string; at: number }): HeldEntity {
    const spec: KeySpec = { ...key, hint: "", createdAt, createdBy: "file", ...(limits === undefined ? {} : { limits }) };
    const isPlain = resolved === undefined && key.scopes === undefined && key.expiresAt === undefined;
    // A plain key is its hash, so that its tag needs none of its own.
    const stamp = isPlain ? { tag: `file-${key.hash.slice(-22)}`, updatedAt: at, updatedBy: "file" } : this.#stamp(at, [key.hash, resolved ?? null, key.scopes ?? null, key.expiresAt ?? null]);
    return { kind: "key", name: `${key.consumer}~${key.name}`, spec: spec as unknown as Json, origin: "file", ...stamp, ...(resolved === undefined ? {} : { resolved }) };
  }

  /** Sealed values keep their text while the secret stays, so equal content has an equal tag. */
  #stamp(at: number, value: Json): Pick<HeldEntity, "tag" | "updatedAt" | "updatedBy"> {
    return { tag: `file-${hash("sha256", JSON.stringify(value), "base64url").slice(0, 22)}`, updatedAt: at, updatedBy: "file" };
  }

  #seal(entity: { kind: Kind; name: string; spec: Json }): Json {
    return mapSecrets(entity.kind, entity.spec, ({ pointer, value }) => (value === "" ? "" : this.#ports.seal(purposeOf(entity, pointer), value)));
  }
}

function sealedAsIn(kind: Kind, written: Json, sealed: Json): Json {
  const texts = new Map(secretsIn(kind, sealed).map(({ pointer, value }) => [pointer, value]));
  return mapSecrets(kind, written, ({ pointer, value }) => texts.get(pointer) ?? value);
}
