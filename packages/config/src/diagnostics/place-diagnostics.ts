/** Lines and columns for what was found later than the file was read, by whoever knows no more of it than a pointer. */
import type { Diagnostic } from "@parley/contract/api/system";
import { type Finding, type Path, valueAt } from "./finding.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { configText } from "../read-config.ts";
import { eventsOf } from "../text/text-data.ts";

/** `source` is the file's data, as it was read. Where the file cannot be read any more, they stay without a place. */
export async function placeDiagnostics(diagnostics: readonly Diagnostic[], { file, source }: { file: string; source: unknown }): Promise<Diagnostic[]> {
  if (diagnostics.length === 0) return [];
  const text = await configText(file);
  return typeof text === "string" ? placeInText(diagnostics, { text, file, source }) : [...diagnostics];
}

export function placeInText(diagnostics: readonly Diagnostic[], { text, file, source }: { text: string; file: string | undefined; source: unknown }): Diagnostic[] {
  const findings = diagnostics.map(({ code, severity, message, pointer, suggestion }): Finding => ({
    code: code as Finding["code"], severity, message, path: pathOf(pointer, source), at: "value", ...(suggestion === undefined ? {} : { suggestion }),
  }));
  const events = eventsOf(text);
  return diagnosticsOf(findings, { text, file, events: () => (Array.isArray(events) ? events : []) });
}

/** Items of an array are numbers in a path. */
function pathOf(pointer: string, source: unknown): Path {
  const path: (string | number)[] = [];
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(valueAt(source, path)) ? Number(name) : name);
  }
  return path;
}
