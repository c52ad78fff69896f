/** Checks the data against the schema, and what the schema cannot see; with errors, as many of them as can be known. */
import { type Config, config as configSchema } from "@parley/contract/config/config";
import type { z } from "zod";
import type { DefinedNames } from "../checks/check.ts";
import { crossFindings } from "../checks/cross-checks.ts";
import { type Finding, valueAt } from "../diagnostics/finding.ts";
import { issueFindings } from "./issue-findings.ts";
import { putLikeEntriesBack, setLikeEntriesAside } from "./like-entries.ts";
import { type IsKnown, type KnownReading, putKnownBack, setKnownAside } from "../incremental/known-entries.ts";
import { putBack, setPlainKeysAside } from "./plain-keys.ts";
import type { Retyped, Substitution } from "../substitute.ts";

/** `before` has what need not be checked again by itself; what entries are to each other is. */
export function validate({ data, retyped }: Pick<Substitution, "data" | "retyped">, before: Before | null): { config: Config | null; findings: Finding[] } {
  let parsed = parse(data, before);
  if (!parsed.success && retypeAsText(data, parsed.error.issues, retyped)) parsed = parse(data, before);
  const names = definedNames(data);
  if (!parsed.success) return { config: null, findings: [...issueFindings(parsed.error.issues, data), ...crossFindings(validPart(data), names)] };
  const findings = crossFindings(parsed.data, names);
  return { config: findings.length === 0 ? parsed.data : null, findings };
}

interface Before {
  known: KnownReading;
  isKnown: IsKnown;
}

function parse(data: unknown, before: Before | null): ReturnType<typeof configSchema.safeParse> {
  const { rest, aside } = setPlainKeysAside(before === null ? data : setKnownAside(data, before.isKnown));
  const parsed = parseModels(rest);
  if (!parsed.success) return parsed;
  putBack(parsed.data, aside);
  if (before !== null) putKnownBack(parsed.data, data, before);
  return parsed;
}

/** What is wrong with one is wrong with all that are like it, and is said of each. */
function parseModels(data: unknown): ReturnType<typeof configSchema.safeParse> {
  const { rest, aside } = setLikeEntriesAside(data);
  const parsed = configSchema.safeParse(rest);
  if (!parsed.success) return rest === data ? parsed : configSchema.safeParse(data);
  putLikeEntriesBack(parsed.data, data, aside);
  return parsed;
}

/** A variable's value that looks like a number is text where the schema wants text. True if there was any. */
function retypeAsText(data: unknown, issues: readonly z.core.$ZodIssue[], retyped: readonly Retyped[]): boolean {
  if (retyped.length === 0) return false;
  const wanted = new Map(retyped.map((place) => [place.container, new Map<string | number, string>()]));
  for (const place of retyped) wanted.get(place.container)?.set(place.key, place.text);
  let any = false;
  for (const issue of issues) {
    if (issue.code !== "invalid_union" && !(issue.code === "invalid_type" && issue.expected === "string")) continue;
    const path = issue.path as (string | number)[];
    const container = valueAt(data, path.slice(0, -1)) as Record<string | number, unknown> | undefined;
    const key = path.at(-1);
    const text = container === undefined || key === undefined ? undefined : wanted.get(container)?.get(key);
    if (text === undefined || container === undefined || key === undefined) continue;
    container[key] = text;
    any = true;
  }
  return any;
}

function definedNames(data: unknown): DefinedNames {
  return { services: keysAt(data, ["services"]), providers: keysAt(data, ["ai", "providers"]), channels: keysAt(data, ["channels"]), teams: keysAt(data, ["teams"]), clientAuthorities: valueAt(data, ["gateway", "tls", "clientCa"]) !== undefined };
}

function keysAt(data: unknown, path: readonly string[]): ReadonlySet<string> {
  const value = valueAt(data, path);
  return new Set(typeof value === "object" && value !== null ? Object.keys(value) : []);
}

const sections = [["services"], ["consumers"], ["ai", "providers"], ["ai", "models"], ["alerts"], ["channels"]] as const;
const settings = [["gateway"], ["admin"]] as const;

/** A configuration of the entries that are valid each by itself, for the checks across them. */
function validPart(data: unknown): Config {
  const part: Record<string, unknown> = {};
  for (const path of settings) keepValid(part, path, valueAt(data, path));
  for (const path of sections) {
    const section = valueAt(data, path);
    if (typeof section !== "object" || section === null || Array.isArray(section)) continue;
    for (const [name, value] of Object.entries(section)) keepValid(part, [...path, name], value);
  }
  return configSchema.parse(part);
}

function keepValid(part: Record<string, unknown>, path: readonly string[], value: unknown): void {
  if (value === undefined || !configSchema.safeParse(nested(path, value)).success) return;
  let here = part;
  for (const key of path.slice(0, -1)) here = (here[key] ??= {}) as Record<string, unknown>;
  here[path.at(-1) as string] = value;
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}
