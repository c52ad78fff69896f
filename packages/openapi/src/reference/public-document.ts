/**
 * A document as callers of the gateway may have it: without the upstream's addresses, without what is marked internal and
 * without extensions, which are written for tools behind the gateway; its paths are the gateway's, whichever it wrote.
 */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { documentOf, listAt, objectAt, resolved, textAt, type ApiDocument } from "../document/document.ts";
import { methods } from "../document/operations.ts";
import { hiderOf, type Hide } from "./hidden-addresses.ts";

/** Where on the gateway a document's operations are. */
export interface Placing {
  /** What stands in front of every call's path: `/notes`, or `/notes/v1`; empty for the root. */
  base: string;
  /** What the document may have in front of its own paths: the service's path, or the upstream's. */
  prefixes: readonly string[];
  /** The upstream's addresses. */
  hidden: readonly string[];
  /** How a call names this version, where it has to. */
  selector: { in: "header" | "query"; name: string; value: string } | null;
}

/** What callers may read of a document. */
export interface PublicDocument {
  document: ApiDocument;
  /** The path of the server that the document's paths are below. */
  serverPath: string;
}

/** Below these the names are the document's own, and none of OpenAPI's. */
const named = new Set(["properties", "patternProperties", "schemas", "parameters", "headers", "responses", "requestBodies", "paths", "content", "securitySchemes", "$defs", "definitions", "dependentSchemas", "pathItems", "scopes", "variables", "mapping", "encoding", "callbacks", "links", "webhooks"]);
const data = new Set(["example", "value", "default", "enum", "const"]);
const upstreamOwn = new Set(["servers", "server"]);

/** A new document; the one that it is made of stays as it is. */
export function publicDocument(document: ApiDocument, placing: Placing): PublicDocument {
  const walk = new Walk(document, hiderOf([...placing.hidden, ...serversOf(document)], placing.base));
  const root = walk.into(document.root, false) as JsonObject;
  const paths = objectAt(root, "paths");
  const names = Object.keys(paths).filter((path) => path.startsWith("/"));
  const prefixed = names.some((path) => prefixOf(path, placing) !== null);
  const placed = names.map((path): [string, Json] => [prefixed ? `${placing.base}${path.slice(prefixOf(path, placing)?.length ?? 0)}` || "/" : path, withSelector(paths[path] as Json, placing)]);
  const { openapi, info, ...rest } = root;
  const whole: JsonObject = { openapi: openapi ?? "", info: isJsonObject(info) ? info : {}, ...rest, paths: Object.fromEntries(placed) };
  return { document: documentOf(whole) as ApiDocument, serverPath: prefixed ? "" : placing.base };
}

function prefixOf(path: string, { prefixes }: Placing): string | null {
  return prefixes.find((prefix) => prefix !== "" && prefix !== "/" && (path === prefix || path.startsWith(`${prefix}/`))) ?? null;
}

function serversOf({ root }: ApiDocument): string[] {
  return listAt(root, "servers").flatMap((server) => (isJsonObject(server) && typeof server["url"] === "string" ? [server["url"]] : []));
}

/** Whoever calls by the document names the version as well. */
function withSelector(item: Json, { selector }: Placing): Json {
  if (selector === null || !isJsonObject(item) || typeof item["$ref"] === "string") return item;
  const known = listAt(item, "parameters");
  if (known.some((one) => isJsonObject(one) && one["in"] === selector.in && textAt(one, "name")?.toLowerCase() === selector.name.toLowerCase())) return item;
  const parameter = { in: selector.in, name: selector.name, required: true, description: "Names the version.", schema: { type: "string", enum: [selector.value], default: selector.value } };
  return { ...item, parameters: [...known, parameter] };
}

class Walk {
  readonly #document: ApiDocument;
  readonly #hide: Hide;

  constructor(document: ApiDocument, hide: Hide) {
    this.#document = document;
    this.#hide = hide;
  }

  into(value: Json, namesAreOwn: boolean): Json {
    if (typeof value === "string") return this.#hide(value);
    if (Array.isArray(value)) return value.filter((item) => !this.#isInternal(item)).map((item) => this.into(item, false));
    if (!isJsonObject(value)) return value;
    if (!namesAreOwn && value["x-internal"] === true) return {};
    const kept = Object.keys(value).filter((name) => this.#isKept(name, value, namesAreOwn));
    const entries = kept.map((name): [string, Json] => [name, this.#member(name, value[name] as Json, namesAreOwn)]);
    return this.#withoutRequired(value, Object.fromEntries(entries), namesAreOwn);
  }

  #isKept(name: string, holder: JsonObject, namesAreOwn: boolean): boolean {
    const value = holder[name];
    // A schema that others refer to stays, empty; what is a place of its own goes.
    if (namesAreOwn) return !(isJsonObject(value) && value["x-internal"] === true && (name.startsWith("/") || holder !== objectAt(objectAt(this.#document.root, "components"), "schemas")));
    if (name.startsWith("x-") || upstreamOwn.has(name)) return false;
    return !((methods as readonly string[]).includes(name) && isJsonObject(value) && value["x-internal"] === true);
  }

  #member(name: string, value: Json, namesAreOwn: boolean): Json {
    if (namesAreOwn) return this.into(value, false);
    if (name === "$ref" || name === "pattern") return value;
    if (data.has(name) || (name === "examples" && Array.isArray(value))) return this.#copied(value);
    return this.into(value, (named.has(name) || name === "examples") && isJsonObject(value));
  }

  #copied(value: Json): Json {
    if (typeof value === "string") return this.#hide(value);
    if (Array.isArray(value)) return value.map((item) => this.#copied(item));
    return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.#copied(member as Json)])) : value;
  }

  #isInternal(item: Json): boolean {
    if (!isJsonObject(item)) return false;
    return item["x-internal"] === true || (typeof item["$ref"] === "string" && item["$ref"].startsWith("#/components/parameters/") && resolved(this.#document, item, "#")?.value["x-internal"] === true);
  }

  /** A member that is gone is required no longer. */
  #withoutRequired(before: JsonObject, after: JsonObject, namesAreOwn: boolean): JsonObject {
    if (namesAreOwn || !Array.isArray(after["required"]) || !isJsonObject(before["properties"])) return after;
    const gone = Object.keys(before["properties"]).filter((name) => !Object.hasOwn(objectAt(after, "properties"), name));
    return gone.length === 0 ? after : { ...after, required: after["required"].filter((name) => typeof name !== "string" || !gone.includes(name)) };
  }
}
