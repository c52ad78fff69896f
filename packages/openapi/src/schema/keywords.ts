/** Hot path. What a schema says of texts, numbers, arrays and objects. */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { RE2JS } from "re2js";
import { escapeToken, listAt, objectAt, textAt } from "../document/document.ts";
import { isOthers } from "./combinations.ts";
import type { Check, SchemaCompiler } from "./compile-schema.ts";
import { areDifferent } from "./different-items.ts";
import { numberFormat, textFormat } from "./formats.ts";

/** No longer text is held to a pattern, as even linear time is time; it matches none. */
const maxPatternText = 65_536;

export function textChecks(schema: JsonObject, place: string): Check[] {
  const checks: Check[] = [];
  const [least, most] = [numberAt(schema, "minLength"), numberAt(schema, "maxLength")];
  // Characters, not UTF-16 units (JSON Schema validation §6.3); counted only where it can matter.
  if (least !== null) checks.push(ofTexts((text, run) => text.length >= least && (text.length >= least * 2 || charactersOf(text) >= least) || run.fail(`is shorter than ${least}`, `${place}/minLength`)));
  if (most !== null) checks.push(ofTexts((text, run) => text.length <= most || charactersOf(text) <= most || run.fail(`is longer than ${most}`, `${place}/maxLength`)));
  const pattern = textAt(schema, "pattern");
  const matches = patternOf(pattern);
  if (matches) checks.push(ofTexts((text, run) => matches(text) || run.fail(text.length > maxPatternText ? `is longer than what is held to a pattern, ${maxPatternText}` : `does not match ${pattern?.slice(0, 80)}`, `${place}/pattern`)));
  const name = textAt(schema, "format");
  const format = name === null ? null : textFormat(name);
  if (format) checks.push(ofTexts((text, run) => format(text) || run.fail(`is no ${name}`, `${place}/format`)));
  return checks;
}

function ofTexts(check: (text: string, run: Parameters<Check>[1]) => boolean): Check {
  return (value, run) => typeof value !== "string" || check(value, run);
}

/** Null where it says nothing, or what it says takes more than linear time. */
export function patternOf(source: string | null): ((text: string) => boolean) | null {
  if (source === null) return null;
  try {
    const expression = RE2JS.compile(source);
    return (text) => text.length <= maxPatternText && expression.matcher(text).find();
  } catch {
    return null;
  }
}

/** Half of a surrogate pair by itself counts as one: services put another character in its place. */
function charactersOf(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++, count++) if ((text.codePointAt(index) as number) > 0xffff) index++;
  return count;
}

export function numberChecks(schema: JsonObject, place: string): Check[] {
  const checks: Check[] = [];
  const add = (name: string, holds: (value: number) => boolean, message: string): void => void checks.push((value, run) => typeof value !== "number" || holds(value) || run.fail(message, `${place}/${name}`));
  const { least, most } = bounds(schema);
  if (least) add(least.name, least.exclusive ? (value) => value > least.value : (value) => value >= least.value, `is not ${least.exclusive ? "above" : "at least"} ${least.value}`);
  if (most) add(most.name, most.exclusive ? (value) => value < most.value : (value) => value <= most.value, `is not ${most.exclusive ? "below" : "at most"} ${most.value}`);
  const step = numberAt(schema, "multipleOf");
  if (step !== null && step > 0) add("multipleOf", (value) => isMultiple(value, step), `is no multiple of ${step}`);
  const name = textAt(schema, "format");
  const format = name === null ? null : numberFormat(name);
  if (format) add("format", format, `is no ${name}`);
  return checks;
}

interface Bound {
  name: string;
  value: number;
  exclusive: boolean;
}

/** In 3.0 `exclusiveMinimum` is a flag beside `minimum`, in 3.1 the bound itself; the tighter one holds where both are. */
export function bounds(schema: JsonObject): { least: Bound | null; most: Bound | null } {
  return { least: bound(schema, "minimum", "exclusiveMinimum"), most: bound(schema, "maximum", "exclusiveMaximum") };
}

function bound(schema: JsonObject, name: string, exclusiveName: string): Bound | null {
  const [plain, exclusive] = [numberAt(schema, name), numberAt(schema, exclusiveName)];
  if (exclusive !== null && (plain === null || (name === "minimum" ? exclusive >= plain : exclusive <= plain))) return { name: exclusiveName, value: exclusive, exclusive: true };
  return plain === null ? null : { name, value: plain, exclusive: schema[exclusiveName] === true };
}

/** 0.3 is a multiple of 0.1, and so is what a client makes of 0.1 + 0.2: binary fractions are wrong by a few of their last bits, and by no more. */
function isMultiple(value: number, step: number): boolean {
  if (Number.isInteger(step)) return value % step === 0;
  const quotient = value / step;
  return Math.abs(quotient - Math.round(quotient)) <= 4 * Number.EPSILON * Math.abs(quotient);
}

export function arrayChecks(schema: JsonObject, place: string, compiler: SchemaCompiler): Check[] {
  const checks: Check[] = [];
  const add = (check: (items: readonly Json[], run: Parameters<Check>[1]) => boolean): void => void checks.push((value, run) => !Array.isArray(value) || check(value, run));
  const [least, most] = [numberAt(schema, "minItems"), numberAt(schema, "maxItems")];
  if (least !== null) add((items, run) => items.length >= least || run.fail(`has fewer than ${least} items`, `${place}/minItems`));
  if (most !== null) add((items, run) => items.length <= most || run.fail(`has more than ${most} items`, `${place}/maxItems`));
  if (schema["uniqueItems"] === true) add((items, run) => areDifferent(items, run) || run.fail("has items twice", `${place}/uniqueItems`));
  const first = listAt(schema, "prefixItems").map((item, index) => compiler.check(item, `${place}/prefixItems/${index}`));
  const others = schema["items"] === undefined ? null : compiler.check(schema["items"], `${place}/items`);
  if (first.length > 0 || others) add((items, run) => itemsHold(items, run, { first, others }));
  if (schema["contains"] !== undefined) add(containsCheck(schema, place, compiler));
  return checks;
}

function itemsHold(items: readonly Json[], run: Parameters<Check>[1], { first, others }: { first: readonly Check[]; others: Check | null }): boolean {
  let holds = true;
  for (let index = 0; index < items.length && !run.isSettled(holds); index++) {
    const check = first[index] ?? others;
    if (!check) break;
    run.enter(index);
    holds = check(items[index] as Json, run) && holds;
    run.leave();
  }
  return holds;
}

function containsCheck(schema: JsonObject, place: string, compiler: SchemaCompiler): (items: readonly Json[], run: Parameters<Check>[1]) => boolean {
  const check = compiler.check(schema["contains"], `${place}/contains`);
  const [least, most] = [numberAt(schema, "minContains") ?? 1, numberAt(schema, "maxContains") ?? Infinity];
  return (items, run) => {
    const count = items.filter((item) => run.tries(() => check(item, run))).length;
    return (count >= least && count <= most) || run.fail(`has ${count} items of the kind that it is to contain`, `${place}/contains`);
  };
}

export function objectChecks(schema: JsonObject, place: string, compiler: SchemaCompiler): Check[] {
  const checks: Check[] = [];
  const add = (check: (object: JsonObject, run: Parameters<Check>[1]) => boolean): void => void checks.push((value, run) => !isJsonObject(value) || check(value, run));
  const [least, most] = [numberAt(schema, "minProperties"), numberAt(schema, "maxProperties")];
  if (least !== null) add((object, run) => Object.keys(object).length >= least || run.fail(`has fewer than ${least} members`, `${place}/minProperties`));
  if (most !== null) add((object, run) => Object.keys(object).length <= most || run.fail(`has more than ${most} members`, `${place}/maxProperties`));
  const required = requiredOf(schema, compiler);
  if (required.length > 0) add((object, run) => required.reduce((holds, name) => (Object.hasOwn(object, name) || run.fail(`lacks "${name}"`, `${place}/required`)) && holds, true));
  for (const [name, others] of Object.entries(objectAt(schema, "dependentRequired"))) {
    const wanted = Array.isArray(others) ? others.filter((other) => typeof other === "string") : [];
    add((object, run) => !Object.hasOwn(object, name) || wanted.every((other) => Object.hasOwn(object, other) || run.fail(`lacks "${other}", which goes with "${name}"`, `${place}/dependentRequired`)));
  }
  for (const [name, other] of Object.entries(objectAt(schema, "dependentSchemas"))) {
    const check = compiler.check(other, `${place}/dependentSchemas/${escapeToken(name)}`);
    add((object, run) => !Object.hasOwn(object, name) || check(object, run));
  }
  const members = membersCheck(schema, place, compiler);
  if (members) add(members);
  return checks;
}

/** What only the other side sets is not asked of this one. */
function requiredOf(schema: JsonObject, compiler: SchemaCompiler): string[] {
  const properties = objectAt(schema, "properties");
  return listAt(schema, "required").filter((name): name is string => {
    if (typeof name !== "string" || compiler.setByOthers.has(name)) return false;
    return !isOthers(compiler.document, Object.hasOwn(properties, name) ? properties[name] : undefined, compiler.direction);
  });
}

/** One pass over the members: each by its own schema, those of patterns, or that of all others. */
function membersCheck(schema: JsonObject, place: string, compiler: SchemaCompiler): ((object: JsonObject, run: Parameters<Check>[1]) => boolean) | null {
  const properties = new Map(Object.entries(objectAt(schema, "properties")).map(([name, property]) => [name, compiler.check(property, `${place}/properties/${escapeToken(name)}`)]));
  const patterns = Object.entries(objectAt(schema, "patternProperties")).flatMap(([source, property]) => {
    const matches = patternOf(source);
    return matches ? [{ matches, check: compiler.check(property, `${place}/patternProperties/${escapeToken(source)}`) }] : [];
  });
  const rest = schema["additionalProperties"];
  const others = rest === undefined || rest === true ? null : compiler.check(rest, `${place}/additionalProperties`);
  const names = schema["propertyNames"] === undefined ? null : compiler.check(schema["propertyNames"], `${place}/propertyNames`);
  if (properties.size === 0 && patterns.length === 0 && others === null && names === null) return null;
  return (object, run) => {
    let holds = true;
    for (const name of Object.keys(object)) {
      if (run.isSettled(holds)) return holds;
      run.enter(name);
      const value = object[name] as Json;
      const own = properties.get(name);
      const fitting = patterns.filter(({ matches }) => matches(name));
      if (own) holds = own(value, run) && holds;
      for (const { check } of fitting) holds = check(value, run) && holds;
      if (!own && fitting.length === 0 && others) holds = (rest === false ? run.fail("is a member that there is not", `${place}/additionalProperties`) : others(value, run)) && holds;
      if (names) holds = names(name, run) && holds;
      run.leave();
    }
    return holds;
  };
}

export function numberAt(schema: JsonObject, name: string): number | null {
  const value = schema[name];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
