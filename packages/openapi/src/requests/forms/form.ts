/**
 * Hot path. A form (application/x-www-form-urlencoded, multipart/form-data) as the object that its schema describes, read by the
 * encoding object (OpenAPI §4.8.15): lists as repeated or delimited fields, objects as JSON, spread or in brackets, files as parts.
 */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { escapeToken, objectAt, textAt, type Placed } from "../../document/document.ts";
import type { SchemaCompiler } from "../../schema/compile-schema.ts";
import { partsOf } from "../../schema/parts.ts";
import type { Violation } from "../../schema/run.ts";
import { isJsonType } from "../media-types.ts";
import { branchesIn, isObjectOnly, schemasOfMember, takesSeveral, valueOfNodes, type Delimited, type Meant } from "./field-values.ts";
import { grouped, treeOf, type FormField, type FormNode, type GroupedFields } from "./form-fields.ts";

export interface FormKind {
  schema: Placed;
  encoding: JsonObject;
  compiler: SchemaCompiler;
}

interface Reading {
  members: Map<string, Json>;
  violations: Violation[];
  /** Names of fields that a member was made of. */
  used: Set<string>;
  /** Pointers to members in a format that is not read, such as XML. */
  unread: string[];
}

export interface FormReading {
  value: JsonObject;
  violations: Violation[];
  /** Pointers to members that are there, and of which no more can be said. */
  unread: readonly string[];
}

export function readForm(fields: readonly FormField[], { schema, encoding, compiler }: FormKind): FormReading {
  const parts = partsOf(compiler.document, [schema.value]);
  const groups = grouped(fields);
  const reading: Reading = { members: new Map(), violations: [], used: new Set(), unread: [] };
  for (const name of new Set(parts.flatMap((part) => Object.keys(objectAt(part, "properties"))))) {
    const schemas = parts.flatMap((part) => schemasOfMember({ properties: objectAt(part, "properties") }, name));
    readMember({ name, encoding: objectAt(encoding, name), meant: { schemas, compiler, delimited: null, readings: new Map() }, place: schema.place }, groups, reading);
  }
  for (const [name, given] of groups.byName) {
    if (reading.used.has(name)) continue;
    const schemas = parts.flatMap((part) => (isJsonObject(part["additionalProperties"]) ? [part["additionalProperties"]] : []));
    keep({ name, encoding: objectAt(encoding, name), meant: { schemas, compiler, delimited: null, readings: new Map() }, place: schema.place }, given, reading);
  }
  return { value: Object.fromEntries(reading.members), violations: reading.violations, unread: reading.unread };
}

interface Member {
  name: string;
  encoding: JsonObject;
  meant: Meant;
  place: string;
}

function readMember(member: Member, groups: GroupedFields, reading: Reading): void {
  const { name, encoding } = member;
  const style = textAt(encoding, "style");
  const isStyled = style !== null || encoding["explode"] !== undefined || encoding["allowReserved"] !== undefined;
  if (style === "deepObject") return readDeep(member, groups, reading);
  const explode = typeof encoding["explode"] === "boolean" ? encoding["explode"] : (style ?? "form") === "form";
  if (isStyled && explode && isObjectOnly(member.meant)) return readSpread(member, groups, reading);
  const delimited = isStyled && !explode ? delimitedBy(style) : null;
  const given = groups.byName.get(name);
  if (given) keep({ ...member, meant: { ...member.meant, delimited } }, given, reading);
}

function delimitedBy(style: string | null): Delimited {
  return style === "spaceDelimited" || style === "pipeDelimited" ? style : "form";
}

/** `filter[age]=7`. Some write lists so, too: `tags[]=a`. */
function readDeep({ name, meant }: Member, { bracketed }: GroupedFields, { members, used }: Reading): void {
  const fields = bracketed.get(name);
  const tree = fields && treeOf(fields);
  if (!fields || !tree) return;
  for (const field of fields) used.add(field.name);
  members.set(name, valueOfNodes([tree], meant));
}

/** The members of the object are fields of the form. */
function readSpread({ name, meant }: Member, { byName }: GroupedFields, { members, used }: Reading): void {
  const names = new Set(meant.schemas.flatMap((schema) => branchesIn(schema, meant.compiler)).flatMap((branch) => Object.keys(objectAt(branch, "properties"))));
  const tree = new Map<string, FormNode[]>();
  for (const each of names) {
    const given = byName.get(each);
    if (!given) continue;
    used.add(each);
    tree.set(each, [...given]);
  }
  if (tree.size > 0) members.set(name, valueOfNodes([tree], meant));
}

function keep(member: Member, given: readonly FormField[], { members, violations, used, unread }: Reading): void {
  const { name, meant, place } = member;
  used.add(name);
  members.set(name, valueOfNodes(given, meant));
  const pointer = `/${escapeToken(name)}`;
  if (given.length > 1 && !takesSeveral(meant)) violations.push({ pointer, message: `is given ${given.length} times, and one is meant`, schema: `${place}/properties${pointer}` });
  const wanted = (textAt(member.encoding, "contentType") ?? "").toLowerCase().split(",").map((type) => type.trim()).filter((type) => type !== "");
  if (wanted.length > 0 && !wanted.some(isJsonType) && isObjectOnly(meant)) unread.push(pointer);
  const other = wanted.length === 0 ? undefined : given.find(({ type }) => type !== null && !wanted.some((range) => isWithin(type, range)));
  if (other) violations.push({ pointer, message: `is ${other.type?.slice(0, 80)}; ${wanted.join(", ")} is in the document`, schema: `${place.replace(/\/schema$/, "")}/encoding${pointer}/contentType` });
}

function isWithin(contentType: string, range: string): boolean {
  const type = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  const wanted = (range.split(";", 1)[0] ?? "").trim();
  return wanted === "*/*" || wanted === type || (wanted.endsWith("/*") && type.startsWith(wanted.slice(0, -1)));
}
