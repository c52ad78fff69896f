/** Calls as they end, in the terminal, until somebody ends it. A connection that breaks is made again and goes on where it was. */
import type { CallRecord } from "@parley/contract/call-record";
import { setTimeout as sleep } from "node:timers/promises";
import { streamAdmin } from "../api/admin-api.ts";
import { type Connection, type ConnectionOptions, findConnection } from "../api/connection.ts";
import { serverSentEvents } from "../api/server-sent-events.ts";
import { callLine } from "../call-line.ts";
import { Failure } from "../failure.ts";
import { inertJson } from "../inert-text.ts";
import type { Terminal } from "../terminal.ts";

const againAfterMs = 1_000;

export async function tail(terminal: Terminal, words: readonly string[], options: ConnectionOptions): Promise<number> {
  const query = words.join(" ");
  const connection = findConnection(terminal, options);
  const seen: { last: string | null } = { last: null };
  // The first connection fails loudly; later ones are tried again, for a control plane may be restarted meanwhile.
  for (let first = true; ; first = false) {
    try {
      await follow(connection, { query, seen, show: (name, data) => show(terminal, { name, data, json: options.json === true }) });
    } catch (error) {
      if (first || !(error instanceof Failure) || error.code !== "not-running") throw error;
    }
    await sleep(againAfterMs);
  }
}

async function follow(connection: Connection, { query, seen, show: shown }: { query: string; seen: { last: string | null }; show: (name: string, data: string) => void }): Promise<void> {
  const stream = await streamAdmin(connection, { operation: "watchLive", method: "GET", path: "/api/live", query: { query: query === "" ? undefined : query } }, seen.last === null ? {} : { "last-event-id": seen.last });
  try {
    for await (const event of serverSentEvents(stream)) {
      if (event.name === "call") seen.last = (JSON.parse(event.data) as CallRecord).id;
      shown(event.name, event.data);
    }
  } catch (error) {
    throw new Failure("not-running", `the connection to ${connection.url} broke: ${(error as Error).message}`);
  }
}

function show(terminal: Terminal, { name, data, json }: { name: string; data: string; json: boolean }): void {
  if (name === "call") terminal.out(json ? `${inertJson(data)}\n` : `${callLine(JSON.parse(data) as CallRecord)}\n`);
  else if (name === "dropped") terminal.error(`${(JSON.parse(data) as { dropped: number }).dropped} more calls did not fit and were left out\n`);
  else if (name === "gap") terminal.error("the connection was away for too long: calls in between are in the call log only\n");
}
