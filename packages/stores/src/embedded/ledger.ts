/**
 * The embedded ledger: SQLite in a thread of the supervisor's process, reached over a Unix socket. Hides the engine, the
 * group commit and the wire. The supervisor starts it, gateway workers connect to it; both know only the port besides this.
 */
import { chmodSync, existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { LedgerCaps } from "./ledger/context.ts";
import type { LedgerThreadData } from "./ledger/thread.ts";

export { connectLedger, type LedgerClientOptions } from "./ledger/client.ts";
export type { LedgerCaps } from "./ledger/context.ts";

export interface EmbeddedLedgerOptions {
  databasePath: string;
  socketPath: string;
  caps?: Partial<LedgerCaps>;
  /** The thread ended by itself. Guarded writes fail closed until another one is started. */
  died(error: Error): void;
}

export interface EmbeddedLedger {
  /** Answers what has arrived, then ends. */
  close(): Promise<void>;
}

/** Of what a request leaves behind nothing lasts: more room would only be filled. */
const youngMib = 12;

/** Resolves once it serves; rejects where the database or the socket cannot be had. */
export async function startLedger(options: EmbeddedLedgerOptions): Promise<EmbeddedLedger> {
  const data: LedgerThreadData = { databasePath: options.databasePath, socketPath: options.socketPath, caps: options.caps ?? {} };
  const worker = new Worker(new URL("./ledger/thread.ts", import.meta.url), { workerData: data, resourceLimits: { maxYoungGenerationSizeMb: youngMib } });
  let failure = new Error("the ledger's thread ended");
  let closing = false;
  worker.on("error", (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    void ended.then(() => reject(failure));
  });
  restrict(options.databasePath);
  void ended.then(() => {
    if (!closing) options.died(failure);
  });
  return {
    close: async () => {
      closing = true;
      worker.postMessage("close");
      await ended;
    },
  };
}

/** What has been read and written through the gateway is nobody else's business. */
function restrict(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, 0o600);
}
