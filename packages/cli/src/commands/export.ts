import { callAdmin } from "../api/admin-api.ts";
import { type ConnectionOptions, findConnection } from "../api/connection.ts";
import { type Terminal, outJson } from "../terminal.ts";

export async function exportConfiguration(terminal: Terminal, options: ConnectionOptions): Promise<number> {
  const configuration = await callAdmin(findConnection(terminal, options), { operation: "getConfiguration", method: "GET", path: "/api/config" });
  if (options.json) outJson(terminal, configuration);
  else terminal.out(configuration.yaml);
  return 0;
}
