/** Closed loop: as many calls in flight as there are connections, all the time. Used to fill the gateway's core. */
import { bodyCheck } from "./body-check.ts";
import { Connection } from "./connection.ts";
import type { LoadJob, LoadResult } from "./job.ts";
import { Tally } from "./tally.ts";

type ClosedJob = Extract<LoadJob, { kind: "closed" }>;

export async function runClosedLoop(job: ClosedJob): Promise<LoadResult> {
  const tally = new Tally();
  const maxCalls = job.limit.calls ?? Number.POSITIVE_INFINITY;
  const endsAtMs = performance.now() + (job.limit.durationMs ?? Number.POSITIVE_INFINITY);
  let sent = 0;

  function next(): Uint8Array | null {
    if (sent >= maxCalls || performance.now() >= endsAtMs || tally.hopeless) return null;
    return job.target.requests[sent++ % job.target.requests.length]!;
  }

  const connections = Array.from({ length: job.connections }, () => new Connection(job.target.port, bodyCheck(job.target.expect)));
  await Promise.all(connections.map((connection) => drive(connection, next, tally)));
  for (const connection of connections) connection.close();
  return tally.result();
}

function drive(connection: Connection, next: () => Uint8Array | null, tally: Tally): Promise<void> {
  return new Promise((resolve) => {
    function send(): void {
      const request = next();
      if (request === null) return resolve();
      connection.call(request, answered);
    }
    function answered(failure: string | null): void {
      tally.count(failure);
      // After a failure through the event loop, so that a refused connection cannot recurse.
      if (failure === null) send();
      else setImmediate(send);
    }
    send();
  });
}
