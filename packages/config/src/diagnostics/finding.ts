/** What a stage of reading found wrong, placed by its path in the data; lines and columns come later, and only if needed. */
import type { ProblemCode } from "@parley/contract/problems/table";

export type Path = readonly (string | number)[];

export interface Finding {
  code: Extract<ProblemCode, `config-${string}`>;
  severity: "error" | "warning";
  message: string;
  path: Path;
  /** Whether the key is at fault or what it holds; a thing that is missing is placed at its parent's key. */
  at: "key" | "value";
  suggestion?: string;
  /** The other place of a collision; its line is added to the message. */
  other?: Path;
  /** Where the stage knows the place itself, in UTF-16 units from the start of the text. */
  offset?: number;
}

/** The path as people read it: services.notes.upstream.targets[0].url */
export function pathText(path: Path): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}

/** The path as a JSON pointer (RFC 6901). */
export function pathPointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** What stands at the path in plain data; undefined where the path leads nowhere. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
