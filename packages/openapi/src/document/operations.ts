/** The operations of a document, with what each takes and gives, references followed one level deep. */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { escapeToken, listAt, objectAt, resolved, textAt, type ApiDocument, type Placed } from "./document.ts";

export const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

export interface Parameter {
  in: "path" | "query" | "header" | "cookie";
  name: string;
  required: boolean;
  schema: Placed | null;
  style: string;
  explode: boolean;
  /** The value is JSON: `content: { application/json: … }`. */
  isJson: boolean;
  place: string;
}

export interface Body {
  required: boolean;
  /** By media type; null where it has no schema. */
  content: ReadonlyMap<string, Placed | null>;
  /** How the members of a form are written, by media type; only where the document says so. */
  encodings: ReadonlyMap<string, JsonObject>;
  place: string;
}

export interface ResponseEntry {
  content: ReadonlyMap<string, Placed | null>;
  headers: ReadonlyMap<string, Placed>;
  place: string;
}

export interface Operation {
  /** Its operationId, else method and path: `GET /notes/{id}`. */
  id: string;
  /** In upper case. */
  method: string;
  /** As written, with names in braces. */
  path: string;
  parameters: readonly Parameter[];
  body: Body | null;
  /** By status: 200, 4XX, default. */
  responses: ReadonlyMap<string, ResponseEntry>;
  security: readonly JsonObject[];
  deprecated: boolean;
  place: string;
}

/** What stands at the place of an operation, or of a part of one. */
export function holderOf(document: ApiDocument, place: string): JsonObject {
  return resolved(document, { $ref: place }, "#")?.value ?? {};
}

export function operationsOf(document: ApiDocument): Operation[] {
  const paths = objectAt(document.root, "paths");
  return Object.keys(paths).filter((path) => path.startsWith("/")).flatMap((path) => {
    const item = resolved(document, paths[path], `#/paths/${escapeToken(path)}`);
    if (item === null) return [];
    return methods.flatMap((method) => {
      const operation = item.value[method];
      return isJsonObject(operation) ? [operationOf(document, operation, { item, method, path })] : [];
    });
  });
}

function operationOf(document: ApiDocument, operation: JsonObject, at: { item: Placed; method: string; path: string }): Operation {
  const { item, method, path } = at;
  const place = `${item.place}/${method}`;
  const own = parametersOf(document, listAt(operation, "parameters"), `${place}/parameters`);
  const common = parametersOf(document, listAt(item.value, "parameters"), `${item.place}/parameters`);
  const parameters = [...own, ...common.filter((other) => !own.some((one) => one.in === other.in && one.name === other.name))];
  const body = resolved(document, operation["requestBody"], `${place}/requestBody`);
  const security = Array.isArray(operation["security"]) ? operation["security"] : listAt(document.root, "security");
  return {
    id: textAt(operation, "operationId") ?? `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(), path, parameters, place,
    body: body && { required: body.value["required"] === true, content: contentOf(document, body), encodings: encodingsOf(body), place: body.place },
    responses: new Map(Object.entries(objectAt(operation, "responses")).flatMap(([status, response]) => {
      const found = resolved(document, response, `${place}/responses/${status}`);
      return found ? [[status.toUpperCase() === "DEFAULT" ? "default" : status.toUpperCase(), responseOf(document, found)] as const] : [];
    })),
    security: security.filter(isJsonObject),
    deprecated: operation["deprecated"] === true,
  };
}

function responseOf(document: ApiDocument, found: Placed): ResponseEntry {
  const headers = Object.entries(objectAt(found.value, "headers")).flatMap(([name, header]) => {
    const value = resolved(document, header, `${found.place}/headers/${escapeToken(name)}`);
    return value ? [[name.toLowerCase(), value] as const] : [];
  });
  return { content: contentOf(document, found), headers: new Map(headers), place: found.place };
}

function contentOf(document: ApiDocument, holder: Placed): Map<string, Placed | null> {
  const content = objectAt(holder.value, "content");
  return new Map(Object.keys(content).map((type) => {
    const place = `${holder.place}/content/${escapeToken(type)}`;
    return [mediaName(type), schemaIn(content[type], place)];
  }));
}

function encodingsOf(body: Placed): Map<string, JsonObject> {
  const content = objectAt(body.value, "content");
  return new Map(Object.keys(content).map((type) => [mediaName(type), objectAt(objectAt(content, type), "encoding")]));
}

function mediaName(type: string): string {
  return type.toLowerCase().split(";")[0]?.trim() ?? "";
}

/** The schema as it stands, references and all. */
function schemaIn(holder: Json | undefined, place: string): Placed | null {
  const schema = isJsonObject(holder) ? holder["schema"] : undefined;
  return isJsonObject(schema) ? { value: schema, place: `${place}/schema` } : null;
}

function parametersOf(document: ApiDocument, list: readonly Json[], place: string): Parameter[] {
  return list.flatMap((entry, index) => {
    const found = resolved(document, entry, `${place}/${index}`);
    return found ? parameterOf(found) : [];
  });
}

function parameterOf({ value, place }: Placed): Parameter[] {
  const where = textAt(value, "in");
  const name = textAt(value, "name");
  if (name === null || (where !== "path" && where !== "query" && where !== "header" && where !== "cookie")) return [];
  const style = textAt(value, "style") ?? (where === "query" || where === "cookie" ? "form" : "simple");
  const [media] = Object.keys(objectAt(value, "content"));
  const schema = media === undefined ? schemaIn(value, place) : schemaIn(objectAt(value, "content")[media], `${place}/content/${escapeToken(media)}`);
  const explode = typeof value["explode"] === "boolean" ? value["explode"] : style === "form";
  return [{ in: where, name, required: where === "path" || value["required"] === true, schema, style, explode, isJson: media !== undefined, place }];
}
