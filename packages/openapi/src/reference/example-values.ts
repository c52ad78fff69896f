/** Values for an example request: the document's own where it gives some, else the plainest that fits the schema. Bounded like all that is shown. */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { listAt, objectAt, resolved, resolvedSchema, textAt, type ApiDocument } from "../document/document.ts";
import { isJsonType } from "../requests/media-types.ts";

const deepest = 6;
const mostMembers = 30;
const mostSchemas = 200;

/** Of a parameter, a header or a media type: `example`, the first of `examples`, or of its schema. */
export function exampleOf(document: ApiDocument, holder: JsonObject): Json {
  if (Object.hasOwn(holder, "example")) return holder["example"] as Json;
  const [first] = Object.values(objectAt(holder, "examples"));
  const given = resolved(document, first, "#");
  if (given && Object.hasOwn(given.value, "value")) return given.value["value"] as Json;
  return new Example(document).of(holder["schema"], 0);
}

class Example {
  readonly #document: ApiDocument;
  /** Schemas that contain each other would be entered without end. */
  #left = mostSchemas;

  constructor(document: ApiDocument) {
    this.#document = document;
  }

  of(schema: Json | undefined, depth: number): Json {
    const found = resolvedSchema(this.#document, schema, "#")?.value;
    if (!found || depth > deepest || this.#left-- <= 0) return null;
    for (const name of ["example", "default", "const"]) if (Object.hasOwn(found, name)) return found[name] as Json;
    const [given] = [...listAt(found, "examples"), ...listAt(found, "enum")];
    if (given !== undefined) return given;
    const whole = listAt(found, "allOf").slice(0, mostMembers).map((part) => this.of(part, depth + 1));
    const own = this.#own(found, depth);
    if (whole.length > 0) return Object.assign({}, ...[...whole, own].filter(isJsonObject)) as Json;
    const [either] = [...listAt(found, "oneOf"), ...listAt(found, "anyOf")];
    return own === null && either !== undefined ? this.of(either, depth + 1) : own;
  }

  #own(schema: JsonObject, depth: number): Json {
    const [type] = Array.isArray(schema["type"]) ? schema["type"] : [schema["type"]];
    if (type === "object" || schema["properties"] !== undefined) return this.#object(schema, depth);
    if (type === "array" || schema["items"] !== undefined) return depth >= deepest ? [] : [this.of(schema["items"], depth + 1)];
    if (type === "integer" || type === "number") return typeof schema["minimum"] === "number" ? schema["minimum"] : 1;
    if (type === "boolean") return true;
    return type === "string" ? textFor(schema) : null;
  }

  /** All members of the outermost, and of those in it what has to be there. */
  #object(schema: JsonObject, depth: number): JsonObject {
    if (depth >= deepest) return {};
    const required = new Set(listAt(schema, "required"));
    const wanted = Object.entries(objectAt(schema, "properties")).filter(([name, value]) => (depth === 0 || required.has(name)) && !(isJsonObject(value) && value["readOnly"] === true));
    return Object.fromEntries(wanted.slice(0, mostMembers).map(([name, value]) => [name, this.of(value as Json, depth + 1)]));
  }
}

const byFormat: Readonly<Record<string, string>> = { "date-time": "2030-01-01T12:00:00Z", date: "2030-01-01", time: "12:00:00Z", email: "ann@example.com", uuid: "00000000-0000-4000-8000-000000000000", uri: "https://example.com/", ipv4: "192.0.2.1", ipv6: "2001:db8::1", hostname: "example.com" };

function textFor(schema: JsonObject): string {
  const format = textAt(schema, "format");
  return (format !== null && Object.hasOwn(byFormat, format) ? byFormat[format] : undefined) ?? "text";
}

/** The first media type that has JSON, or else the first of all, with what it would hold; undefined where that is neither JSON nor a form. */
export function exampleContent(document: ApiDocument, content: JsonObject): { type: string; value: Json | undefined } | null {
  const types = Object.keys(content);
  const type = types.find((one) => isJsonType(one)) ?? types.find(isForm) ?? types[0];
  if (type === undefined) return null;
  const media = content[type];
  return { type, value: isJsonType(type) || isForm(type) ? exampleOf(document, isJsonObject(media) ? media : {}) : undefined };
}

/** As it is sent. */
export function contentText({ type, value }: { type: string; value: Json }, indent?: number): string {
  if (!isForm(type) || !isJsonObject(value)) return JSON.stringify(value, null, indent) ?? "null";
  return new URLSearchParams(Object.entries(value).map(([name, member]): [string, string] => [name, typeof member === "string" ? member : JSON.stringify(member)])).toString();
}

function isForm(type: string): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(type);
}
