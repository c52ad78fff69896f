/** What the ledger's suite needs of an engine, and the inputs that most of its tests share. */
import type { FinishWrite, Ledger, LedgerInput, LedgerOutput, PrepareWrite, SendWrite, StoredResponse, WritePlace } from "../../ports/ledger.ts";

export interface LedgerUnderTest {
  ledger: Ledger;
  /** One more user of the same ledger; what it holds ends with it. */
  connect: () => Promise<Ledger>;
  /** Time passes, and the ledger notices. */
  advance: (milliseconds: number) => void;
  /** What retention does every few seconds. */
  sweep: () => void;
  /** The process is killed and started again; `ledger` and all connections are new. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
}

export interface TestCaps {
  resources?: number;
  changes?: number;
  baseBytes?: number;
  bytesPerBase?: number;
  leases?: number;
  idempotencyRecords?: number;
  conflicts?: number;
  objectsPerKind?: number;
}

export type LedgerOpener = (caps?: TestCaps) => Promise<LedgerUnderTest>;

export const note = { service: "notes", path: "/7" };
/** 22 characters of base64url whose last one encodes no more than 128 bits allow. */
export const digestOf = (letter: string): string => `${letter.repeat(21)}A`;
export const restMs = 5_000;
/** The rest, and the time after it in which writes wait for somebody to look. */
export const restAndLookMs = restMs + 5_001;

export function writeInput(change: Partial<PrepareWrite> = {}): PrepareWrite {
  const path = change.path ?? note.path;
  return {
    service: note.service, path, lockPath: path, view: "", consumer: "acme", callId: "call-1", method: "PUT", lockToken: null,
    idempotency: null, maxWaiting: 100, waitMs: 1_000, holdMs: 30_000, ...change,
  };
}

export function sendInput(write: string, change: Partial<SendWrite> = {}): SendWrite {
  return { write, restMs, base: { etag: null, digest: null }, intended: null, refetch: [], fsync: false, ...change };
}

export function finishInput(write: string, change: Partial<FinishWrite> = {}): FinishWrite {
  return { write, outcome: "applied", etag: null, digest: null, response: null, fsync: false, ...change };
}

export type Granted = Extract<WritePlace, { kind: "granted" }>;

export function granted(place: WritePlace): Granted {
  if (place.kind !== "granted") throw new Error(`expected a place, got ${JSON.stringify(place)}`);
  return place;
}

/** A whole guarded write; the revision it made. */
export async function writeOnce(ledger: Ledger, change: Partial<PrepareWrite> = {}, finish: Partial<FinishWrite> = {}): Promise<number> {
  const place = granted(await ledger.prepareWrite(writeInput(change)));
  const sent = await ledger.sendWrite(sendInput(place.write));
  if (sent.kind !== "sent") throw new Error("superseded");
  const done = await ledger.finishWrite(finishInput(place.write, finish));
  if (done.kind !== "done" || done.revision === null) throw new Error(JSON.stringify(done));
  return done.revision;
}

export function leaseInput(change: Partial<LedgerInput<"acquireLease">> = {}): LedgerInput<"acquireLease"> {
  return { ...note, holder: "acme", token: null, ttlMs: 10_000, restMs, maxWaiting: 10, waitMs: 1_000, ...change };
}

export function lease(output: LedgerOutput<"acquireLease">): Extract<LedgerOutput<"acquireLease">, { kind: "granted" }> {
  if (output.kind !== "granted") throw new Error(`expected a lease, got ${JSON.stringify(output)}`);
  return output;
}

export const response: StoredResponse = { status: 201, rawHeaders: ["Location", "/notes/8"], body: Buffer.from("{}").toString("base64") };

export function idempotency(change: Partial<NonNullable<PrepareWrite["idempotency"]>> = {}): NonNullable<PrepareWrite["idempotency"]> {
  return { consumer: "acme", route: "POST /notes", key: "k1", fingerprint: "f1", retainMs: 60_000, ...change };
}

/** Far enough in the future that no write of the test is later. */
export const later = Number.MAX_SAFE_INTEGER;
