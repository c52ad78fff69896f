/**
 * Whether a mapping can be: its places are in the documents, what it makes fits the other document's types and values, and
 * what the other document requires is there. Each mistake names the step. What no document says is not judged.
 */
import { parsePointer, type Json, type JsonObject } from "@parley/merge";
import { listAt, objectAt, resolvedSchema, type ApiDocument } from "../document/document.ts";
import { operationsOf, type Operation } from "../document/operations.ts";
import { templateKey } from "../requests/path-matcher.ts";
import { isOthers, typesOf } from "../schema/combinations.ts";
import { Compiler } from "../schema/compile-schema.ts";
import { partsOf } from "../schema/parts.ts";
import { Run } from "../schema/run.ts";
import type { MappingStep } from "./apply-mapping.ts";

export interface MappingMistake {
  /** Below the list of steps: `/0/rename/from`. */
  pointer: string;
  message: string;
}

interface Side {
  document: ApiDocument;
  /** The schemas of all JSON bodies of one direction. */
  bodies: readonly JsonObject[];
}

export type BodyDirection = "request" | "response";

/** Bodies of `from` become bodies of `to`. */
export function checkMapping(steps: readonly MappingStep[], { from, to, direction }: { from: ApiDocument; to: ApiDocument; direction: BodyDirection }): MappingMistake[] {
  const [one, other] = [sideOf(from, direction), sideOf(to, direction)];
  const mistakes: MappingMistake[] = [];
  const made: string[] = [];
  steps.forEach((step, index) => stepMistakes(step, { one, other, made }).forEach(({ pointer, message }) => mistakes.push({ pointer: `/${index}${pointer}`, message })));
  return [...mistakes, ...missing({ from, to, direction }, made)];
}

/** Places that stand for themselves: in any body of the document. Below the list of them. */
export function checkPlaces(places: readonly string[], document: ApiDocument): MappingMistake[] {
  const sides = [sideOf(document, "request"), sideOf(document, "response")].filter(({ bodies }) => bodies.length > 0);
  return places.flatMap((place, index) => (sides.length === 0 || sides.some((side) => isThere(side, place)) ? [] : [{ pointer: `/${index}`, message: `${place} is in no body of the version that it is adapted to` }]));
}

interface Sides {
  one: Side;
  other: Side;
  /** Places that steps so far have made. */
  made: string[];
}

function stepMistakes(step: MappingStep, sides: Sides): MappingMistake[] {
  if ("rename" in step) return movedMistakes({ from: step.rename.from, to: sibling(step.rename.from, step.rename.to), at: "/rename" }, sides);
  if ("move" in step) return movedMistakes({ ...step.move, at: "/move" }, sides);
  if ("drop" in step) return source(step.drop, "/drop", sides);
  if ("default" in step) return defaultMistakes(step.default, sides);
  if ("split" in step) return [...source(step.split.from, "/split/from", sides), ...textual(step.split.from, "/split/from", sides.one), ...step.split.to.flatMap((to, index) => [...target(to, `/split/to/${index}`, sides), ...textual(to, `/split/to/${index}`, sides.other)])];
  if ("join" in step) return [...step.join.from.flatMap((from, index) => source(from, `/join/from/${index}`, sides)), ...target(step.join.to, "/join/to", sides), ...textual(step.join.to, "/join/to", sides.other)];
  return enumMistakes(step.enum, sides);
}

function sibling(pointer: string, name: string): string {
  return `${pointer.slice(0, pointer.lastIndexOf("/"))}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function movedMistakes({ from, to, at }: { from: string; to: string; at: string }, sides: Sides): MappingMistake[] {
  const mistakes = [...source(from, `${at}/from`, sides), ...target(to, `${at}/to`, sides)];
  if (mistakes.length > 0) return mistakes;
  const [given, wanted] = [typesAt(sides.one, from), typesAt(sides.other, to)];
  if (given === null || wanted === null || given.some((type) => wanted.includes(type) || (type === "integer" && wanted.includes("number")))) return [];
  return [{ pointer: `${at}/to`, message: `${from} is ${given.join(" or ")}, and ${to} is ${wanted.join(" or ")}` }];
}

function defaultMistakes({ at, value }: { at: string; value: Json }, sides: Sides): MappingMistake[] {
  const mistakes = target(at, "/default/at", sides);
  const schemas = schemasAt(sides.other, at);
  const fits = schemas.length === 0 || schemas.some((schema) => {
    const run = new Run(1);
    return new Compiler(sides.other.document, "request").check(schema, "#")(value, run);
  });
  return fits ? mistakes : [...mistakes, { pointer: "/default/value", message: `${JSON.stringify(value).slice(0, 80)} does not fit the schema of ${at}` }];
}

function enumMistakes({ at, map, else: otherwise }: { at: string; map: Readonly<Record<string, string>>; else?: string | undefined }, sides: Sides): MappingMistake[] {
  const [given, wanted] = [valuesAt(sides.one, at), valuesAt(sides.other, at)];
  const mistakes = source(at, "/enum/at", sides);
  if (wanted !== null) {
    for (const [name, value] of Object.entries(map)) if (!wanted.includes(value)) mistakes.push({ pointer: `/enum/map/${name}`, message: `"${value}" is none of the values of ${at}: ${wanted.join(", ")}` });
    if (otherwise !== undefined && !wanted.includes(otherwise)) mistakes.push({ pointer: "/enum/else", message: `"${otherwise}" is none of the values of ${at}: ${wanted.join(", ")}` });
    for (const value of given ?? []) if (otherwise === undefined && !Object.hasOwn(map, value) && !wanted.includes(value)) mistakes.push({ pointer: "/enum/map", message: `"${value}" of ${at} is not mapped, and the other version does not have it` });
  }
  if (given !== null) for (const name of Object.keys(map)) if (!given.includes(name)) mistakes.push({ pointer: `/enum/map/${name}`, message: `"${name}" is none of the values of ${at}: ${given.join(", ")}` });
  return mistakes;
}

function source(place: string, pointer: string, { one, made }: Sides): MappingMistake[] {
  if (made.includes(place) || isThere(one, place)) return [];
  return [{ pointer, message: `${place} is in no body of the version that is mapped` }];
}

function target(place: string, pointer: string, { other, made }: Sides): MappingMistake[] {
  made.push(place);
  return isThere(other, place) ? [] : [{ pointer, message: `${place} is in no body of the version that it is mapped to` }];
}

function textual(place: string, pointer: string, side: Side): MappingMistake[] {
  const types = typesAt(side, place);
  return types === null || types.includes("string") ? [] : [{ pointer, message: `${place} is ${types.join(" or ")}, and no text` }];
}

/** Also where a schema says nothing of its members. */
function isThere(side: Side, place: string): boolean {
  return side.bodies.length === 0 || schemasAt(side, place).length > 0 || side.bodies.some((body) => Object.keys(objectAt(body, "properties")).length === 0);
}

function schemasAt({ document, bodies }: Side, place: string): JsonObject[] {
  const tokens = parsePointer(place) ?? [];
  return tokens.reduce<JsonObject[]>((schemas, token) => schemas.flatMap((schema) => partsOf(document, [schema]).flatMap((part) => {
    const next = token === "*" ? part["items"] : Object.hasOwn(objectAt(part, "properties"), token) ? objectAt(part, "properties")[token] : undefined;
    const found = resolvedSchema(document, next, "#");
    return found ? [found.value] : [];
  })), [...bodies]);
}

/** Null where anything may stand there. */
function typesAt(side: Side, place: string): string[] | null {
  const types = schemasAt(side, place).map((schema) => typesOf(schema, side.document.dialect));
  return types.length === 0 || types.some((each) => each === null) ? null : [...new Set(types.flatMap((each) => each ?? []))];
}

function valuesAt(side: Side, place: string): string[] | null {
  const lists = schemasAt(side, place).map((schema) => schema["enum"]).filter((list): list is Json[] => Array.isArray(list));
  return lists.length === 0 ? null : [...new Set(lists.flat().filter((value) => typeof value === "string"))];
}

function sideOf(document: ApiDocument, direction: BodyDirection): Side {
  return { document, bodies: operationsOf(document).flatMap((operation) => bodiesOf(document, operation, direction)) };
}

/** Of arrays, what their items are. */
function bodiesOf(document: ApiDocument, operation: Operation, direction: BodyDirection): JsonObject[] {
  const contents = direction === "request" ? [operation.body?.content] : [...operation.responses].filter(([status]) => status.startsWith("2")).map(([, response]) => response.content);
  return contents.flatMap((content) => [...(content ?? [])]).flatMap(([type, schema]) => {
    const found = /json/.test(type) && schema ? resolvedSchema(document, schema.value, schema.place)?.value : undefined;
    if (!found) return [];
    const items = typesOf(found, document.dialect)?.includes("array") === true ? resolvedSchema(document, found["items"], "#")?.value : undefined;
    return partsOf(document, [items ?? found]);
  });
}

/** What the other version requires of the same operation has to come from somewhere. */
function missing({ from, to, direction }: { from: ApiDocument; to: ApiDocument; direction: BodyDirection }, made: readonly string[]): MappingMistake[] {
  const others = new Map(operationsOf(to).map((operation) => [`${operation.method} ${templateKey(operation.path)}`, operation]));
  const mistakes = operationsOf(from).flatMap((operation) => {
    const other = others.get(`${operation.method} ${templateKey(operation.path)}`);
    if (!other) return [];
    const [given, wanted] = [bodiesOf(from, operation, direction), bodiesOf(to, other, direction)];
    if (given.length === 0) return [];
    const known = new Set(given.flatMap((schema): unknown[] => [...Object.keys(objectAt(schema, "properties")), ...listAt(schema, "required")]));
    const needed = wanted.flatMap((schema) => listAt(schema, "required").filter((name): name is string => typeof name === "string" && !isOthers(to, objectAt(schema, "properties")[name], direction)));
    return needed.filter((name) => !known.has(name) && !made.some((place) => place.split("/")[1] === name.replaceAll("~", "~0").replaceAll("/", "~1"))).map((name) => `${other.method} ${other.path}: "${name}" is required, and nothing gives it`);
  });
  return [...new Set(mistakes)].slice(0, 50).map((message) => ({ pointer: "", message }));
}
