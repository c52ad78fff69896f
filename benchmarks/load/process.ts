/**
 * The load process. It hides how load is made: the runner sends it one job at a time over IPC and gets one result for
 * each. It is a process of its own so that it can be pinned to a core away from the gateway, and it ends with its
 * parent. May import nothing of Parley.
 */
import { runClosedLoop } from "./closed-loop.ts";
import { HeldStreams } from "./held-streams.ts";
import type { LoadJob, LoadMessage, LoadResult } from "./job.ts";
import { runOpenLoop } from "./open-loop.ts";
import { runStreams } from "./stream-loop.ts";
import { Tally } from "./tally.ts";

const held = new HeldStreams();

process.on("message", (job: LoadJob) => {
  run(job).then(
    (result) => say({ type: "result", result }),
    (error: Error) => say({ type: "failed", message: error.stack ?? error.message }),
  );
});
process.on("disconnect", () => process.exit(0));
say({ type: "ready" });

async function run(job: LoadJob): Promise<LoadResult> {
  switch (job.kind) {
    case "closed":
      return runClosedLoop(job);
    case "open":
      return runOpenLoop(job);
    case "streams":
      return runStreams(job);
    case "hold": {
      const tally = new Tally();
      tally.answered = await held.open(job);
      return tally.result();
    }
    case "release":
      held.release();
      return new Tally().result();
  }
}

function say(message: LoadMessage): void {
  process.send?.(message);
}
