/** The thread that the ledger lives in. SQLite blocks whoever calls it, so it gets a thread of its own, with the socket in it. */
import { performance } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";
import type { LedgerCaps } from "./context.ts";
import { LedgerHost } from "./host.ts";
import { serveLedger } from "./server.ts";

export interface LedgerThreadData {
  databasePath: string;
  socketPath: string;
  caps: Partial<LedgerCaps>;
}

const tickMs = 25;
const sweepMs = 5_000;

const { databasePath, socketPath, caps } = workerData as LedgerThreadData;
const host = new LedgerHost({
  path: databasePath,
  // Wall time at the start, and from there on by the clock that nobody sets.
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  wallNow: () => Date.now(),
  caps,
  fatal: (error) => {
    throw error;
  },
});
const server = await serveLedger(socketPath, host);
const ticking = setInterval(() => host.tick(), tickMs);
const sweeping = setInterval(() => host.sweep(), sweepMs);

parentPort?.once("message", () => {
  clearInterval(ticking);
  clearInterval(sweeping);
  void server.close().then(() => {
    host.close();
    parentPort?.close();
  });
});
parentPort?.postMessage("ready");
