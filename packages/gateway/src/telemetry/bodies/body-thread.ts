/** A thread of a gateway worker: whatever bodies cost, no call waits for it. Takes jobs in order, one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { LineBatch } from "../line-batch.ts";
import { Spool } from "../spool.ts";
import { type BodyJob, type BodyThreadData, type FromBodyThread, heldBytesOf, type ToBodyThread } from "./body-job.ts";
import { sealBodies } from "./seal-bodies.ts";

const { directory, worker, startedAtMs, masterKey } = workerData as BodyThreadData;
const key = Buffer.from(masterKey);
const port = parentPort;
const tell = (message: FromBodyThread): void => port?.postMessage(message);

const textOf = (error: unknown): string => (error instanceof Error ? error.message : typeof error === "string" ? error : "");

const spool = new Spool({
  batch: new LineBatch(), directory, worker, startedAtMs,
  sealed: () => {},
  log: { error: (details, message) => tell({ type: "error", message: `bodies of calls: ${message}`, error: textOf(details["error"]) }) },
});

let work: Promise<void> = Promise.resolve();

async function keep(job: BodyJob): Promise<void> {
  const before = spool.dropped.count;
  let failed = 0;
  try {
    spool.append(await sealBodies(job, key));
  } catch (error) {
    failed = 1;
    tell({ type: "error", message: "the bodies of a call could not be kept", error: String(error) });
  }
  tell({ type: "done", heldBytes: heldBytesOf(job), dropped: failed + spool.dropped.count - before });
}

port?.on("message", (message: ToBodyThread) => {
  if (message.type === "keep") work = work.then(() => keep(message));
  else work = work.then(() => spool.close()).then(() => tell({ type: "closed" })).finally(() => port.close());
});
