import { callAdmin } from "../api/admin-api.ts";
import { type Connection, type ConnectionOptions, findConnection } from "../api/connection.ts";
import { type ConfigurationFile, plannedFile, readConfigurationFile, readSavedPlan } from "../configuration-file.ts";
import { planText } from "../plan-text.ts";
import { showDiagnostics } from "../show-diagnostics.ts";
import { type Terminal, outJson } from "../terminal.ts";

export async function apply(terminal: Terminal, options: ConnectionOptions & { file: string }): Promise<number> {
  const connection = findConnection(terminal, options);
  const saved = readSavedPlan(options.file);
  const file = saved ? plannedFile(terminal, saved) : readConfigurationFile(terminal, options.file);
  const json = options.json === true;
  const base = saved?.base ?? (await currentBase(connection, file));
  const applied = await callAdmin(connection, { operation: "applyConfiguration", method: "POST", path: "/api/config/apply", body: file, ifMatch: base });
  const valid = showDiagnostics(terminal, applied.diagnostics, { text: file.yaml, json });
  if (json) outJson(terminal, applied);
  else if (valid) terminal.out(`${planText(applied)}${applied.changes.length > 0 ? "Applied.\n" : ""}`);
  return valid ? 0 : 1;
}

/** What the file is applied on top of: whatever is in force now. */
async function currentBase(connection: Connection, file: ConfigurationFile): Promise<string> {
  return (await callAdmin(connection, { operation: "planConfiguration", method: "POST", path: "/api/config/plan", body: file })).base;
}
