/** Hot path. Fields of a form as the values that a schema means: texts become numbers, booleans, lists and objects where it wants them. */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { objectAt, resolvedSchema, textAt } from "../../document/document.ts";
import { typesOf } from "../../schema/combinations.ts";
import type { SchemaCompiler } from "../../schema/compile-schema.ts";
import { Run } from "../../schema/run.ts";
import { isJsonType } from "../media-types.ts";
import { branchesOf, itemsOf, scalar } from "../parameter-values.ts";
import { isTree, type FormField, type FormNode, type FormTree } from "./form-fields.ts";

/** How one text stands for several values; null where each has a field of its own. */
export type Delimited = "form" | "spaceDelimited" | "pipeDelimited" | null;

export interface Meant {
  /** Of the member: more than one where several parts of the whole speak of it. */
  schemas: readonly Json[];
  compiler: SchemaCompiler;
  delimited: Delimited;
  /** What was read already, by schema and by nodes: alternatives that refer to each other would read what is below again for each way to it. */
  readings: Map<JsonObject, Map<object, Json>>;
}

export function valueOfNodes(nodes: readonly FormNode[], meant: Meant): Json {
  return readerOf(meant)(nodes);
}

/** The reading that the schema takes, else the first. Made once for all items of a list. */
function readerOf(meant: Meant): (nodes: readonly FormNode[]) => Json {
  const { compiler } = meant;
  const candidates = meant.schemas.flatMap((schema) => branchesIn(schema, compiler).map((branch) => ({ branch, check: compiler.check(schema, "#") })));
  const [first = { branch: {} }] = candidates;
  if (candidates.length <= 1) return (nodes) => readBy(first.branch, nodes, meant);
  const read = (nodes: readonly FormNode[]): Json => {
    for (const { branch, check } of candidates) {
      const value = readBy(branch, nodes, meant);
      if (check(value, new Run(1))) return value;
    }
    return readBy(first.branch, nodes, meant);
  };
  const known = readingsOf(meant);
  return known === null ? read : (nodes) => {
    const [node] = nodes;
    const key = nodes.length === 1 && node !== undefined ? node : nodes;
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = read(nodes)));
    return value;
  };
}

/** Null where more than the schema and the nodes decides. */
function readingsOf({ schemas, compiler, delimited, readings }: Meant): Map<object, Json> | null {
  const [schema, another] = schemas;
  const found = another === undefined && delimited === null ? resolvedSchema(compiler.document, schema, "#")?.value : undefined;
  if (found === undefined) return null;
  let known = readings.get(found);
  if (known === undefined) readings.set(found, (known = new Map<object, Json>()));
  return known;
}

/** Whether the schema has room for more than one value of the name. */
export function takesSeveral({ schemas, compiler }: Meant): boolean {
  return schemas.every((schema) => branchesIn(schema, compiler).some((branch) => typesOf(branch, compiler.document.dialect)?.includes("array") ?? !Array.isArray(branch["enum"])));
}

export function isObjectOnly({ schemas, compiler }: Meant): boolean {
  return schemas.length > 0 && schemas.every((schema) => branchesIn(schema, compiler).every((branch) => typesOf(branch, compiler.document.dialect)?.includes("object") ?? branch["properties"] !== undefined));
}

export function branchesIn(schema: Json, { document }: SchemaCompiler): readonly JsonObject[] {
  const found = resolvedSchema(document, schema, "#")?.value;
  return found ? branchesOf(found, document) : [];
}

function readBy(schema: JsonObject, nodes: readonly FormNode[], meant: Meant): Json {
  const types = typesOf(schema, meant.compiler.document.dialect);
  const tree = nodes.find(isTree);
  if (tree) return readTree(schema, tree, { types, meant });
  const fields = nodes.filter((node): node is FormField => !isTree(node));
  const [field] = fields;
  if (!field) return null;
  if (types?.includes("array")) return readList(schema, fields, meant);
  if (fields.length > 1 && types === null) return fields.map((one) => textOf(one, schema));
  if (types?.includes("object") || (field.type !== null && isJsonType(field.type))) return readObject(schema, field, meant);
  return scalar(textOf(field, schema), types);
}

function readList(schema: JsonObject, fields: readonly FormField[], meant: Meant): Json {
  const [field] = fields as [FormField];
  if (fields.length === 1 && field.type !== null && isJsonType(field.type)) return jsonIn(textOf(field, schema));
  const separate = meant.delimited === null ? fields : split(fields, meant.delimited);
  const read = readerOf({ ...meant, schemas: itemsOf(schema), delimited: null });
  return separate.map((one) => read([one]));
}

/** As JSON; with `explode: false` names and values in turn. */
function readObject(schema: JsonObject, field: FormField, meant: Meant): Json {
  if (meant.delimited === null) return jsonIn(textOf(field, schema));
  const texts = split([field], meant.delimited);
  const members = texts.flatMap((name, index) => (index % 2 === 0 ? [[String(name.content), memberValue(schema, String(name.content), { nodes: texts.slice(index + 1, index + 2), meant })] as const] : []));
  return Object.fromEntries(members);
}

function split(fields: readonly FormField[], delimited: NonNullable<Delimited>): FormField[] {
  const delimiter = delimited === "spaceDelimited" ? " " : delimited === "pipeDelimited" ? "|" : ",";
  const whole = fields.map((field) => textOf(field, {})).join(delimiter);
  return whole === "" ? [] : whole.split(delimiter).map((content) => ({ name: "", content, type: null }));
}

function readTree(schema: JsonObject, tree: FormTree, { types, meant }: { types: readonly string[] | null; meant: Meant }): Json {
  if (types?.includes("array") && [...tree.keys()].every((key) => /^\d{0,6}$/.test(key))) {
    const read = readerOf({ ...meant, schemas: itemsOf(schema), delimited: null });
    const inOrder = [...tree].toSorted(([one], [other]) => Number(one) - Number(other));
    return inOrder.flatMap(([key, nodes]) => (key === "" ? nodes.map((node) => read([node])) : [read(nodes)]));
  }
  return Object.fromEntries([...tree].map(([key, nodes]) => [key, memberValue(schema, key, { nodes, meant })]));
}

function memberValue(schema: JsonObject, name: string, { nodes, meant }: { nodes: readonly FormNode[]; meant: Meant }): Json {
  const member: Meant = { ...meant, schemas: schemasOfMember(schema, name), delimited: null };
  // Which of them the service reads is its own secret: as a list, the schema says that it is none.
  return nodes.length > 1 && !takesSeveral(member) ? nodes.map((node) => valueOfNodes([node], member)) : valueOfNodes(nodes, member);
}

export function schemasOfMember(schema: JsonObject, name: string): Json[] {
  const properties = objectAt(schema, "properties");
  if (Object.hasOwn(properties, name)) return [properties[name] as Json];
  return isJsonObject(schema["additionalProperties"]) ? [schema["additionalProperties"]] : [];
}

/** A file is as long as it has bytes. */
function textOf({ content, type }: FormField, schema: JsonObject): string {
  if (typeof content === "string") return content;
  const isText = textAt(schema, "format") !== "binary" && (type === null || isJsonType(type) || /^\s*text\//i.test(type));
  return content.toString(isText ? "utf8" : "latin1");
}

/** The text itself where it is no JSON: the schema says what is wrong with it. */
function jsonIn(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
