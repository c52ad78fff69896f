/**
 * The configuration in force, whichever source is the truth. The admin API reads it here; how it is changed is the
 * source's own matter (`database-configuration.ts`, `file-configuration.ts`).
 */
import type { Diagnostic } from "@parley/contract/api/system";
import type { ReadonlyCollection } from "./collection.ts";

export interface Configuration {
  readonly mode: "database" | "file";
  /** Everything that is in force. */
  readonly entities: ReadonlyCollection;
  /** Changes with every change; the ETag of the whole without its quotes. */
  readonly tag: string;
  /** What is wrong with the source now, and what people should know about it. */
  diagnostics(): Diagnostic[];
}
