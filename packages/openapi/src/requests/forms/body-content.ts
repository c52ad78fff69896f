/** Hot path. A request's body as a value that a schema can be held to: JSON, or a form. */
import type { Json, JsonObject } from "@parley/merge";
import type { Placed } from "../../document/document.ts";
import type { SchemaCompiler } from "../../schema/compile-schema.ts";
import type { Violation } from "../../schema/run.ts";
import { readForm } from "./form.ts";
import type { FormField } from "./form-fields.ts";
import { isJsonType } from "../media-types.ts";

/** A body that was read whole. */
export interface BodyContent {
  bytes: Buffer;
  /** The parts of a multipart/form-data body, or what is wrong with it; asked for only where a schema says something about them. */
  parts(): readonly FormField[] | string;
}

export interface BodyReading {
  /** Undefined where it is not read, or cannot be. */
  value: Json | undefined;
  violations: Violation[];
  /** Pointers to members that are there, and of which no more can be said. */
  unread: readonly string[];
}

export interface BodyKind {
  contentType: string;
  schema: Placed;
  /** Of the document: where the body's media types stand. */
  place: string;
  encoding: JsonObject;
}

export function readBody(content: BodyContent, { contentType, schema, encoding, place }: BodyKind, compiler: SchemaCompiler): BodyReading {
  if (isJsonType(contentType)) {
    const value = jsonOf(content.bytes);
    return { value, violations: value === undefined ? [{ pointer: "", message: "is no JSON", schema: place }] : [], unread: [] };
  }
  const fields = fieldsOf(content, contentType);
  if (fields === null) return { value: undefined, violations: [], unread: [] };
  if (typeof fields === "string") return { value: undefined, violations: [{ pointer: "", message: fields, schema: place }], unread: [] };
  return readForm(fields, { schema, encoding, compiler });
}

/** Frameworks stop at a thousand or a few; each field costs more than its bytes. */
const maxFields = 10_000;
const tooMany = `is a form of more than ${maxFields} fields`;

/** Null where it is no form. */
function fieldsOf(content: BodyContent, contentType: string): readonly FormField[] | string | null {
  switch ((contentType.split(";", 1)[0] ?? "").trim().toLowerCase()) {
    case "application/x-www-form-urlencoded":
      if (separatorsIn(content.bytes) >= maxFields) return tooMany;
      return [...new URLSearchParams(content.bytes.toString("utf8"))].map(([name, text]) => ({ name, content: text, type: null }));
    case "multipart/form-data":
      return withinBound(content.parts());
    default:
      return null;
  }
}

function withinBound(fields: readonly FormField[] | string): readonly FormField[] | string {
  return fields.length > maxFields && typeof fields !== "string" ? tooMany : fields;
}

function separatorsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x26); at !== -1 && count < maxFields; at = bytes.indexOf(0x26, at + 1)) count++;
  return count;
}

function jsonOf(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString("utf8")) as Json;
  } catch {
    return undefined;
  }
}
