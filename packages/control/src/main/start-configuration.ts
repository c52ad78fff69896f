/** Opens the configuration's source, brings what is in force to the gateways, and keeps following a file. */
import { ConfigFile } from "@parley/config";
import type { ControlProcessOptions } from "@parley/contract/processes";
import type { SnapshotKind } from "@parley/contract/snapshot";
import type { AuditDraft, ConfigStore, Json } from "@parley/stores/ports/config-store";
import type { Logger } from "pino";
import type { Configuration } from "../configuration/configuration.ts";
import { DatabaseConfiguration } from "../configuration/database-configuration.ts";
import { environmentLayer } from "../configuration/environment-layer.ts";
import { FileConfiguration } from "../configuration/file-configuration.ts";
import { changedEntries, fileDrafts } from "../configuration/file-changes.ts";
import { fingerprints, watchFile } from "../configuration/file-watch.ts";
import { secretSealer } from "../configuration/secret-sealer.ts";
import { openSecrets, purposeOf, secretsIn } from "../configuration/spec-secrets.ts";
import type { DocumentReader } from "../documents/document-reader.ts";
import type { DocumentTexts } from "../documents/document-texts.ts";
import type { Publisher } from "../publishing/publisher.ts";
import type { RandomBytes } from "../sign-in/tokens.ts";
import { seed } from "./seed.ts";
import { StartError } from "./start-error.ts";

export interface ConfigurationPorts {
  options: ControlProcessOptions;
  environment: Readonly<Record<string, string | undefined>>;
  store: ConfigStore;
  publisher: Publisher;
  documents: Pick<DocumentTexts, "textOf">;
  documentReader: Pick<DocumentReader, "examine">;
  masterKey: Buffer;
  random: RandomBytes;
  now: () => number;
  log: Logger;
  /** Nobody has started it before: what it cannot start with ends the start. */
  isFirst: boolean;
  /** Where its reading was begun ahead. */
  file: ConfigFile | null;
}

export interface StartedConfiguration {
  configuration: Configuration;
  database: DatabaseConfiguration | null;
  file: FileConfiguration | null;
  /** The secret of the first application's key, when it was made just now. */
  firstKey: string | null;
  stop: () => void;
}

export function startConfiguration(ports: ConfigurationPorts): Promise<StartedConfiguration> {
  return ports.options.file === null ? startDatabase(ports) : startFile(ports, ports.options.file);
}

async function startDatabase(ports: ConfigurationPorts): Promise<StartedConfiguration> {
  const { store, publisher, now } = ports;
  const environment = environmentLayer(ports.environment, sealer(ports), now());
  const configuration = new DatabaseConfiguration({ store, publisher, environment, now });
  await configuration.load();
  expectMasterKey(ports.masterKey, configuration);
  for (const { message } of configuration.diagnostics()) ports.log.warn(message);
  const firstKey = await seed(configuration, ports);
  await publisher.publishAll(configuration.entries());
  return { configuration, database: configuration, file: null, firstKey, stop: () => undefined };
}

async function startFile(ports: ConfigurationPorts, path: string): Promise<StartedConfiguration> {
  const configuration: FileConfiguration = new FileConfiguration({
    file: ports.file?.path === path ? ports.file : new ConfigFile(path, ports.environment), publisher: ports.publisher, now: ports.now, keptDocument: (source) => ports.documents.textOf(source), reader: ports.documentReader,
    seal: sealer(ports, (kind, name) => configuration.entities.get(kind, name)?.resolved as Json | undefined),
  });
  const itself = await fingerprints([path]);
  const isSound = await configuration.start();
  if (isSound) await ports.publisher.publishAll(configuration.entries());
  // Nothing was ever in force: whoever starts Parley for the first time with a mistake is told so, rather than left with nothing.
  else if (ports.isFirst && ports.publisher.version === 0) throw new StartError("config-document", `${path} has errors`, { diagnostics: configuration.diagnostics() });
  if (configuration.diagnostics().length > 0) logDiagnostics(ports.log, configuration, isSound ? "about the configuration file" : "the configuration file has errors; what was in force before stays");
  const since = [itself, ...(configuration.files.length > 0 ? [await fingerprints(configuration.files)] : [])].join(" ");
  // What gateways have may be of before this start, or of a change that could not be published.
  let isPublished = isSound;
  const onChange = async (): Promise<void> => {
    const since = isPublished;
    isPublished = false;
    isPublished = await reload(ports, configuration, since).catch((error: unknown) => failed(ports.log, error));
  };
  const stop = watchFile(path, { since, also: () => configuration.files, isDue: () => configuration.isDue, onChange });
  return { configuration, database: null, file: configuration, firstKey: null, stop };
}

/** True where what the file says is with the gateways. `isPublished`: all that it said before is. */
async function reload(ports: ConfigurationPorts, configuration: FileConfiguration, isPublished: boolean): Promise<boolean> {
  const changes = await configuration.read();
  if (changes === null) {
    logDiagnostics(ports.log, configuration, "the configuration file has errors; what was in force before stays");
    return isPublished;
  }
  await (isPublished ? ports.publisher.publish(changedEntries(changes)) : ports.publisher.publishAll(configuration.entries()));
  const drafts: AuditDraft[] = fileDrafts(changes, ports.now());
  if (drafts.length > 0) await ports.store.audit.add(drafts);
  ports.log.info({ tag: configuration.tag, changes: drafts.length, snapshotVersion: ports.publisher.version }, "the configuration file was taken over");
  logDiagnostics(ports.log, configuration, "about the configuration file");
  return true;
}

function failed(log: Logger, error: unknown): false {
  log.error({ err: error }, "the configuration file could not be taken over");
  return false;
}

function logDiagnostics(log: Logger, configuration: Configuration, message: string): void {
  const diagnostics = configuration.diagnostics();
  if (diagnostics.some((diagnostic) => diagnostic.severity === "error")) log.error({ diagnostics }, message);
  else if (diagnostics.length > 0) log.warn({ diagnostics }, message);
}

/** Uses the sealed text again that gateways have already. */
function sealer(ports: ConfigurationPorts, held: (kind: "channel", name: string) => Json | undefined = () => undefined): (purpose: string, secret: string) => string {
  return secretSealer(ports.masterKey, (purpose) => {
    const [kind = "", name = ""] = purpose.split("/");
    // Snapshots have each settings under a kind of its own.
    const text = (): string | undefined => (kind === "settings" ? ports.publisher.text(name as SnapshotKind, "") : ports.publisher.text(kind as SnapshotKind, name));
    // Channels are none of the gateways' business: what was read before is the one place that has them.
    const spec = kind === "channel" ? held(kind, name) : (JSON.parse(text() ?? "null") as Json);
    const secrets = spec === undefined ? [] : secretsIn(kind, spec);
    return secrets.find(({ pointer }) => purposeOf({ kind, name }, pointer) === purpose)?.value;
  });
}

function expectMasterKey(masterKey: Buffer, configuration: DatabaseConfiguration): void {
  for (const entity of configuration.stored.all()) {
    try {
      openSecrets(masterKey, entity);
    } catch {
      throw new StartError("master-key-wrong", `the stored secret of the ${entity.kind} ${entity.name} was sealed under another master key`);
    }
  }
}
