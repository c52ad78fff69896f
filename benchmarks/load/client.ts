/** Starts the load process on its core and gives it jobs, one at a time. */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startPinned, stopChild } from "../programs/child.ts";
import type { LoadJob, LoadMessage, LoadResult } from "./job.ts";

export interface Load {
  run(job: LoadJob): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** Longer than any job may take. */
const jobTimeoutMs = 300_000;

export async function startLoad(core: number): Promise<Load> {
  const child = startPinned([process.execPath, fileURLToPath(new URL("process.ts", import.meta.url))], { core, ipc: true });
  await once(child.process, "message");
  return {
    async run(job) {
      const answer = once(child.process, "message", { signal: AbortSignal.timeout(jobTimeoutMs) });
      child.process.send(job);
      const [message] = (await answer) as [LoadMessage];
      if (message.type !== "result") throw new Error(`the load process failed: ${JSON.stringify(message)}\n${child.output()}`);
      return message.result;
    },
    stop: () => stopChild(child),
  };
}
