/**
 * The configuration whose truth is a file. A file with errors changes nothing: what was in force stays, and the errors
 * are shown with their lines. The file is read again whenever it changes, and what it has as before stays as it is.
 */
import { type ConfigFile, type ConfigReading, placeDiagnostics } from "@parley/config";
import { hash } from "node:crypto";
import type { Diagnostic } from "@parley/contract/api/system";
import type { Config } from "@parley/contract/config/config";
import type { SnapshotDocument } from "@parley/contract/snapshot";
import { compileEntity, type SnapshotEntry } from "../publishing/compile.ts";
import type { Publisher } from "../publishing/publisher.ts";
import { Collection, type ReadonlyCollection } from "./collection.ts";
import type { Configuration } from "./configuration.ts";
import { defaultSettings } from "./default-settings.ts";
import { type DocumentSpec, kinds } from "./entity.ts";
import { type EntityChange, type FileContent, FileEntities } from "./file-entities.ts";
import type { DocumentReader } from "../documents/document-reader.ts";
import { fileDocuments } from "../documents/file-documents.ts";
import { restartDiagnostics } from "./restart-diagnostics.ts";

export interface FileConfigurationPorts {
  file: ConfigFile;
  publisher: Publisher;
  seal: (purpose: string, secret: string) => string;
  /** The text of a published document, by its source; null where it is not there. */
  keptDocument: (source: string) => Promise<string | null>;
  reader: Pick<DocumentReader, "examine">;
  now: () => number;
}

/** After how long a URL that gave no document is asked again, twice as long each time. */
const [firstWaitMs, longestWaitMs] = [5_000, 60_000];

export class FileConfiguration implements Configuration {
  readonly mode = "file";
  readonly #ports: FileConfigurationPorts;
  readonly #held: FileEntities;
  #entities = new Collection(defaultSettings("file"));
  /** Null until it is asked for. */
  #tag: string | null = null;
  #diagnostics: Diagnostic[] = [];
  #files: string[] = [];
  #waitMs = 0;
  #readAgainAt = Infinity;
  /** As it was at start; what differs from it needs a restart. */
  #first: Config | null = null;

  constructor(ports: FileConfigurationPorts) {
    this.#ports = ports;
    this.#held = new FileEntities(ports);
  }

  get entities(): ReadonlyCollection {
    return this.#entities;
  }

  get tag(): string {
    return (this.#tag ??= hash("sha256", this.#held.tags(), "base64url").slice(0, 22));
  }

  /** Null until a valid file was read. */
  get atStart(): Config | null {
    return this.#first;
  }

  /** Other files that it was read from. */
  get files(): readonly string[] {
    return this.#files;
  }

  /** A document is awaited, and it is time to ask for it again. */
  get isDue(): boolean {
    return this.#ports.now() >= this.#readAgainAt;
  }

  diagnostics(): Diagnostic[] {
    return this.#diagnostics;
  }

  /**
   * Reads the file, and takes it over if it is valid; null if it is not. Publishes nothing by itself: it gives what has
   * changed since the valid reading before.
   */
  async read(): Promise<EntityChange[] | null> {
    const content = await this.#sound(await this.#ports.file.read());
    return content === null ? null : this.#take(this.#held.take(content));
  }

  /**
   * The first reading; false if it is not valid. Of 100,000 keys the entities are
   * made when somebody asks for one: nobody waits for them before calls can be carried.
   */
  async start(): Promise<boolean> {
    const content = await this.#sound(await this.#ports.file.read());
    if (content === null) return false;
    this.#entities.putLater("key", () => this.#held.keys());
    this.#take(this.#held.take(content, "later"));
    return true;
  }

  /** What is to be taken over; null where there is a mistake. */
  async #sound(reading: ConfigReading): Promise<FileContent | null> {
    this.#diagnostics = reading.diagnostics;
    const { config } = reading;
    if (!config) return null;
    const found = await fileDocuments(config, { published: (name) => this.#ports.publisher.text("document", name), held: (name) => this.#heldDocument(name), reader: this.#ports.reader, fetches: true });
    this.#files = found.files;
    this.#waitMs = found.waits ? Math.min(longestWaitMs, Math.max(firstWaitMs, this.#waitMs * 2)) : 0;
    this.#readAgainAt = found.waits ? this.#ports.now() + this.#waitMs : Infinity;
    this.#diagnostics = [...reading.diagnostics, ...(await placeDiagnostics(found.diagnostics, { file: this.#ports.file.path, source: reading.source }))];
    if (found.diagnostics.some(({ severity }) => severity === "error")) return null;
    this.#first ??= config;
    this.#diagnostics = [...this.#diagnostics, ...restartDiagnostics(this.#first, config, this.#ports.file.path)];
    return { source: reading.source, config, documents: found.documents };
  }

  #take(changes: EntityChange[]): EntityChange[] {
    for (const { before, after } of changes) {
      if (after) this.#entities.put(after);
      else if (before) this.#entities.remove(before.kind, before.name);
    }
    this.#tag = null;
    return changes;
  }

  /** After a restart it is in force with the gateways, and its text on disk. */
  async #heldDocument(name: string): Promise<string | null> {
    const held = this.#entities.get("document", name);
    if (held) return (held.spec as unknown as DocumentSpec).text;
    const published = this.#ports.publisher.text("document", name);
    const source = published === undefined ? undefined : (JSON.parse(published) as SnapshotDocument).source;
    return source === undefined ? null : this.#ports.keptDocument(source);
  }

  entries(): SnapshotEntry[] {
    const others = kinds.filter((kind) => kind !== "key").flatMap((kind) => Array.from(this.#entities.of(kind), (entity) => compileEntity(entity) ?? []).flat());
    return others.concat(this.#held.publishedKeys());
  }
}
