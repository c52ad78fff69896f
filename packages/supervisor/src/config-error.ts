/** The configuration file has errors; nothing was started. */
import type { Diagnostic } from "@parley/contract/api/system";

export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];

  constructor(file: string, diagnostics: readonly Diagnostic[]) {
    super(`${file} has errors`);
    this.file = file;
    this.diagnostics = diagnostics;
  }
}
