import { callAdmin } from "../api/admin-api.ts";
import { type ConnectionOptions, findConnection } from "../api/connection.ts";
import { readConfigurationFile, savePlan } from "../configuration-file.ts";
import { planText } from "../plan-text.ts";
import { showDiagnostics } from "../show-diagnostics.ts";
import { type Terminal, outJson } from "../terminal.ts";

export async function plan(terminal: Terminal, options: ConnectionOptions & { file: string; out?: string }): Promise<number> {
  const connection = findConnection(terminal, options);
  const file = readConfigurationFile(terminal, options.file);
  const planned = await callAdmin(connection, { operation: "planConfiguration", method: "POST", path: "/api/config/plan", body: file });
  const valid = showDiagnostics(terminal, planned.diagnostics, { text: file.yaml, json: options.json === true });
  if (options.json) outJson(terminal, planned);
  if (!valid) return 1;
  if (!options.json) terminal.out(planText(planned));
  if (options.out !== undefined) savePlan(options.out, file, planned);
  if (!options.json && planned.changes.length > 0) terminal.out(`\nApply it with: ./parley apply -f ${options.out ?? options.file}\n`);
  return planned.changes.length > 0 ? 2 : 0;
}
