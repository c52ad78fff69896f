/** Hot path. What a schema says of values of every type: type, enum, const, and how schemas are put together. */
import { equalJson, isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { escapeToken, listAt, objectAt, resolvedSchema, textAt, type ApiDocument } from "../document/document.ts";
import type { Check, SchemaCompiler } from "./compile-schema.ts";

export function valueChecks(schema: JsonObject, place: string, compiler: SchemaCompiler): Check[] {
  const checks: Check[] = [];
  const types = typesOf(schema, compiler.document.dialect);
  const isNull = compiler.document.dialect === "3.0" && schema["nullable"] === true;
  if (types !== null) checks.push(typeCheck(types, place));
  const values = schema["enum"];
  if (Array.isArray(values)) checks.push(enumCheck(isNull ? [...values, null] : values, place));
  const constant = schema["const"];
  if (constant !== undefined) checks.push((value, run) => equalJson(value, constant) || run.fail(`is not ${short(constant)}`, `${place}/const`));
  return checks;
}

/** Null where any type will do. */
export function typesOf(schema: JsonObject, dialect: "3.0" | "3.1"): readonly string[] | null {
  const type = schema["type"];
  if (Array.isArray(type)) return type.filter((item) => typeof item === "string");
  if (typeof type !== "string") return null;
  return dialect === "3.0" && schema["nullable"] === true ? [type, "null"] : [type];
}

function typeCheck(types: readonly string[], place: string): Check {
  const wanted = new Set(types);
  const at = `${place}/type`;
  const message = `is not ${types.join(" or ")}`;
  return (value, run) => isOfType(value, wanted) || run.fail(message, at);
}

function isOfType(value: Json, wanted: ReadonlySet<string>): boolean {
  if (value === null) return wanted.has("null");
  if (typeof value === "number") return wanted.has("number") || (wanted.has("integer") && Number.isInteger(value));
  return wanted.has(Array.isArray(value) ? "array" : typeof value);
}

function enumCheck(values: readonly Json[], place: string): Check {
  const simple = new Set(values.filter((value) => typeof value !== "object" || value === null));
  const nested = values.filter((value) => typeof value === "object" && value !== null);
  const message = `is none of ${values.slice(0, 8).map(short).join(", ")}${values.length > 8 ? ", …" : ""}`;
  const at = `${place}/enum`;
  return (value, run) => simple.has(value as string) || nested.some((one) => equalJson(one, value)) || run.fail(message, at);
}

export function combinationChecks(schema: JsonObject, place: string, compiler: SchemaCompiler): Check[] {
  const checks = listAt(schema, "allOf").map((one, index) => compiler.check(one, `${place}/allOf/${index}`, compiler.setByOthers));
  const branches = (name: string): Check[] => listAt(schema, name).map((one, index) => compiler.check(one, `${place}/${name}/${index}`, compiler.setByOthers));
  const [any, one] = [branches("anyOf"), branches("oneOf")];
  if (any.length > 0) checks.push(anyOfCheck(any, { place: `${place}/anyOf`, meant: meantBranch(schema, "anyOf") }));
  if (one.length > 0) checks.push(oneOfCheck(one, { place: `${place}/oneOf`, meant: meantBranch(schema, "oneOf") }));
  const denied = schema["not"];
  if (denied !== undefined) {
    const check = compiler.check(denied, `${place}/not`);
    checks.push((value, run) => !run.tries(() => check(value, run)) || run.fail("is what it must not be", `${place}/not`));
  }
  return [...checks, ...conditionChecks(schema, place, compiler)];
}

interface Alternatives {
  place: string;
  /** The index of the one that the value names by its discriminator, or -1. */
  meant(value: Json): number;
}

function anyOfCheck(branches: readonly Check[], alternatives: Alternatives): Check {
  return (value, run) => branches.some((check) => run.tries(() => check(value, run))) || run.gaveUp || fitsNone(value, run, { branches, alternatives });
}

function oneOfCheck(branches: readonly Check[], alternatives: Alternatives): Check {
  return (value, run) => {
    const fitting = branches.reduce((count, check) => count + (run.tries(() => check(value, run)) ? 1 : 0), 0);
    if (fitting === 1 || run.gaveUp) return true;
    return fitting === 0 ? fitsNone(value, run, { branches, alternatives }) : run.fail(`fits ${fitting} of the alternatives, and one is meant`, alternatives.place);
  };
}

/** A discriminator changes no verdict (OpenAPI §4.8.25); it tells which alternative's complaints are of use. */
function fitsNone(value: Json, run: Parameters<Check>[1], { branches, alternatives }: { branches: readonly Check[]; alternatives: Alternatives }): boolean {
  const meant = branches[alternatives.meant(value)];
  return meant ? meant(value, run) : run.fail("fits none of the alternatives", alternatives.place);
}

/** By the mapping, or by the name of the schema that the alternative refers to. */
function meantBranch(schema: JsonObject, word: "anyOf" | "oneOf"): (value: Json) => number {
  const discriminator = objectAt(schema, "discriminator");
  const name = textAt(discriminator, "propertyName");
  if (name === null) return () => -1;
  const references = listAt(schema, word).map((branch) => (isJsonObject(branch) ? textAt(branch, "$ref") : null));
  const mapping = objectAt(discriminator, "mapping");
  return (value) => {
    const given = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    if (typeof given !== "string") return -1;
    const mapped = textAt(mapping, given) ?? given;
    return references.findIndex((reference) => reference !== null && (reference === mapped || reference.endsWith(`/${escapeToken(mapped)}`)));
  };
}

function conditionChecks(schema: JsonObject, place: string, compiler: SchemaCompiler): Check[] {
  if (schema["if"] === undefined) return [];
  const [when, then, otherwise] = ["if", "then", "else"].map((name) => compiler.check(schema[name], `${place}/${name}`)) as [Check, Check, Check];
  return [(value, run) => (run.tries(() => when(value, run)) ? then(value, run) : otherwise(value, run))];
}

export function short(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** Set by the other side alone: readOnly in a request, writeOnly in an answer. */
export function isOthers(document: ApiDocument, property: Json | undefined, direction: "request" | "response", depth = 0): boolean {
  const found = resolvedSchema(document, property, "#")?.value;
  if (found === undefined || depth > 8) return false;
  return found[direction === "request" ? "readOnly" : "writeOnly"] === true || listAt(found, "allOf").some((part) => isOthers(document, part, direction, depth + 1));
}

/** Of a schema and of all its parts: one part says that a member is read-only, and another asks for it. */
export function namesSetByOthers(document: ApiDocument, schema: JsonObject, direction: "request" | "response", depth = 0): string[] {
  const own = Object.entries(objectAt(schema, "properties")).filter(([, property]) => isOthers(document, property, direction)).map(([name]) => name);
  if (depth > 8) return own;
  return [...own, ...listAt(schema, "allOf").flatMap((part) => namesSetByOthers(document, resolvedSchema(document, part, "#")?.value ?? {}, direction, depth + 1))];
}
