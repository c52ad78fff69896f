/** Hot path. Objects that the query holds in brackets, `filter[age]=7` (style `deepObject`, OpenAPI §4.8.12). */
import type { Json } from "@parley/merge";
import type { Parameter } from "../document/operations.ts";
import type { SchemaCompiler } from "../schema/compile-schema.ts";
import { valueOfNodes } from "./forms/field-values.ts";
import { treeOf, type FormField } from "./forms/form-fields.ts";

export function isDeepObject({ in: where, style, schema, isJson, name }: Parameter): boolean {
  return where === "query" && style === "deepObject" && schema !== null && !isJson && !name.includes("[");
}

/** Undefined where there is none, and where a name of it is not made of brackets to its end. */
export function readDeepObject({ name, schema }: Parameter, query: URLSearchParams, compiler: SchemaCompiler): Json | undefined {
  const fields: FormField[] = [];
  for (const [field, content] of query) if (field.startsWith(`${name}[`)) fields.push({ name: field, content, type: null });
  if (schema === null || fields.length === 0) return undefined;
  const tree = treeOf(fields);
  return tree === null ? undefined : valueOfNodes([tree], { schemas: [schema.value], compiler, delimited: null, readings: new Map() });
}
