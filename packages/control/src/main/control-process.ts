/**
 * The control plane put together: stores, configuration, channel, call log and the admin port, in the order in which each
 * needs the one before, and taken apart in the opposite order. Only here implementations of ports are chosen.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { dataDirectory } from "@parley/contract/data-directory";
import { loadMasterKey } from "@parley/contract/secrets";
import type { ControlProcessOptions } from "@parley/contract/processes";
import { openEmbeddedCallLog } from "@parley/stores/embedded/call-log";
import { openEmbeddedConfigStore } from "@parley/stores/embedded/config-store";
import { connectLedger } from "@parley/stores/embedded/ledger";
import type { ConfigStore } from "@parley/stores/ports/config-store";
import type { Logger } from "pino";
import { createApp } from "../api/app.ts";
import type { ControlPlane } from "../api/control-plane.ts";
import type { Hosts } from "../api/origin.ts";
import { BackgroundCallLog } from "../calls/background-call-log.ts";
import { Ingestor } from "../calls/ingestor.ts";
import { LiveCalls } from "../calls/live-calls.ts";
import { ChannelServer } from "../channel/channel-server.ts";
import { specSchema } from "../configuration/entity.ts";
import { staticConsole } from "../console/static-console.ts";
import { readSnapshotFile } from "../publishing/snapshot-file.ts";
import { Publisher } from "../publishing/publisher.ts";
import { SignIn, signInUrl } from "../sign-in/sign-in.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { listen, type HttpServer } from "./listen.ts";
import { startConfiguration, type StartedConfiguration } from "./start-configuration.ts";
import { StartError } from "./start-error.ts";

export interface ControlProcessPorts {
  environment: Readonly<Record<string, string | undefined>>;
  /** Where the built console is. */
  consoleFolder: string;
  version: string;
  now: () => number;
  log: Logger;
}

export interface ControlProcess {
  port: number;
  /** Null when somebody can sign in already. */
  firstRun: { signInUrl: string; key: string | null } | null;
  /** Takes in every sealed segment, closes everything. */
  drain(): Promise<void>;
}

export async function startControlProcess(options: ControlProcessOptions, ports: ControlProcessPorts): Promise<ControlProcess> {
  const { now, log } = ports;
  const place = dataDirectory(options.data);
  for (const folder of [place.root, place.spool]) privateFolder(folder);
  const masterKey = masterKeyOf(place.masterKey, ports.environment);
  const store = openStore(place.configDatabase);
  const live = new LiveCalls((on) => channel.watch(on));
  const publisher = new Publisher({
    before: readSnapshotFile(place.snapshot), file: place.snapshot, now, nextVersion: (above) => store.nextSnapshotVersion(above),
    broadcast: (delta) => channel.broadcast(delta), onFileError: (error) => log.error({ err: error }, "the snapshot could not be written to disk"),
  });
  const callLog = new BackgroundCallLog({
    open: () => openEmbeddedCallLog({ path: place.callLogDatabase, onDamage: (message) => log.error(message) }),
    onOpen: () => void ingestor.run(), onError: (message, error) => log.error({ err: error }, message),
  });
  const ingestor = new Ingestor({
    spool: place.spool, callLog,
    onSkipped: (segment, lines) => log.warn({ segment, lines }, "lines of a spool segment were no call records and were skipped"),
    onError: (segment, error) => log.error({ err: error, segment }, "a spool segment could not be taken in"),
  });
  const channel = new ChannelServer({
    linesSince: (version) => publisher.linesSince(version), wholeLine: () => publisher.wholeLine(), version: () => publisher.version,
    onSealed: () => void ingestor.run(), onCalls: (records, dropped) => live.publish(records, dropped), now,
    onConnected: (state) => log.info({ worker: state.worker, pid: state.pid, snapshotVersion: state.snapshotVersion }, "a gateway is connected"),
    onDisconnected: (state) => log.warn({ worker: state.worker, pid: state.pid }, "a gateway is gone"),
  });
  const signIn = new SignIn({ store, random: randomBytes, now, onSessionsEnded: (person, tokenHash) => live.endFor(person, tokenHash) });
  const started = await startConfiguration({ options, environment: ports.environment, store, publisher, masterKey, random: randomBytes, now, log });
  const ledger = connectLedger({ socketPath: place.ledgerSocket, deadlineMs: ledgerPatienceMs });
  await channel.listen(place.socket);
  ingestor.start();
  let http: HttpServer | null = null;
  const plane: ControlPlane = {
    options, version: ports.version, startedAt: now(), configuration: started.configuration, database: started.database, store, callLog, ledger, ingestor, live,
    channel, publisher, signIn, masterKey, environment: ports.environment, port: () => http?.port ?? options.port, random: randomBytes, now,
  };
  const app = createApp({ plane, tokens: tokensOf(ports.environment, started), hosts: () => hostsOf(options, ports.environment, started), console: staticConsole(ports.consoleFolder), log });
  http = await listen(app.fetch, options);
  const stopHousekeeping = startHousekeeping({ store, callLog, now, retainCallsMs: () => retainOf(started), onError: (error) => log.error({ err: error }, "housekeeping failed") });
  return {
    port: http.port,
    firstRun: await firstRunOf({ store, signIn, origin: originOf(options.host, http.port), key: started.firstKey }),
    drain: async () => {
      stopHousekeeping();
      started.stop();
      live.close();
      await http?.close();
      await publisher.flush();
      await callLog.settled;
      await ingestor.stop();
      await channel.close();
      await callLog.close();
      await ledger.close();
      await store.close();
    },
  };
}

/** People wait for it, not calls. */
const ledgerPatienceMs = 1_000;

function privateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (error) {
    throw new StartError("data-unusable", `${folder} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

function masterKeyOf(path: string, environment: ControlProcessPorts["environment"]): Buffer {
  try {
    return loadMasterKey(path, { environment, create: true });
  } catch (error) {
    throw new StartError("master-key-wrong", (error as Error).message, { cause: error });
  }
}

function openStore(path: string): ConfigStore {
  try {
    return openEmbeddedConfigStore(path);
  } catch (error) {
    throw new StartError("data-unusable", `${path} cannot be opened: ${(error as Error).message}`, { cause: error });
  }
}

/** The environment's token before the file's: the supervisor passes the file's on as the environment's. */
function tokensOf(environment: ControlProcessPorts["environment"], { file }: StartedConfiguration): { token: string | null; cli: string | null } {
  return { token: environment["PARLEY_ADMIN_TOKEN"] || file?.atStart?.admin.token || null, cli: environment["PARLEY_LOCAL_TOKEN"] || null };
}

function hostsOf(options: ControlProcessOptions, environment: ControlProcessPorts["environment"], { file }: StartedConfiguration): Hosts {
  const named = (environment["PARLEY_ADMIN_NAMES"] ?? "").split(",").map((name) => name.trim().toLowerCase()).filter(Boolean);
  return { listens: options.host, names: [...named, ...(file?.atStart?.admin.names ?? [])] };
}

function retainOf({ configuration }: StartedConfiguration): number {
  const held = configuration.entities.get("settings", "logging");
  return ((held?.resolved ?? specSchema("settings", "logging").parse(held?.spec ?? {})) as { retain: number }).retain;
}

async function firstRunOf(of: { store: ConfigStore; signIn: SignIn; origin: string; key: string | null }): Promise<ControlProcess["firstRun"]> {
  if ((await of.store.people.list()).length > 0) return null;
  const { token } = await of.signIn.newLink(null);
  return { signInUrl: signInUrl(of.origin, token), key: of.key };
}

/** An address that means every one is no address to open. */
export function originOf(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
