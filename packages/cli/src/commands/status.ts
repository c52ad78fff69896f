import type { Status } from "@parley/contract/api/system";
import { callAdmin } from "../api/admin-api.ts";
import { type ConnectionOptions, findConnection } from "../api/connection.ts";
import { type Terminal, outJson } from "../terminal.ts";

export async function status(terminal: Terminal, options: ConnectionOptions): Promise<number> {
  const answer = await callAdmin(findConnection(terminal, options), { operation: "getStatus", method: "GET", path: "/api/status" });
  if (options.json) outJson(terminal, answer);
  else terminal.out(statusText(answer));
  return isWell(answer) ? 0 : 1;
}

function isWell(answer: Status): boolean {
  return answer.gateways.length > 0 && answer.stores.every((store) => store.ok) && answer.configuration.every((finding) => finding.severity !== "error");
}

function statusText(answer: Status): string {
  const rows: [string, string][] = [
    ["Version", answer.version],
    ["Up since", answer.startedAt],
    ["Applications call", answer.gatewayUrl],
    ["Console", answer.adminUrl],
    ["Configuration", `${answer.mode === "file" ? (answer.file ?? "a file") : "the database"}, version ${answer.snapshotVersion}`],
    ...answer.gateways.map((gateway): [string, string] => [`Gateway ${gateway.worker}`, `process ${gateway.pid}, configuration version ${gateway.snapshotVersion}`]),
    ...answer.stores.map((store): [string, string] => [`Store ${store.name}`, `${store.engine}, ${store.ok ? "ok" : `not ok: ${store.detail ?? "no reason given"}`}`]),
    ...(answer.callLog ? [["Call log", `${answer.callLog.calls} calls, ${Math.ceil(answer.callLog.bytes / 1024 / 1024)} MiB`] as [string, string]] : []),
  ];
  if (answer.gateways.length === 0) rows.push(["Gateways", "none is connected"]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const findings = answer.configuration.map((finding) => `${finding.severity}[${finding.code}] line ${finding.line ?? "?"}: ${finding.message}\n`);
  return `${rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("")}${findings.join("")}`;
}
