/** A document without what calls never meet (texts for people, examples, extensions): what gateways get, about half as large. */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import type { ApiDocument } from "./document.ts";

const forPeople = new Set(["description", "summary", "example", "examples", "externalDocs", "title", "tags", "info", "servers", "webhooks", "callbacks", "links", "xml", "contact", "license"]);
/** Below these the names are the document's own, and none of ours. */
const named = new Set(["properties", "patternProperties", "schemas", "parameters", "headers", "responses", "requestBodies", "paths", "content", "securitySchemes", "$defs", "definitions", "dependentSchemas", "dependentRequired", "pathItems", "scopes", "encoding", "mapping"]);
const asItIs = new Set(["enum", "const", "default", "required", "security"]);

export function compactDocument({ root }: ApiDocument): JsonObject {
  return { ...(stripped(root, false) as JsonObject), openapi: root["openapi"] ?? "" };
}

function stripped(value: Json, namesAreOwn: boolean): Json {
  if (Array.isArray(value)) return value.map((item) => stripped(item, false));
  if (!isJsonObject(value)) return value;
  const kept = Object.keys(value).filter((name) => namesAreOwn || !(forPeople.has(name) || name.startsWith("x-")));
  return Object.fromEntries(kept.map((name) => {
    const member = value[name] as Json;
    return [name, !namesAreOwn && asItIs.has(name) ? member : stripped(member, !namesAreOwn && named.has(name) && isJsonObject(member))];
  }));
}
