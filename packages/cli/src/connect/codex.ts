/**
 * Codex: a model provider of its own in config.toml. The file is people's own, with comments: lines are set and taken out, and
 * all others stay as they are.
 */
import { homedir } from "node:os";
import { join } from "node:path";
import { loadText, storeText } from "./text-file.ts";
import type { Slots, Tool } from "./tool.ts";

const table = "model_providers.parley";
const keys = ["model_provider", "model"] as const;

export const codex: Tool = {
  name: "codex",
  title: "Codex",
  place: (environment) => join(environment["CODEX_HOME"] || join(environment["HOME"] || homedir(), ".codex"), "config.toml"),
  load: loadText,
  store: storeText,
  slotsOf: (text) => {
    const lines = linesOf(text);
    const [begin, end] = tableAt(lines);
    return { ...Object.fromEntries(keys.map((key) => [key, lines[lineOf(lines, key)] ?? null])), [table]: begin === -1 ? null : lines.slice(begin, end).join("\n").trimEnd() };
  },
  withSlots: (text, slots) => {
    const lines = linesOf(text);
    if (table in slots) setTable(lines, slots[table] ?? null);
    for (const key of keys.toReversed()) if (key in slots) setKey(lines, key, slots[key] ?? null);
    return `${lines.join("\n").replace(/\n+$/, "")}\n`;
  },
  leadingTo: ({ url, key, model }): Slots => ({
    model_provider: 'model_provider = "parley"',
    ...(model === null ? {} : { model: `model = ${JSON.stringify(model)}` }),
    [table]: [`[${table}]`, 'name = "Parley"', `base_url = ${JSON.stringify(`${url}/v1`)}`, `experimental_bearer_token = ${JSON.stringify(key)}`, 'wire_api = "responses"'].join("\n"),
  }),
  leadsTo: (slots) => {
    if (!/=\s*["']parley["']/.test(slots["model_provider"] ?? "")) return null;
    const written = (name: string): string | undefined => new RegExp(`^\\s*${name}\\s*=\\s*"([^"]*)"`, "m").exec(slots[table] ?? "")?.[1];
    const [url, key] = [written("base_url"), written("experimental_bearer_token")];
    return url && key ? { url: url.replace(/\/v1$/, ""), key } : null;
  },
  canonical: (text) => text.split("\n").filter((line) => line.trim() !== "").join("\n"),
  afterwards: "Start `codex` again: it reads its settings when it starts.",
};

function linesOf(text: string | null): string[] {
  return text === null || text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function isHeader(line: string): boolean {
  return /^\s*\[\[?[^\]]+\]\]?\s*(?:#.*)?$/.test(line);
}

/** Keys of the root stand before the first table. */
function rootEnd(lines: readonly string[]): number {
  const first = lines.findIndex(isHeader);
  return first === -1 ? lines.length : first;
}

function lineOf(lines: readonly string[], key: string): number {
  return lines.slice(0, rootEnd(lines)).findIndex((line) => new RegExp(`^\\s*${key}\\s*=`).test(line));
}

function setKey(lines: string[], key: string, line: string | null): void {
  const at = lineOf(lines, key);
  const next = line === null ? [] : [line];
  if (at === -1) lines.splice(0, 0, ...next);
  else lines.splice(at, 1, ...next);
}

function tableAt(lines: readonly string[]): [begin: number, end: number] {
  const begin = lines.findIndex((line) => /^\s*\[\s*model_providers\s*\.\s*["']?parley["']?\s*\]/.test(line));
  if (begin === -1) return [-1, -1];
  const after = lines.slice(begin + 1).findIndex(isHeader);
  return [begin, after === -1 ? lines.length : begin + 1 + after];
}

function setTable(lines: string[], text: string | null): void {
  const [begin, end] = tableAt(lines);
  const next = text === null ? [] : text.split("\n");
  if (begin !== -1) lines.splice(begin, end - begin, ...next, ...(next.length > 0 && end < lines.length ? [""] : []));
  else if (next.length > 0) lines.push(...(lines.length > 0 ? [""] : []), ...next);
}
