/** Examines documents in a thread of its own: comparing two of several megabytes takes seconds, in which the admin API has to answer. */
import { parentPort } from "node:worker_threads";
import { examine, type ExaminationOrder } from "./examination.ts";

parentPort?.on("message", (order: ExaminationOrder) => {
  try {
    parentPort?.postMessage({ found: examine(order) });
  } catch (error) {
    parentPort?.postMessage({ failure: (error as Error).message });
  }
});
