import { callAdmin, type OperationAnswer } from "../api/admin-api.ts";
import { type ConnectionOptions, findConnection } from "../api/connection.ts";
import { inert } from "../inert-text.ts";
import { type Terminal, outJson } from "../terminal.ts";

type Report = OperationAnswer<"getMirror">;

/** Exit status 2 where some answer differs. */
export async function mirrorStatus(terminal: Terminal, service: string, options: ConnectionOptions): Promise<number> {
  const report = await callAdmin(findConnection(terminal, options), { operation: "getMirror", method: "GET", path: "/api/services/{name}/mirror", parameters: { name: service } });
  if (options.json) outJson(terminal, report);
  else terminal.out(`${mirrorLines(report).map(inert).join("\n")}\n`);
  return report.different > 0 ? 2 : 0;
}

export async function mirrorReset(terminal: Terminal, service: string, options: ConnectionOptions): Promise<number> {
  await callAdmin(findConnection(terminal, options), { operation: "forgetMirror", method: "DELETE", path: "/api/services/{name}/mirror", parameters: { name: service } });
  if (options.json) outJson(terminal, { service, reset: true });
  else terminal.out(`${inert(service)}: counted anew from now on\n`);
  return 0;
}

function mirrorLines({ service, mirror, since, equal, different, failed, dropped, skipped, equalShare, failures, places, elsewhere, times }: Report): string[] {
  const whom = mirror.version === null ? mirror.target : `version ${mirror.version}`;
  const share = equalShare === null ? "nothing compared yet" : `${(100 * equalShare).toFixed(2)} % alike`;
  const time = ({ p50Ms, p95Ms }: Report["times"]["service"]): string => (p50Ms === null || p95Ms === null ? "-" : `median ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms`);
  const lines = [
    `${service}: ${mirror.percent} % of ${mirror.methods.join(", ")} copied to ${whom}; ${share}${since === null ? "" : `, since ${new Date(since).toISOString().slice(0, 19).replace("T", " ")}`}`,
    `${equal} equal, ${different} different, ${failed} failed, ${dropped} dropped, ${skipped} skipped`,
    `service ${time(times.service)}; mirror ${time(times.mirror)}`,
  ];
  for (const { code, calls } of failures) lines.push(`✗ ${calls} × ${code}`);
  for (const { in: part, at, calls, example } of places) lines.push(`✗ ${calls} × ${part}${at === "" ? "" : ` ${at}`}: ${example.service ?? "nothing"} → ${example.mirror ?? "nothing"}  (${example.method} ${example.path}, call ${example.call})`);
  if (elsewhere > 0) lines.push(`✗ ${elsewhere} × elsewhere`);
  return lines;
}
