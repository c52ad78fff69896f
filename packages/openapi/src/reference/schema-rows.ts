/** A schema as a list of its members, one row each: bounded in depth and number, and a schema within itself is named and not entered again. */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { listAt, objectAt, resolvedSchema, textAt, type ApiDocument, type Placed } from "../document/document.ts";
import { cut, type Inline } from "./blocks.ts";
import { inlinesOf } from "./prose.ts";

const deepest = 5;
const mostRows = 150;
const mostMembers = 100;
const longestText = 400;

export interface SchemaRow {
  depth: number;
  text: Inline[];
}

interface Member {
  name: string;
  required: boolean;
  depth: number;
}

export function schemaRows(document: ApiDocument, schema: Placed): SchemaRow[] {
  const rows = new Rows(document);
  rows.root(schema);
  return rows.list;
}

class Rows {
  readonly list: SchemaRow[] = [];
  readonly #document: ApiDocument;
  /** The places of the schemas that this one is in. */
  readonly #around: string[] = [];

  constructor(document: ApiDocument) {
    this.#document = document;
  }

  root(schema: Placed): void {
    const found = resolvedSchema(this.#document, schema.value, schema.place);
    if (found === null) return;
    this.list.push({ depth: 0, text: [{ code: typeName(this.#document, schema.value) }, ...said(found.value)] });
    this.#inside(found, 1);
  }

  #inside(found: Placed, depth: number): void {
    if (depth > deepest || this.list.length >= mostRows || this.#around.includes(found.place)) return;
    this.#around.push(found.place);
    this.#members(found, depth);
    this.#around.pop();
  }

  #members({ value, place }: Placed, depth: number): void {
    const required = new Set(listAt(value, "required"));
    const properties = objectAt(value, "properties");
    const names = Object.keys(properties);
    for (const name of names.slice(0, mostMembers)) this.#member(properties[name] as Json, `${place}/properties/${name}`, { name, required: required.has(name), depth });
    if (names.length > mostMembers) this.#row(depth, [`and ${names.length - mostMembers} members more`]);
    if (isJsonObject(value["additionalProperties"])) this.#member(value["additionalProperties"], `${place}/additionalProperties`, { name: "*", required: false, depth });
    for (const part of listAt(value, "allOf").slice(0, 20)) this.#follow(part, `${place}/allOf`, depth);
    for (const word of ["oneOf", "anyOf"] as const) {
      listAt(value, word).slice(0, 20).forEach((part, index) => this.#member(part, `${place}/${word}/${index}`, { name: index === 0 ? "either" : "or", required: false, depth }));
    }
    if (isJsonObject(value["items"])) this.#follow(value["items"], `${place}/items`, depth);
  }

  #follow(value: Json, place: string, depth: number): void {
    const found = resolvedSchema(this.#document, value, place);
    if (found) this.#inside(found, depth);
  }

  #member(value: Json, place: string, { name, required, depth }: Member): void {
    if (this.list.length > mostRows) return;
    const found = resolvedSchema(this.#document, value, place);
    const own = found?.value ?? {};
    const kind = typeName(this.#document, value);
    const again = found !== null && this.#around.includes(found.place);
    this.#row(depth, [{ strong: cut(name, 100) }, " ", { code: kind }, ...(required ? [", required"] : []), ...(own["deprecated"] === true ? [", deprecated"] : []), ...said(own), ...(again ? [" — as above"] : [])]);
    if (found) this.#inside(found, depth + 1);
  }

  #row(depth: number, text: Inline[]): void {
    if (this.list.length < mostRows) this.list.push({ depth, text });
    else if (this.list.length === mostRows) this.list.push({ depth: 0, text: ["and more, which the document has"] });
  }
}

/** `string (date-time)`, `Note`, `list of Note`. */
export function typeName(document: ApiDocument, value: Json | undefined, depth = 0): string {
  if (!isJsonObject(value) || depth > 4) return "anything";
  const reference = textAt(value, "$ref");
  const found = reference === null ? value : (resolvedSchema(document, value, "#")?.value ?? {});
  const items = found["items"];
  const named = reference === null ? null : cut(decodeURIComponentSafely(reference.split("/").at(-1) ?? ""), 80);
  if (named !== null && named !== "") return named;
  if (items !== undefined) return `list of ${typeName(document, items, depth + 1)}`;
  const types = Array.isArray(found["type"]) ? found["type"].map(String).slice(0, 8) : [textAt(found, "type") ?? typeByMembers(found)];
  const format = textAt(found, "format");
  return cut(`${types.join(" or ")}${found["nullable"] === true ? " or null" : ""}${format === null ? "" : ` (${format})`}`, 100);
}

function typeByMembers(schema: JsonObject): string {
  if (schema["properties"] !== undefined || schema["additionalProperties"] !== undefined || schema["allOf"] !== undefined) return "object";
  if (schema["oneOf"] !== undefined || schema["anyOf"] !== undefined) return "one of several";
  return schema["enum"] === undefined && schema["const"] === undefined ? "anything" : "value";
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const bounds: readonly (readonly [name: string, before: string, after: string])[] = [
  ["minimum", "at least", ""], ["maximum", "at most", ""], ["exclusiveMinimum", "more than", ""], ["exclusiveMaximum", "less than", ""], ["minLength", "at least", " characters"], ["maxLength", "at most", " characters"],
  ["minItems", "at least", " items"], ["maxItems", "at most", " items"], ["pattern", "like", ""], ["default", "default", ""], ["const", "always", ""],
];

/** What a schema says besides its type. */
export function said(schema: JsonObject): Inline[] {
  const found: Inline[] = [];
  const items = schema["items"];
  const values = [...listAt(schema, "enum"), ...(isJsonObject(items) ? listAt(items, "enum") : [])];
  if (values.length > 0) found.push(": ", ...values.slice(0, 20).flatMap((value, index): Inline[] => [...(index === 0 ? [] : [", "]), { code: shortJson(value) }]), ...(values.length > 20 ? [` and ${values.length - 20} more`] : []));
  for (const [name, before, after] of bounds) if (Object.hasOwn(schema, name) && !(typeof schema[name] === "boolean" && name.startsWith("exclusive"))) found.push(`, ${before} `, { code: shortJson(schema[name] as Json) }, ...(after === "" ? [] : [after]));
  if (schema["readOnly"] === true) found.push(", only in answers");
  if (schema["writeOnly"] === true) found.push(", only in requests");
  const text = textAt(schema, "description") ?? textAt(schema, "title");
  if (text !== null && text.trim() !== "") found.push(" — ", ...inlinesOf(cut(text.replaceAll(/\s+/g, " ").trim(), longestText)));
  return found;
}

function shortJson(value: Json): string {
  return cut(typeof value === "string" ? value : JSON.stringify(value), 100);
}
