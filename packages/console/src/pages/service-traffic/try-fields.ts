/** Header fields as somebody writes them, one a line; and what they cannot expect. */
import { tryConsumer } from "@parley/contract/api/try-call";
import type { VersionState } from "./timeline.ts";

export function headersOf(fields: string): Record<string, string> {
  const lines = fields.split("\n").filter((line) => line.includes(":"));
  return { "content-type": "application/json", ...Object.fromEntries(lines.map((line) => [nameIn(line), line.slice(line.indexOf(":") + 1).trim()])) };
}

/** In the place of those of this name, or at the end. */
export function withField(fields: string, name: string, value: string): string {
  const others = fields.split("\n").filter((line) => line.trim() !== "" && nameIn(line) !== name.toLowerCase());
  return [...others, `${name}: ${value}`].join("\n");
}

function nameIn(line: string): string {
  return line.slice(0, line.indexOf(":")).trim().toLowerCase();
}

/** Why calls of this version come back refused; null where they do not. */
export function refusedState(version: VersionState | undefined): string | null {
  if (version?.status === "retired") return `${version.name} is retired: its calls are answered with 410.`;
  if (version?.status !== "draft") return null;
  return `${version.name} is a draft: it is there for consumers alone that are pinned to it. Pin a consumer ${tryConsumer} to it, and calls from here reach it.`;
}
