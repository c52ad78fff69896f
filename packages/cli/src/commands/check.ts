import { formatDiagnostics, readConfigFile } from "@parley/config";
import { textOf } from "../config-error.ts";
import { type CommonOptions, type Terminal, outJson } from "../terminal.ts";

export async function check(terminal: Terminal, file: string, options: CommonOptions): Promise<number> {
  const { config, diagnostics } = await readConfigFile(file, terminal.environment);
  if (options.json) outJson(terminal, { valid: config !== null, diagnostics });
  else if (diagnostics.length > 0) terminal.out(formatDiagnostics(diagnostics, textOf(file), { colour: terminal.colour.out }));
  if (config && !options.json) terminal.out(`${file} is valid\n`);
  return config ? 0 : 1;
}
