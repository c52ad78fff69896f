/**
 * Puts the environment into the data, after parsing: what a variable holds is text inside one scalar and can never
 * become structure. `${NAME}` has to be set, `${NAME:-default}` stands for the default where NAME is unset or empty,
 * and `$${` writes a literal `${`. Parts without variables are shared with the source, not copied.
 */
import type { Finding } from "./diagnostics/finding.ts";
import { plainScalar } from "./text/plain-scalar.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Substitution {
  data: unknown;
  findings: Finding[];
  /**
   * Scalars that are one variable and look like a number or a boolean were read as such (`port: ${PORT}`). A key that
   * happens to be all digits is to be text again: only the schema can tell.
   */
  retyped: Retyped[];
}

export interface Retyped {
  container: Record<string | number, unknown>;
  key: string | number;
  text: string;
}

interface Walk {
  environment: Environment;
  path: (string | number)[];
  findings: Finding[];
  retyped: Retyped[];
}

export function substitute(source: unknown, environment: Environment): Substitution {
  const walk: Walk = { environment, path: [], findings: [], retyped: [] };
  const holder = { root: source };
  const data = container(walk, holder, ["root"], 0) as typeof holder;
  return { data: data.root, findings: walk.findings, retyped: walk.retyped };
}

/** The container itself when nothing in it changes. */
function container(walk: Walk, source: object, keys: readonly (string | number)[], depth: number): object {
  let copy: Record<string | number, unknown> | null = null;
  for (const key of keys) {
    const before = (source as Record<string | number, unknown>)[key];
    if (typeof before !== "object" && (typeof before !== "string" || !before.includes("${"))) continue;
    if (depth > 0) walk.path.push(key);
    const after = typeof before === "string" ? scalar(walk, before) : before === null ? null : container(walk, before, keysOf(before), depth + 1);
    if (depth > 0) walk.path.pop();
    if (after === before) continue;
    copy ??= (Array.isArray(source) ? [...source] : { ...source }) as Record<string | number, unknown>;
    copy[key] = after;
    if (typeof before === "string" && typeof after === "string" && isOneVariable(before)) retype(walk, { container: copy, key, text: after });
  }
  return copy ?? source;
}

function keysOf(source: object): readonly (string | number)[] {
  return Array.isArray(source) ? [...source.keys()] : Object.keys(source);
}

function isOneVariable(text: string): boolean {
  return /^\$\{[A-Za-z_][A-Za-z0-9_]*(?::-[^}]*)?\}$/.test(text);
}

function retype(walk: Walk, place: Retyped): void {
  const value = plainScalar(place.text);
  if (typeof value !== "number" && typeof value !== "boolean") return;
  place.container[place.key] = value;
  walk.retyped.push(place);
}

function scalar(walk: Walk, text: string): string {
  return text.replaceAll(/\$\$\{|\$\{([^}]*)\}?/g, (whole, inside: string | undefined) => {
    if (inside === undefined) return "${";
    const match = whole.endsWith("}") ? /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inside) : null;
    if (!match) return malformed(walk, whole);
    if (match[2]?.includes("${")) return nested(walk, match[1] as string);
    const value = valueOf(walk.environment, match[1] as string);
    if (match[2] !== undefined) return value === undefined || value === "" ? match[2] : value;
    return value ?? missing(walk, match[1] as string);
  });
}

/** Every object has a `constructor`, and no environment means it. */
function valueOf(environment: Environment, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}

function nested(walk: Walk, name: string): string {
  walk.findings.push({
    code: "config-invalid-value", severity: "error", message: `the default of \${${name}} holds a variable itself, and a default is plain text`, path: [...walk.path], at: "value",
    suggestion: `write \${${name}}, and set ${name} from the other variable where Parley is started`,
  });
  return "";
}

function missing(walk: Walk, name: string): string {
  walk.findings.push({
    code: "config-missing-variable", severity: "error", message: `the environment has no variable ${name}`, path: [...walk.path], at: "value",
    suggestion: `set it (export ${name}=…), or write \${${name}:-default}`,
  });
  return "";
}

function malformed(walk: Walk, whole: string): string {
  walk.findings.push({
    code: "config-invalid-value", severity: "error", message: `${whole} is not a variable`, path: [...walk.path], at: "value",
    suggestion: "write ${NAME} or ${NAME:-default}; for a literal ${ write $${",
  });
  return whole;
}
