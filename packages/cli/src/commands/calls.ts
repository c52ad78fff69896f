import type { CallRecord } from "@parley/contract/call-record";
import { callAdmin, streamAdmin } from "../api/admin-api.ts";
import { type ConnectionOptions, findConnection } from "../api/connection.ts";
import { serverSentEvents } from "../api/server-sent-events.ts";
import { callLine } from "../call-line.ts";
import { inertJson } from "../inert-text.ts";
import { type Terminal, outJson } from "../terminal.ts";
import { tail } from "./tail.ts";

interface CallsOptions extends ConnectionOptions {
  service?: string;
  consumer?: string;
  status?: string;
  query?: string;
  sort?: string;
  ascending?: boolean;
  limit: number;
  follow?: boolean;
}

export async function calls(terminal: Terminal, options: CallsOptions): Promise<number> {
  const connection = findConnection(terminal, options);
  const query = { service: options.service, consumer: options.consumer, status: options.status };
  if (options.follow) {
    if (options.query !== undefined) return tail(terminal, [options.query], options);
    const stream = await streamAdmin(connection, { operation: "liveCalls", method: "GET", path: "/api/calls/live", query });
    for await (const event of serverSentEvents(stream)) {
      if (event.name === "call") terminal.out(options.json ? `${inertJson(event.data)}\n` : `${callLine(JSON.parse(event.data) as CallRecord)}\n`);
    }
    return 0;
  }
  const page = await callAdmin(connection, { operation: "listCalls", method: "GET", path: "/api/calls", query: { ...query, query: options.query, sort: options.sort, order: options.ascending ? "asc" : undefined, limit: options.limit } });
  if (options.json) outJson(terminal, page);
  else if (page.items.length === 0) terminal.out("no calls yet\n");
  else terminal.out(`${(page.items as CallRecord[]).map(callLine).join("\n")}\n`);
  return 0;
}
