/** The names of everything in the data directory, for all processes. Directories are 0700, files 0600. */
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface DataDirectory {
  root: string;
  /** Held by the supervisor while it runs. */
  lock: string;
  masterKey: string;
  configDatabase: string;
  ledgerDatabase: string;
  callLogDatabase: string;
  /** The last good snapshot, with sealed secrets. */
  snapshot: string;
  /** Texts of OpenAPI documents, compressed, by their digests: too large for a snapshot, and read only when somebody asks. */
  documents: string;
  /** Modules as Node compiled them, so that a process starts faster and keeps less. */
  compileCache: string;
  /** Call records on their way to the call log. */
  spool: string;
  /** Bodies of calls, sealed, on their way to the store of bodies. */
  bodiesSpool: string;
  bodiesDatabase: string;
  /** The channel between the planes. */
  socket: string;
  /** The counters that several workers share. */
  countersSocket: string;
  /** How far each rollout is. */
  rollouts: string;
  /** What has been used of limits by day and month. */
  quotaJournal: string;
  /** The ledger, which one thread serves to all workers and to the control plane. */
  ledgerSocket: string;
  /** Where one worker of several hears what the others see of the resources that it follows. */
  observationsSocket: (worker: number) => string;
  /** Where one worker of several hears what the others write, for what it keeps of answers. */
  cacheSocket: (worker: number) => string;
  /** Where the running program can be reached: { adminUrl, gatewayUrl, pid }. */
  running: string;
}

export function dataDirectory(root: string): DataDirectory {
  return {
    root,
    lock: join(root, "lock"),
    masterKey: join(root, "master.key"),
    configDatabase: join(root, "config.db"),
    ledgerDatabase: join(root, "ledger.db"),
    callLogDatabase: join(root, "calls.duckdb"),
    snapshot: join(root, "snapshot.json"),
    documents: join(root, "documents"),
    compileCache: join(root, "compile-cache"),
    spool: join(root, "spool"),
    bodiesSpool: join(root, "bodies-spool"),
    bodiesDatabase: join(root, "bodies.db"),
    socket: socketPath(root, "planes.sock"),
    countersSocket: socketPath(root, "counters.sock"),
    rollouts: join(root, "rollouts.json"),
    quotaJournal: join(root, "quotas.ndjson"),
    ledgerSocket: socketPath(root, "ledger.sock"),
    observationsSocket: (worker) => socketPath(root, `observations-${worker}.sock`),
    cacheSocket: (worker) => socketPath(root, `cache-${worker}.sock`),
    running: join(root, "running.json"),
  };
}

/** A Unix socket's path holds at most 107 bytes; a longer one moves to a directory of its own (0700) under the system's temporary one. */
function socketPath(root: string, name: string): string {
  const path = join(root, name);
  if (Buffer.byteLength(path) <= 100) return path;
  return join(tmpdir(), `parley-${createHash("sha256").update(root).digest("hex").slice(0, 16)}`, name);
}
