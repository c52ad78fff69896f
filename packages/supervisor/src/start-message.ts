/** What people read when Parley is up: on the first start the one link and the first call, later just the addresses. */
import type { Diagnostic } from "@parley/contract/api/system";
import { relative, resolve } from "node:path";

export interface StartFacts {
  gatewayUrl: string;
  adminUrl: string;
  file: string | null;
  /** Absolute. */
  data: string;
  tookMs: number;
  firstRun: { signInUrl: string; key: string | null } | null;
  warnings: readonly Diagnostic[];
  /** False where the control plane did not come up (yet). */
  controlReady: boolean;
}

const maxWarnings = 10;

export function startMessage(facts: StartFacts): string {
  const title = `Parley is up in ${(facts.tookMs / 1000).toFixed(1)} s.${facts.firstRun ? " Welcome!" : ""}`;
  const stop = "Ctrl-C stops it, after the calls in flight have ended.";
  return `\n${[title, table(rows(facts)), ...firstCall(facts), ...warnings(facts), stop].join("\n\n")}\n\n`;
}

function rows(facts: StartFacts): [string, string][] {
  const console = facts.firstRun ? ["Sign in, once", facts.firstRun.signInUrl] : ["Console", facts.adminUrl];
  if (!facts.controlReady) console[1] += "  (not up yet; calls are carried meanwhile)";
  return [["Applications call", facts.gatewayUrl], console as [string, string], ...(facts.file === null ? [] : [["Configuration", shortPath(facts.file)] as [string, string]]), ...elsewhere(facts.data)];
}

/** Commands that are run from here look into ./.parley unless they are told. */
function elsewhere(data: string): [string, string][] {
  return data === resolve(".parley") ? [] : [["Data", `${shortPath(data)}  (for other commands: --data or PARLEY_DATA)`]];
}

function table(lines: readonly [string, string][]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join("\n");
}

function firstCall(facts: StartFacts): string[] {
  if (!facts.firstRun) return [];
  // A start that was ended before it had said its key, or one that nobody signed in after.
  if (facts.firstRun.key === null) return facts.file === null ? ["The page that the link opens makes a key, and has a first call to paste."] : [];
  return [`The first call, ready to paste (the sandbox needs no provider's key):\n\n${firstCallCommand(facts.gatewayUrl, facts.firstRun.key)}`];
}

export function firstCallCommand(gatewayUrl: string, key: string): string {
  return [
    `  curl ${gatewayUrl}/v1/chat/completions \\`,
    `    -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
    `    -d '{"model": "sandbox/echo", "messages": [{"role": "user", "content": "Hello, Parley"}]}'`,
  ].join("\n");
}

function warnings(facts: StartFacts): string[] {
  if (facts.warnings.length === 0) return [];
  const isError = facts.warnings.some(({ severity }) => severity === "error");
  const ordered = facts.warnings.toSorted((one, other) => one.severity.localeCompare(other.severity));
  const lines = ordered.slice(0, maxWarnings).map((warning) => `  ${place(warning)}${warning.message} (${warning.code})`);
  if (ordered.length > maxWarnings) lines.push(`  and ${ordered.length - maxWarnings} more: ./parley check ${shortPath(facts.file ?? "")}`);
  return [`${isError ? "The configuration file has errors and was not taken over; what was in force before stays" : "Warnings"}:\n${lines.join("\n")}`];
}

function place(warning: Diagnostic): string {
  return warning.file === undefined ? "" : `${shortPath(warning.file)}${warning.line === undefined ? "" : `:${warning.line}`}  `;
}

function shortPath(path: string): string {
  const here = relative(process.cwd(), path);
  // A service begins at the root, and is read elsewhere.
  return here === "" || here.startsWith("..") || process.cwd() === "/" ? path : here;
}
