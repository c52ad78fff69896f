import type { CallRecord } from "@parley/contract/call-record";
import { callAdmin, streamAdmin } from "../api/admin-api.ts";
import { type ConnectionOptions, findConnection } from "../api/connection.ts";
import { serverSentEvents } from "../api/server-sent-events.ts";
import { type Terminal, outJson } from "../terminal.ts";

interface CallsOptions extends ConnectionOptions {
  service?: string;
  consumer?: string;
  status?: string;
  limit: number;
  follow?: boolean;
}

export async function calls(terminal: Terminal, options: CallsOptions): Promise<number> {
  const connection = findConnection(terminal, options);
  const query = { service: options.service, consumer: options.consumer, status: options.status };
  if (options.follow) {
    const stream = await streamAdmin(connection, { operation: "liveCalls", method: "GET", path: "/api/calls/live", query });
    for await (const event of serverSentEvents(stream)) {
      if (event.name === "call") terminal.out(options.json ? `${event.data}\n` : `${line(JSON.parse(event.data) as CallRecord)}\n`);
    }
    return 0;
  }
  const page = await callAdmin(connection, { operation: "listCalls", method: "GET", path: "/api/calls", query: { ...query, limit: options.limit } });
  if (options.json) outJson(terminal, page);
  else if (page.items.length === 0) terminal.out("no calls yet\n");
  else terminal.out(`${(page.items as CallRecord[]).map(line).join("\n")}\n`);
  return 0;
}

function line(call: CallRecord): string {
  const time = new Date(call.at).toISOString().slice(0, 23).replace("T", " ");
  const cells = [time, String(call.status), call.method.padEnd(6), `${call.durationMs.toFixed(1)} ms`.padStart(10), call.service.padEnd(12), (call.consumer ?? "-").padEnd(12), call.model ?? call.path];
  return `${cells.join("  ")}${call.error === undefined ? "" : `  ${call.error}`}`;
}
