/** The parts of the control plane that know each other: stores, publisher, channel, call log and live view, opened but not yet at work. */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import type { DataDirectory } from "@parley/contract/data-directory";
import { loadMasterKey } from "@parley/contract/secrets";
import { openEmbeddedBodyStore } from "@parley/stores/embedded/body-store";
import { openEmbeddedCallLog } from "@parley/stores/embedded/call-log";
import { openEmbeddedConfigStore } from "@parley/stores/embedded/config-store";
import { connectLedger } from "@parley/stores/embedded/ledger";
import type { ConfigStore } from "@parley/stores/ports/config-store";
import type { Logger } from "pino";
import type { ControlPlane } from "../api/control-plane.ts";
import { BackgroundCallLog } from "../calls/background-call-log.ts";
import { BodyIntake } from "../calls/body-intake.ts";
import { Ingestor } from "../calls/ingestor.ts";
import { inFlightOf } from "../calls/in-flight.ts";
import { LiveCalls } from "../calls/live-calls.ts";
import { ChannelServer } from "../channel/channel-server.ts";
import { DocumentReader } from "../documents/document-reader.ts";
import { DocumentTexts } from "../documents/document-texts.ts";
import { readSnapshotFile } from "../publishing/snapshot-file.ts";
import { Publisher } from "../publishing/publisher.ts";
import { RolloutBook } from "../rollout/rollout-book.ts";
import { SignIn } from "../sign-in/sign-in.ts";
import { StartError } from "./start-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type Parts = Pick<ControlPlane, "masterKey" | "store" | "live" | "publisher" | "callLog" | "bodies" | "ledger" | "ledgerEngine" | "ingestor" | "channel" | "signIn" | "random" | "now" | "documentReader"> & { rolloutBook: RolloutBook; documents: DocumentTexts };

export interface PartsPorts {
  environment: Environment;
  /** How much of all bodies together is kept. */
  bodiesBytes: () => number;
  now: () => number;
  log: Logger;
}

export function openParts(place: DataDirectory, ports: PartsPorts): Parts {
  const { now, log } = ports;
  for (const folder of [place.spool, place.bodiesSpool]) privateFolder(folder);
  const masterKey = masterKeyOf(place.masterKey, ports.environment);
  const store = openStore(place.configDatabase);
  const live = new LiveCalls({ watch: (queries) => channel.watch(queries), inFlight: () => inFlightOf(channel) });
  const rolloutBook = new RolloutBook(place.rollouts, (error) => log.error({ err: error }, "how far the rollouts are could not be kept"));
  const documents = new DocumentTexts({ folder: place.documents, now, onError: (error) => log.error({ err: error }, "the text of a document could not be kept, and callers cannot read it") });
  const publisher = new Publisher({
    amend: (entry) => {
      documents.note(entry);
      return rolloutBook.amend(entry);
    },
    prepared: () => documents.written(),
    before: readSnapshotFile(place.snapshot), file: place.snapshot, now, nextVersion: (above) => store.nextSnapshotVersion(above),
    broadcast: (delta) => channel.broadcast(delta), onFileError: (error) => log.error({ err: error }, "the snapshot could not be written to disk"),
  });
  const callLog: BackgroundCallLog = new BackgroundCallLog({
    open: () => openEmbeddedCallLog({ path: place.callLogDatabase, onDamage: (message) => log.error(message) }),
    onOpen: () => void ingestor.run(), freshen: () => ingestor.freshen(), onError: (message, error) => log.error({ err: error }, message),
  });
  const ingestor = new Ingestor({
    spool: place.spool, callLog, monotonicMs: () => performance.now(),
    onSkipped: (segment, lines) => log.warn({ segment, lines }, "lines of a spool segment were no call records and were skipped"),
    onDamaged: (segment, why) => log.error({ segment, why }, "a segment of the spool is damaged: it was set aside, and its calls are not in the log"),
    onError: (segment, error) => log.error({ err: error, segment }, "a spool segment could not be taken in"),
  });
  const channel = new ChannelServer({
    linesSince: (version) => publisher.linesSince(version), wholeLines: () => publisher.wholeLines(), version: () => publisher.version,
    onSealed: () => ingestor.told(), onCalls: (records, dropped) => live.publish(records, dropped), now,
    onConnected: (state) => log.info({ worker: state.worker, pid: state.pid, snapshotVersion: state.snapshotVersion }, "a gateway is connected"),
    onDisconnected: (state) => log.warn({ worker: state.worker, pid: state.pid }, "a gateway is gone"),
  });
  const signIn = new SignIn({ store, random: randomBytes, now, onSessionsEnded: (person, tokenHash) => live.endFor(person, tokenHash) });
  const ledger = connectLedger({ socketPath: place.ledgerSocket, deadlineMs: ledgerPatienceMs });
  const bodies = openBodies(place, { masterKey, mostBytes: () => ports.bodiesBytes(), now, log });
  return { masterKey, store, live, rolloutBook, documents, documentReader: new DocumentReader(), publisher, callLog, bodies, ledger, ledgerEngine: "SQLite", ingestor, channel, signIn, random: randomBytes, now };
}

/** People wait for it, not calls. */
const ledgerPatienceMs = 1_000;

/** Null where they cannot be kept, which stops nothing else. */
function openBodies(place: DataDirectory, ports: { masterKey: Buffer; mostBytes: () => number; now: () => number; log: Logger }): BodyIntake | null {
  const { masterKey, mostBytes, now, log } = ports;
  try {
    const store = openEmbeddedBodyStore({ path: place.bodiesDatabase, now, onDamage: (message) => log.error(message) });
    return new BodyIntake({ spool: place.bodiesSpool, store, masterKey, mostBytes, onError: (segment, error) => log.error({ err: error, segment }, "bodies of calls could not be taken in; they wait in their spool") });
  } catch (error) {
    log.error({ err: error }, "the store of bodies cannot be opened; no bodies are kept");
    return null;
  }
}

function privateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (error) {
    throw new StartError("data-unusable", `${folder} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

function masterKeyOf(path: string, environment: Environment): Buffer {
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
