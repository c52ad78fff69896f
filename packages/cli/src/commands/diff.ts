import type { DocumentDifference } from "@parley/contract/api/documents";
import { readFileSync } from "node:fs";
import { callAdmin } from "../api/admin-api.ts";
import { type Connection, type ConnectionOptions, findConnection } from "../api/connection.ts";
import { Failure } from "../failure.ts";
import { inert } from "../inert-text.ts";
import { type Terminal, outJson } from "../terminal.ts";

export interface DiffOptions extends ConnectionOptions {
  from?: string;
  to?: string;
  version?: string;
  file?: string;
  days: number;
  all?: boolean;
}

export async function diff(terminal: Terminal, service: string, options: DiffOptions): Promise<number> {
  const difference = await asked(findConnection(terminal, options), service, options);
  if (options.json) outJson(terminal, difference);
  else terminal.out(differenceText(difference, options.all === true));
  return difference.counts.breaking > 0 ? 2 : 0;
}

function asked(connection: Connection, name: string, { from, to, version, file, days }: DiffOptions): Promise<DocumentDifference> {
  if (file === undefined) {
    if (from === undefined || to === undefined) throw new Failure("usage", "diff compares two versions (--from and --to), or a file with what is in force (--file)");
    return callAdmin(connection, { operation: "diffVersions", method: "GET", path: "/api/services/{name}/diff", parameters: { name }, query: { from, to, days } });
  }
  // The document in force is the older one, so that `--from` says whose it is as well.
  const held = version ?? from;
  if (to !== undefined || (version !== undefined && from !== undefined && version !== from)) throw new Failure("usage", "a file is compared with what is in force of one version (--version)", "./parley diff notes --version v2 --file ./notes.v2.openapi.yaml");
  const body = textOf(file);
  if (held === undefined) return callAdmin(connection, { operation: "diffServiceDocument", method: "POST", path: "/api/services/{name}/openapi/diff", parameters: { name }, query: { days }, body });
  return callAdmin(connection, { operation: "diffVersionDocument", method: "POST", path: "/api/services/{name}/versions/{version}/openapi/diff", parameters: { name, version: held }, query: { days }, body });
}

function differenceText({ changes, counts, from, to, days, truncated }: DocumentDifference, all: boolean): string {
  const shown = all ? changes : changes.filter(({ severity }) => severity !== "non-breaking");
  const lines = shown.map(({ id, severity, endpoint, place, message, affected }) => {
    const who = affected === undefined || severity === "non-breaking" ? "" : `\n    ${inert(affectedText(affected, days))}`;
    return `${inert(`${severity === "breaking" ? "✗" : severity === "unknown" ? "?" : "✓"} ${id}  ${endpoint}${place === "" ? "" : ` ${place}`}: ${message}`)}${who}`;
  });
  const rest = truncated ? " (and more that are not listed)" : "";
  return `${lines.join("\n")}${lines.length > 0 ? "\n\n" : ""}${from} → ${to}: ${counts.breaking} breaking, ${counts.unknown} unknown, ${counts.nonBreaking} harmless${rest}\n`;
}

function affectedText({ consumers, calls, sampled }: NonNullable<DocumentDifference["changes"][number]["affected"]>, days: number): string {
  if (calls === 0) return `nobody used it in the last ${days} days${sampled ? ", as far as the sample of calls tells" : ""}`;
  const names = consumers.slice(0, 8).map(({ consumer, calls: own }) => `${consumer ?? "without a key"} (${own})`);
  return `used by ${names.join(", ")}${consumers.length > 8 ? `, and ${consumers.length - 8} more` : ""}${sampled ? ", of a sample of calls" : ""}`;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Failure("document-unreadable", `${path} cannot be read: ${(error as Error).message}`, "Check the path given with --file.");
  }
}
