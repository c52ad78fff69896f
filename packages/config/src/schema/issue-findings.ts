/** Turns the schema's issues into findings that a person can act on: what stands there, what belongs there, what is nearest. */
import { config } from "@parley/contract/config/config";
import { duration, money, period, size } from "@parley/contract/units";
import type { z } from "zod";
import { type Finding, type Path, pathText, valueAt } from "../diagnostics/finding.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { isSecretPlace } from "../diagnostics/secret-places.ts";
import { isSameUnit, knownKeys, pathsOfKey, requiredKeys, schemasAt, shapeKeys } from "./schema-at.ts";

type Issue = z.core.$ZodIssue;
type UnionIssue = z.core.$ZodIssueInvalidUnion;

const unitAdvice: readonly [z.core.$ZodType, (value: number) => string][] = [
  [duration, (value) => `write the unit: ${value}s, or ${value}ms`],
  [period, (value) => `write the unit: ${value}s, ${value}m, or day or month`],
  [size, (value) => `write the unit: ${value}B, ${value}KiB or ${value}MiB`],
  [money, (value) => `write the currency: "${value} USD"`],
];

export function issueFindings(issues: readonly Issue[], data: unknown): Finding[] {
  const findings = issues.flatMap((issue) => findingsOf(issue, data));
  const misspelt = new Set(findings.flatMap((finding) => (finding.meant === undefined ? [] : [pathText([...finding.path.slice(0, -1), finding.meant])])));
  // Where a required key is there and misspelt, that it is missing says nothing more.
  return findings.filter((finding) => !(finding.isMissing && misspelt.has(pathText(finding.path)))).map(({ meant: _meant, isMissing: _isMissing, ...finding }) => finding);
}

/** What the findings of one file know of each other. */
interface SchemaFinding extends Finding {
  /** The known key that a misspelt one is closest to. */
  meant?: string;
  isMissing?: boolean;
}

function findingsOf(issue: Issue, data: unknown): SchemaFinding[] {
  const path = issue.path as Path;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(path, key, knownKeys(config, path)));
    case "invalid_union":
      return unionFindings(issue, data);
    case "invalid_key":
      return [{ ...wrongValue(path, issue.issues[0]?.message ?? issue.message), at: "key", ...(String(path.at(-1)).includes("${") ? { suggestion: "a variable stands in a value, and never in a key" } : {}) }];
    case "invalid_value":
      return [oneOf(path, valueAt(data, path), issue.values.map(String))];
    case "invalid_type":
      return [wrongType(path, issue.expected, valueAt(data, path))];
    case "too_small":
    case "too_big":
      return [wrongValue(path, bound(issue))];
    case "custom":
    case "invalid_format":
    case "invalid_element":
    case "not_multiple_of":
      return [wrongValue(path, issue.message)];
  }
}

function subject(path: Path): string {
  return path.length === 0 ? "the configuration" : pathText(path);
}

function unknownKey(path: Path, key: string, known: readonly string[]): SchemaFinding {
  const here = subject(path);
  // Another alternative has it.
  if (known.includes(key)) return { code: "config-unknown-key", severity: "error", message: `${here} cannot have "${key}" beside its other keys`, path: [...path, key], at: "key" };
  const finding: Finding = { code: "config-unknown-key", severity: "error", message: `${here} has no key "${key}"`, path: [...path, key], at: "key" };
  if (key.includes("${")) return { ...finding, suggestion: "a variable stands in a value, and never in a key" };
  const near = nearest(key, known);
  if (near !== null) return { ...finding, suggestion: `did you mean "${near}"?`, meant: near };
  const suggestion = placeOfKey(key, path, known);
  return suggestion === null ? finding : { ...finding, suggestion };
}

function placeOfKey(key: string, path: Path, known: readonly string[]): string | null {
  // One level too high is the commonest mistake; else the nearest to the top is what is meant most often.
  const below = path.length === 0 ? [] : schemasAt(config, path).flatMap((schema) => pathsOfKey(schema, key)).map((inner) => `${pathText(path)}.${inner}`);
  const elsewhere = (below.length > 0 ? below : pathsOfKey(config, key)).toSorted((one, other) => one.split(".").length - other.split(".").length);
  if (elsewhere.length > 0) return `"${key}" belongs to ${(elsewhere[0] === key ? [key] : elsewhere.slice(0, 2)).map((path) => path.slice(0, -key.length - 1) || "the top level").join(" or ")}`;
  return known.length > 0 ? `the keys here are ${known.join(", ")}` : null;
}

/** A union's own message says little: the alternative that shares most keys with what was written is what was meant. */
function unionFindings(issue: UnionIssue, data: unknown): SchemaFinding[] {
  const path = issue.path as Path;
  const value = valueAt(data, path);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [scalarUnion(issue, value)];
  const schemas = schemasAt(config, path);
  const keys = Object.keys(value);
  const known = knownKeys(config, path);
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length > 0) return unknown.map((key) => unknownKey(path, key, known));
  const shared = schemas.map((schema) => shapeKeys(schema).filter((key) => keys.includes(key)).length);
  const most = Math.max(...shared);
  const index = shared.indexOf(most);
  const isPlain = most > 0 && shared.lastIndexOf(most) === index;
  const inner = isPlain ? (issue.errors[index] ?? []) : [];
  if (inner.some((entry) => entry.code === "unrecognized_keys") || inner.length === 0) return [scalarUnion(issue, value)];
  return inner.flatMap((entry) => findingsOf({ ...entry, path: [...path, ...entry.path] } as Issue, data));
}

function scalarUnion(issue: UnionIssue, value: unknown): Finding {
  const path = issue.path as Path;
  const branches = issue.errors.flat();
  const kinds = /^Invalid discriminator value\. Expected (.+)$/.exec(issue.message)?.[1];
  if (kinds !== undefined) return oneOf(path, value, kinds.split(" | ").map((word) => word.slice(1, -1)));
  const words = branches.flatMap((entry) => (entry.code === "invalid_value" ? entry.values.map(String) : []));
  // A value of the right type that lies outside its range belongs to one branch; that branch's message is the answer.
  const range = branches.find((entry) => entry.code === "too_small" || entry.code === "too_big");
  if (range && typeof value === "number") return wrongValue(path, bound(range));
  if (issue.message !== "Invalid input") return wrongValue(path, issue.message);
  const types = [...new Set(branches.flatMap((entry) => (entry.code === "invalid_type" ? [typeName(entry.expected)] : [])))];
  return oneOf(path, value, words, types);
}

function oneOf(path: Path, value: unknown, words: readonly string[], types: readonly string[] = []): Finding {
  const finding = wrongValue(path, `${subject(path)} is ${shown(value)}, and has to be ${alternatives([...words, ...types])}`);
  const near = typeof value === "string" ? nearest(value, words) : null;
  return near === null ? finding : { ...finding, suggestion: `did you mean "${near}"?` };
}

function wrongType(path: Path, expected: string, value: unknown): SchemaFinding {
  if (value === undefined) return { ...wrongValue(path, `${subject(path)} is missing`), at: "key", isMissing: true, suggestion: `it has to be ${typeName(expected)}` };
  const finding = wrongValue(path, `${subject(path)} is ${shown(value)}, and has to be ${typeName(expected)}`);
  const schema = schemasAt(config, path)[0];
  const advice = schema && typeof value === "number" ? unitAdvice.find(([unit]) => isSameUnit(unit, schema))?.[1](value) : undefined;
  if (advice !== undefined) return { ...finding, message: `${pathText(path)} has no unit`, suggestion: advice };
  if (isSecretPlace(path)) return { ...wrongValue(path, `${subject(path)} has to be ${typeName(expected)}`), ...(expected === "string" ? { suggestion: "write it in quotes" } : {}) };
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean")) return { ...finding, suggestion: `write it in quotes: "${value}"` };
  if (expected === "record") return { ...finding, suggestion: "write each entry under its name, such as name: { … }" };
  if (expected === "object" && schema) return { ...finding, ...shapeAdvice(schema) };
  if (expected === "array") return { ...finding, suggestion: "write it as a list: [ … ], or one item a line after a dash" };
  return finding;
}

/** What a mapping cannot do without, or else what it may have. */
function shapeAdvice(schema: z.core.$ZodType): { suggestion?: string } {
  const required = requiredKeys(schema);
  if (required.length > 0) return { suggestion: `write it as { ${required.map((key) => `${key}: …`).join(", ")} }` };
  const known = shapeKeys(schema);
  return known.length > 0 ? { suggestion: `its keys are ${known.join(", ")}` } : {};
}

function wrongValue(path: Path, message: string): Finding {
  return { code: "config-invalid-value", severity: "error", message, path, at: "value" };
}

function bound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const place = pathText(issue.path as Path);
  const what = { string: " characters", array: " entries", set: " entries" }[issue.origin as string] ?? "";
  const limit = issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  const own = /^(?:Too (?:small|big)|Invalid input)/.test(issue.message) ? null : issue.message;
  return own ?? `${place} has to ${what === "" ? "be" : "have"} ${limit}${what}`;
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    string: "text", number: "a number", int: "a whole number", boolean: "true or false", array: "a list", object: "a mapping", record: "a mapping",
  };
  return names[expected] ?? expected;
}

function alternatives(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "something else") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** The value as far as it helps; a long text may be a secret that slipped to the wrong place. */
function shown(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return value.length > 40 ? "a long text" : `"${value}"`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "a mapping";
}
