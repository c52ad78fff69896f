/** The checks that look across entries: names that lead nowhere, and entries that collide. */
import type { Config } from "@parley/contract/config/config";
import { type Finding, type Path, pathText } from "../diagnostics/finding.ts";
import { nearest } from "../diagnostics/nearest.ts";

/** The names that are defined, valid or not, so that one error does not cause others that are none. */
export interface DefinedNames {
  services: ReadonlySet<string>;
  providers: ReadonlySet<string>;
  channels: ReadonlySet<string>;
  teams: ReadonlySet<string>;
  /** Whether the gateway names authorities of client certificates. */
  clientAuthorities: boolean;
}

/** Gets the valid entries of the configuration. */
export type Check = (config: Config, names: DefinedNames) => Finding[];

export function unknownReference(path: Path, message: string, reference: { name: string; known: Iterable<string> }): Finding {
  const finding: Finding = { code: "config-unknown-reference", severity: "error", message, path, at: "value" };
  const near = nearest(reference.name, reference.known);
  if (near !== null) return { ...finding, suggestion: `did you mean "${near}"?` };
  const some = [...reference.known].slice(0, 8);
  return some.length === 0 ? finding : { ...finding, suggestion: `there are ${some.join(", ")}` };
}

export function collision(path: Path, message: string, other: Path): Finding {
  return { code: "config-conflict", severity: "error", message: `${message}, as ${pathText(other)}`, path, at: "value", other };
}

export function invalid(path: Path, message: string, suggestion?: string): Finding {
  const finding: Finding = { code: "config-invalid-value", severity: "error", message, path, at: "value" };
  return suggestion === undefined ? finding : { ...finding, suggestion };
}
