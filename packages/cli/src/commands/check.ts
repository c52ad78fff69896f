import { formatDiagnostics, readConfigFile } from "@parley/config";
import { textOf } from "../config-error.ts";
import { Failure } from "../failure.ts";
import { type CommonOptions, type Terminal, outJson } from "../terminal.ts";

interface CheckOptions extends CommonOptions {
  file?: string;
  config?: string;
}

export async function check(terminal: Terminal, argument: string | undefined, options: CheckOptions): Promise<number> {
  const file = theOnlyFile([argument, options.file, options.config]);
  const { config, diagnostics } = await readConfigFile(file, terminal.environment);
  if (options.json) outJson(terminal, { valid: config !== null, diagnostics });
  else if (diagnostics.length > 0) terminal.out(formatDiagnostics(diagnostics, textOf(file), { colour: terminal.colour.out }));
  if (config && !options.json) terminal.out(`${file} is valid\n`);
  return config ? 0 : 1;
}

/** It may be named in the way of each sibling, and once: two would leave one unchecked without a word. */
function theOnlyFile(named: readonly (string | undefined)[]): string {
  const [file, ...others] = [...new Set(named.filter((name) => name !== undefined))];
  if (file === undefined) throw new Failure("usage", "no file is named", "./parley check parley.yaml");
  if (others.length > 0) throw new Failure("usage", `one file is checked at a time, and ${others.length + 1} are named`, "./parley check parley.yaml");
  return file;
}
