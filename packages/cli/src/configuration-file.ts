/** A configuration file as `plan` and `apply` send it, and a saved plan. */
import { utf8Mistake } from "@parley/config";
import type { Plan } from "@parley/contract/api/system";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Failure } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

export interface ConfigurationFile {
  yaml: string;
  file: string;
  /** What the environment has for the file's ${NAMES}; a name that it does not have is left out, and the server decides. */
  variables: Record<string, string>;
  /** The OpenAPI files that it names, by their paths as written. */
  documents: Record<string, string>;
}

/** A plan as it was saved: it holds no variable's value, only a sign of whether they are still the same. */
export interface SavedPlan {
  parleyPlan: 1;
  base: string;
  yaml: string;
  file: string;
  variablesHash: string;
  changes: Plan["changes"];
}

export function readConfigurationFile(terminal: Terminal, path: string): ConfigurationFile {
  const yaml = textOf(path);
  return { yaml, file: resolve(path), variables: variablesOf(yaml, terminal.environment), documents: documentsOf(yaml, resolve(path)) };
}

/** The saved plan in the file, or null where it is a configuration file. */
export function readSavedPlan(path: string): SavedPlan | null {
  const text = textOf(path);
  if (!text.startsWith("{")) return null;
  try {
    const saved = JSON.parse(text) as SavedPlan;
    return saved.parleyPlan === 1 ? saved : null;
  } catch {
    return null;
  }
}

export function savePlan(path: string, file: ConfigurationFile, plan: Plan): void {
  const saved: SavedPlan = { parleyPlan: 1, base: plan.base, yaml: file.yaml, file: file.file, variablesHash: variablesHash(file.variables), changes: plan.changes };
  writeFileSync(path, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600 });
}

/** What was planned, with the variables of now; refused if they differ from those that were planned with. */
export function plannedFile(terminal: Terminal, saved: SavedPlan): ConfigurationFile {
  const variables = variablesOf(saved.yaml, terminal.environment);
  if (variablesHash(variables) === saved.variablesHash) return { yaml: saved.yaml, file: saved.file, variables, documents: documentsOf(saved.yaml, saved.file) };
  throw new Failure("stale-plan", "an environment variable of the file has another value than when the plan was made");
}

/** What is no file, or is not there, is the server's to say. */
function documentsOf(yaml: string, file: string): Record<string, string> {
  const documents: Record<string, string> = {};
  for (const match of yaml.matchAll(/\bopenapi\s*:\s*(?:"([^"]+)"|'([^']+)'|([^\s,{}'"#]+))/g)) {
    const source = match[1] ?? match[2] ?? match[3] ?? "";
    const path = resolve(dirname(file), source);
    if (!/^https?:/i.test(source) && existsSync(path)) documents[source] = textOf(path);
  }
  return documents;
}

function variablesOf(yaml: string, environment: NodeJS.ProcessEnv): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const match of yaml.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)/g)) {
    const name = match[1] as string;
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

function variablesHash(variables: Record<string, string>): string {
  return createHash("sha256").update(JSON.stringify(Object.entries(variables).toSorted(([one], [other]) => (one < other ? -1 : 1)))).digest("hex");
}

function textOf(path: string): string {
  const bytes = bytesOf(path);
  const mistake = utf8Mistake(bytes);
  if (mistake === null) return bytes.toString("utf8");
  throw new Failure("config-syntax", `${path}:${mistake.line}:${mistake.column} is not UTF-8`, "Save the file as UTF-8.");
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Failure("config-unreadable", `${path} cannot be read: ${(error as Error).message}`, "Check the path given with -f.");
  }
}
