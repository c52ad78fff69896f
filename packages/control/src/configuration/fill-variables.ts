/**
 * Puts the values of variables into what a file wrote (units stay text), by the rules of the configuration's reader,
 * which has found the file valid. What the schema read as a number or a boolean becomes one here too.
 */
import { isJsonObject } from "@parley/merge";
import type { Json } from "@parley/stores/ports/config-store";

type Environment = Readonly<Record<string, string | undefined>>;

/** `parsed` is the valid configuration at the same place: it says which type a variable's text became. */
export function fillVariables(written: Json, parsed: unknown, environment: Environment): Json {
  if (typeof written === "string") return filled(written, parsed, environment);
  const at = (key: string | number): unknown => (typeof parsed === "object" && parsed !== null ? (parsed as Record<string | number, unknown>)[key] : undefined);
  if (Array.isArray(written)) return written.map((item, index) => fillVariables(item, at(index), environment));
  if (!isJsonObject(written)) return written;
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, fillVariables(value, at(name), environment)]));
}

function filled(written: string, parsed: unknown, environment: Environment): Json {
  if (!written.includes("${")) return written;
  const text = written.replaceAll(/\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g, (_, name: string | undefined, fallback: string | undefined) => {
    if (name === undefined) return "${";
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    return fallback !== undefined && !value ? fallback : (value ?? "");
  });
  if (typeof parsed === "number" && text.trim() !== "" && Number(text) === parsed) return parsed;
  if (typeof parsed === "boolean" && text === String(parsed)) return parsed;
  return text;
}

/** A text that means itself in a file, whatever it holds. */
export function escapeVariables(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("${", () => "$${");
  if (Array.isArray(value)) return value.map(escapeVariables);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, escapeVariables(member)]));
}
