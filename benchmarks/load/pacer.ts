/**
 * Wakes the load generator more often than the event loop's millisecond timers can: a thread sleeps on a futex and
 * posts a message every quarter of a millisecond.
 */
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

const wakeEveryMs = 0.25;

export interface Pacer {
  stop(): Promise<void>;
}

export function startPacer(onWake: () => void): Pacer {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(fileURLToPath(import.meta.url));
  worker.postMessage(cell);
  worker.on("message", onWake);
  return {
    async stop() {
      Atomics.store(cell, 0, 1);
      Atomics.notify(cell, 0);
      await worker.terminate();
    },
  };
}

function pace(cell: Int32Array): void {
  let dueMs = performance.now();
  while (Atomics.load(cell, 0) === 0) {
    dueMs = Math.max(dueMs + wakeEveryMs, performance.now());
    Atomics.wait(cell, 0, 0, Math.max(0, dueMs - performance.now()));
    parentPort?.postMessage(0);
  }
}

if (!isMainThread) parentPort?.once("message", pace);
