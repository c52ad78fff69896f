/** What changed of one operation that is in both documents: parameters, bodies, answers, who may call. */
import { equalJson, isJsonObject, type JsonObject } from "@parley/merge";
import { escapeToken, objectAt, textAt, type Placed } from "../document/document.ts";
import type { Body, Operation, Parameter } from "../document/operations.ts";
import { mediaEntry } from "../requests/media-types.ts";
import type { ChangeKind, Direction, NewChange, Severity } from "./change.ts";
import { SchemaComparison, type Side } from "./compare-schemas.ts";

interface Pair {
  before: Operation;
  after: Operation;
}

type Sides = { before: Side; after: Side };
type Add = (change: { kind: ChangeKind; severity: Severity; direction: Direction; place: string; message: string; pointer: string; uses?: string }) => void;

export function compareOperations(pair: Pair, sides: Sides): NewChange[] {
  const { before, after } = pair;
  const changes: NewChange[] = [];
  const add: Add = (change) => void changes.push({ operation: before.id, endpoint: `${before.method} ${before.path}`, ...change });
  if (before.id !== after.id && (isNamed(before) || isNamed(after))) add({ kind: "operation-id-changed", severity: "unknown", direction: "request", place: "", message: `the operation is called ${after.id} now`, pointer: before.place });
  if (!before.deprecated && after.deprecated) add({ kind: "operation-deprecated", severity: "non-breaking", direction: "request", place: "", message: "is deprecated now", pointer: after.place });
  compareParameters(pair, sides, add);
  compareBodies(pair, sides, add);
  compareResponses(pair, sides, add);
  compareSecurity(pair, sides, add);
  return changes;
}

function isNamed({ id, method, path }: Operation): boolean {
  return id !== `${method} ${path}`;
}

/** Path parameters are the same by their order, whatever they are called. */
function keyOf(parameter: Parameter, { path }: Operation): string {
  if (parameter.in !== "path") return `${parameter.in} ${parameter.in === "header" ? parameter.name.toLowerCase() : parameter.name}`;
  return `path ${[...path.matchAll(/\{([^{}/]+)\}/g)].findIndex((match) => match[1] === parameter.name)}`;
}

function compareParameters({ before, after }: Pair, sides: Sides, add: Add): void {
  const others = new Map(after.parameters.map((parameter) => [keyOf(parameter, after), parameter]));
  for (const parameter of before.parameters) {
    const place = `${parameter.in} ${parameter.name}`;
    const uses = parameter.in === "query" ? { uses: `?${parameter.name}` } : {};
    const other = others.get(keyOf(parameter, before));
    others.delete(keyOf(parameter, before));
    if (!other) {
      add({ kind: "parameter-removed", severity: "breaking", direction: "request", place, message: `the ${parameter.in} parameter "${parameter.name}" is gone`, pointer: parameter.place, ...uses });
      continue;
    }
    if (!parameter.required && other.required) add({ kind: "parameter-required", severity: "breaking", direction: "request", place, message: `"${parameter.name}" is required now`, pointer: other.place });
    if (parameter.required && !other.required) add({ kind: "parameter-optional", severity: "non-breaking", direction: "request", place, message: `"${parameter.name}" is optional now`, pointer: other.place });
    if (parameter.style !== other.style || parameter.explode !== other.explode) add({ kind: "parameter-style-changed", severity: "breaking", direction: "request", place, message: `is written ${other.style}${other.explode ? ", exploded" : ""} now`, pointer: other.place, ...uses });
    compareContent([parameter.schema, other.schema], { direction: "request", place, sides, ...(parameter.in === "query" ? { usePrefix: `?${parameter.name}` } : {}) }, add);
  }
  for (const parameter of others.values()) {
    add({ kind: "parameter-added", severity: parameter.required ? "breaking" : "non-breaking", direction: "request", place: `${parameter.in} ${parameter.name}`, message: `the ${parameter.in} parameter "${parameter.name}" is new${parameter.required ? " and required" : ""}`, pointer: parameter.place });
  }
}

function compareBodies({ before, after }: Pair, sides: Sides, add: Add): void {
  const [one, other] = [before.body, after.body];
  const change = (kind: ChangeKind, severity: Severity, message: string): void => add({ kind, severity, direction: "request", place: "body", message, pointer: one?.place ?? other?.place ?? before.place });
  if (!one && other) return change("body-added", other.required ? "breaking" : "non-breaking", other.required ? "a body is required now" : "a body is taken now");
  if (one && !other) return change("body-removed", "breaking", "no body is taken any more");
  if (!one || !other) return;
  if (!one.required && other.required) change("body-required", "breaking", "the body is required now");
  if (one.required && !other.required) change("body-optional", "non-breaking", "the body is optional now");
  compareMedia([one.content, other.content], { direction: "request", place: "body", sides, pointer: one.place }, add);
  compareEncodings([one, other], add);
}

/** How members of a form are written: an older sender writes them the older way. */
function compareEncodings([one, other]: [Body, Body], add: Add): void {
  for (const [type, before] of one.encodings) {
    const after = other.encodings.get(type);
    for (const name of after ? new Set([...Object.keys(before), ...Object.keys(after)]) : []) {
      const [was, is] = [encodingOf(before, name), encodingOf(after ?? {}, name)];
      if (was !== is) add({ kind: "encoding-changed", severity: was.split(", ").every((each) => is.split(", ").includes(each)) && was.includes("/") ? "non-breaking" : "breaking", direction: "request", place: `body /${escapeToken(name)}`, message: `in ${type} it was written as ${was} and is as ${is}`, pointer: `${one.place}/content/${escapeToken(type)}/encoding/${escapeToken(name)}`, uses: `/${escapeToken(name)}` });
    }
  }
}

/** With what holds where it says nothing. */
function encodingOf(encodings: JsonObject, name: string): string {
  const encoding = objectAt(encodings, name);
  const style = textAt(encoding, "style");
  const isStyled = style !== null || encoding["explode"] !== undefined;
  if (!isStyled) return textAt(encoding, "contentType") ?? "its schema has it";
  return `${style ?? "form"}${(encoding["explode"] ?? (style ?? "form") === "form") === true ? ", exploded" : ""}`;
}

function compareMedia([one, other]: [ReadonlyMap<string, Placed | null>, ReadonlyMap<string, Placed | null>], where: { direction: Direction; place: string; sides: Sides; pointer: string }, add: Add): void {
  const { direction, place, pointer } = where;
  for (const [type, schema] of one) {
    // A range of types takes what one of them names; an answer of a range may be of another.
    const next = direction === "request" ? (mediaEntry(other, type)?.value ?? null) : (other.get(type) ?? null);
    if (direction === "request" ? mediaEntry(other, type) === null : !other.has(type)) add({ kind: "media-type-removed", severity: "breaking", direction, place, message: `${type} is gone`, pointer });
    else compareContent([schema, next], { direction, place, sides: where.sides, ...(direction === "request" ? { usePrefix: "" } : {}) }, add);
  }
  for (const type of other.keys()) if (!one.has(type)) add({ kind: "media-type-added", severity: "non-breaking", direction, place, message: `${type} is new`, pointer });
}

/** `usePrefix` is there where the call record's `uses` can tell who uses what changed. */
function compareContent([one, other]: [Placed | null, Placed | null], where: { direction: Direction; place: string; sides: Sides; usePrefix?: string }, add: Add): void {
  const { direction, place, sides, usePrefix } = where;
  if (!one && !other) return;
  if (!one || !other) return add({ kind: one ? "schema-removed" : "schema-added", severity: "unknown", direction, place, message: one ? "the schema is gone" : "there is a schema now", pointer: (one ?? other)?.place ?? "" });
  const comparison = new SchemaComparison(sides, direction);
  comparison.compare(one, other, "");
  for (const { value, place: below, ...change } of comparison.changes) {
    const isUsed = usePrefix !== undefined && usedKinds.has(change.kind) && `${usePrefix}${below}` !== "";
    add({ ...change, direction, place: below === "" ? place : `${place} ${below}`, ...(isUsed ? { uses: `${usePrefix}${below}${value === undefined ? "" : `=${value}`}` } : {}) });
  }
}

/** Concern those alone who send the member; what is new or required now concerns all. */
const usedKinds = new Set<ChangeKind>([
  "property-removed", "type-narrowed", "type-changed", "null-removed", "enum-added", "enum-value-removed", "format-changed", "constraint-tightened", "pattern-changed", "alternative-removed",
]);

function compareResponses({ before, after }: Pair, sides: Sides, add: Add): void {
  for (const [status, one] of before.responses) {
    const other = after.responses.get(status) ?? after.responses.get(`${status.slice(0, 1)}XX`);
    const isGood = status.startsWith("2") || status === "default";
    if (!other) {
      add({ kind: "status-removed", severity: isGood ? "breaking" : "non-breaking", direction: "response", place: status, message: `the status ${status} is gone`, pointer: one.place });
      continue;
    }
    compareMedia([one.content, other.content], { direction: "response", place: status, sides, pointer: one.place }, add);
    for (const [name, header] of one.headers) if (!other.headers.has(name)) add({ kind: "header-removed", severity: "breaking", direction: "response", place: `${status} header ${name}`, message: `the header ${name} is gone`, pointer: header.place });
    for (const [name, header] of other.headers) if (!one.headers.has(name)) add({ kind: "header-added", severity: "non-breaking", direction: "response", place: `${status} header ${name}`, message: `the header ${name} is new`, pointer: header.place });
  }
  for (const [status, other] of after.responses) {
    // Readers may know the old good statuses alone.
    if (!before.responses.has(status)) add({ kind: "status-added", severity: status.startsWith("2") || status.startsWith("3") ? "unknown" : "non-breaking", direction: "response", place: status, message: `the status ${status} is new`, pointer: other.place });
  }
}

/** Each requirement is an alternative; an empty one asks for nothing. */
function compareSecurity({ before, after }: Pair, sides: Sides, add: Add): void {
  const [one, other] = [before.security, after.security];
  const change = (kind: ChangeKind, severity: Severity, message: string): void => add({ kind, severity, direction: "request", place: "security", message, pointer: `${before.place}/security` });
  const isOpen = (list: readonly JsonObject[]): boolean => list.length === 0 || list.some((requirement) => Object.keys(requirement).length === 0);
  const gone = one.filter((requirement) => !other.some((kept) => asksNoMore(kept, requirement)));
  if (isOpen(one) && !isOpen(other)) return change("security-tightened", "breaking", `${namesOf(other)} is asked for now`);
  if (!isOpen(one) && isOpen(other)) return change("security-loosened", "non-breaking", "may be called without credentials now");
  if (!isOpen(other) && gone.length > 0) return change("security-tightened", "breaking", `${namesOf(gone)} does no longer do; ${namesOf(other)} is asked for`);
  if (!equalJson([...one], [...other])) change("security-loosened", "non-breaking", `${namesOf(other)} will do`);
  const schemes = [...new Set(one.flatMap((requirement) => Object.keys(requirement)))];
  for (const name of schemes.filter((each) => !equalJson(schemeOf(sides.before, each), schemeOf(sides.after, each)))) change("security-changed", "unknown", `the scheme ${name} has changed`);
}

/** Whoever fulfils `requirement` fulfils `other`. */
function asksNoMore(other: JsonObject, requirement: JsonObject): boolean {
  return Object.keys(other).every((name) => Object.hasOwn(requirement, name) && scopes(other[name]).every((scope) => scopes(requirement[name]).includes(scope)));
}

function scopes(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function namesOf(list: readonly JsonObject[]): string {
  return list.map((requirement) => Object.entries(requirement).map(([name, wanted]) => (scopes(wanted).length > 0 ? `${name} (${scopes(wanted).join(", ")})` : name)).join(" with ") || "nothing").join(" or ");
}

function schemeOf({ document }: Side, name: string): JsonObject {
  const components = document.root["components"];
  const schemes = isJsonObject(components) ? components["securitySchemes"] : undefined;
  const scheme = isJsonObject(schemes) && Object.hasOwn(schemes, name) ? schemes[name] : undefined;
  if (!isJsonObject(scheme)) return {};
  const { description: _description, ...rest } = scheme;
  return rest;
}
