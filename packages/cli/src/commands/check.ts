import { formatDiagnostics, placeDiagnostics, readConfigFile } from "@parley/config";
import type { Diagnostic } from "@parley/contract/api/system";
import type { Config } from "@parley/contract/config/config";
import { textOf } from "../config-error.ts";
import { Failure } from "../failure.ts";
import { type CommonOptions, type Terminal, outJson } from "../terminal.ts";

interface CheckOptions extends CommonOptions {
  file?: string;
  config?: string;
}

export async function check(terminal: Terminal, argument: string | undefined, options: CheckOptions): Promise<number> {
  const file = theOnlyFile([argument, options.file, options.config]);
  const { config, source, diagnostics: read } = await readConfigFile(file, terminal.environment);
  const diagnostics = config === null ? read : [...read, ...(await placeDiagnostics(await documentDiagnostics(config), { file, source }))];
  const valid = diagnostics.every(({ severity }) => severity !== "error");
  if (options.json) outJson(terminal, { valid, diagnostics });
  else if (diagnostics.length > 0) terminal.out(formatDiagnostics(diagnostics, textOf(file), { colour: terminal.colour.out }));
  if (valid && !options.json) terminal.out(`${file} is valid\n`);
  return valid ? 0 : 1;
}

/** Its OpenAPI documents, and adapters held to them; those at URLs are not fetched, for checking needs nothing that runs. */
async function documentDiagnostics(config: Config): Promise<Diagnostic[]> {
  const hasDocuments = Object.values(config.services).some(({ openapi, versions }) => openapi !== undefined || Object.values(versions?.list ?? {}).some((version) => version.openapi !== undefined));
  if (!hasDocuments) return [];
  const { fileDocuments, examine } = await import("@parley/control/file-documents");
  return (await fileDocuments(config, { published: () => undefined, held: () => Promise.resolve(null), reader: { examine: async (order) => examine(order) }, fetches: false })).diagnostics;
}

/** It may be named in the way of each sibling, and once: two would leave one unchecked without a word. */
function theOnlyFile(named: readonly (string | undefined)[]): string {
  const [file, ...others] = [...new Set(named.filter((name) => name !== undefined))];
  if (file === undefined) throw new Failure("usage", "no file is named", "./parley check parley.yaml");
  if (others.length > 0) throw new Failure("usage", `one file is checked at a time, and ${others.length + 1} are named`, "./parley check parley.yaml");
  return file;
}
