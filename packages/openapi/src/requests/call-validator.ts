/**
 * Hot path of services with a document. A document made ready for calls: the operation that a
 * request is, and whether the request and its answer are as the document says. Schemas are compiled when first met.
 */
import type { Json, JsonObject } from "@parley/merge";
import { listAt, resolved, type ApiDocument, type Placed } from "../document/document.ts";
import { operationsOf, type Operation, type Parameter } from "../document/operations.ts";
import { Compiler, type Check } from "../schema/compile-schema.ts";
import { Run, type Violation } from "../schema/run.ts";
import { isDeepObject, readDeepObject } from "./deep-objects.ts";
import { readBody, type BodyContent, type BodyReading } from "./forms/body-content.ts";
import { mediaEntry } from "./media-types.ts";
import { readings, takesOne, valueOf } from "./parameter-values.ts";
import { PathMatcher } from "./path-matcher.ts";
import { usedPlaces } from "./used-places.ts";

export interface CallViolation extends Violation {
  in: "body" | "path" | "query" | "header" | "cookie";
}

/** What a request says outside of its body. */
export interface RequestParts {
  path: ReadonlyMap<string, string>;
  query: URLSearchParams;
  /** By name in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type FoundOperation = { kind: "operation"; operation: CompiledOperation; path: ReadonlyMap<string, string> } | { kind: "no-path" } | { kind: "no-method"; allowed: readonly string[] };

const maxViolations = 20;

export class CallValidator {
  readonly #paths = new PathMatcher<Map<string, CompiledOperation>>();

  constructor(document: ApiDocument) {
    const compilers = { request: new Compiler(document, "request"), response: new Compiler(document, "response") };
    for (const operation of operationsOf(document)) {
      this.#paths.add(operation.path, new Map()).set(operation.method, new CompiledOperation(document, operation, compilers));
    }
  }

  /** HEAD is what GET is, where the document does not say otherwise. */
  find(method: string, path: string): FoundOperation {
    const match = this.#paths.match(path);
    if (!match) return { kind: "no-path" };
    const operation = match.value.get(method) ?? (method === "HEAD" ? match.value.get("GET") : undefined);
    return operation ? { kind: "operation", operation, path: match.parameters } : { kind: "no-method", allowed: [...match.value.keys()] };
  }
}

interface CompiledParameter {
  parameter: Parameter;
  isDeep: boolean;
  check: Check | null;
}

export class CompiledOperation {
  readonly id: string;
  /** True where there is something to say about a body. */
  readonly hasBody: boolean;
  readonly #document: ApiDocument;
  readonly #operation: Operation;
  readonly #parameters: readonly CompiledParameter[];
  readonly #compilers: { request: Compiler; response: Compiler };

  constructor(document: ApiDocument, operation: Operation, compilers: { request: Compiler; response: Compiler }) {
    this.id = operation.id;
    this.hasBody = operation.body !== null;
    this.#document = document;
    this.#operation = operation;
    this.#compilers = compilers;
    this.#parameters = operation.parameters
      // These are the protocol's, and not parameters, whatever a document says (OpenAPI §4.8.12).
      .filter(({ in: where, name }) => where !== "header" || !["accept", "content-type", "authorization"].includes(name.toLowerCase()))
      .map((parameter) => ({ parameter, isDeep: isDeepObject(parameter), check: parameter.schema && compilers.request.check(parameter.schema.value, parameter.schema.place) }));
  }

  parameters(parts: RequestParts): CallViolation[] {
    return this.#parameters.flatMap(({ parameter, isDeep, check }): CallViolation[] => {
      if (isDeep) {
        const object = readDeepObject(parameter, parts.query, this.#compilers.request);
        return object === undefined ? missing(parameter) : judged(object, parameter, { check });
      }
      const texts = textsOf(parameter, parts);
      if (texts.length === 0) return this.#isSpread(parameter) ? [] : missing(parameter);
      if (texts.length > 1 && takesOne(parameter, this.#document)) return [{ in: parameter.in, pointer: `/${parameter.name}`, message: `is given ${texts.length} times, and one is meant`, schema: parameter.schema?.place ?? parameter.place }];
      const [value, ...others] = check ? readings(texts, parameter, this.#document) : [];
      if (!check || value === undefined) return [];
      return judged(value, parameter, { check, others });
    });
  }

  /** A body that has been read: `content` is null where it was too large for that. */
  requestBody(contentType: string | undefined, content: BodyContent | null, length: number): CallViolation[] {
    const { body } = this.#operation;
    if (body === null) return [];
    if (length === 0) return body.required ? [{ in: "body", pointer: "", message: "is missing", schema: `${body.place}/required` }] : [];
    return this.#content(body.content, { contentType, content, place: body.place, direction: "request" });
  }

  response(status: number, contentType: string | undefined, bytes: Buffer): CallViolation[] {
    const { responses, place } = this.#operation;
    const entry = responses.get(String(status)) ?? responses.get(`${Math.floor(status / 100)}XX`) ?? responses.get("default");
    if (!entry) return [{ in: "body", pointer: "", message: `the status ${status} is not in the document`, schema: `${place}/responses` }];
    if (bytes.length === 0 || entry.content.size === 0) return [];
    return this.#content(entry.content, { contentType, content: { bytes, parts: () => [] }, place: entry.place, direction: "response" });
  }

  /** Which members of the body, values of enumerations and query parameters a request uses; names of the document alone, so that nobody's data is among them. */
  uses(query: URLSearchParams, contentType: string | undefined, content: BodyContent | null): string[] {
    const { body } = this.#operation;
    const entry = body === null || content === null || contentType === undefined ? null : mediaEntry(body.content, contentType);
    const inQuery = this.#parameters.filter(({ parameter }) => parameter.in === "query").flatMap(({ parameter, isDeep }) => {
      const object = isDeep ? readDeepObject(parameter, query, this.#compilers.request) : undefined;
      if (object === undefined && !query.has(parameter.name)) return [];
      const value = object ?? valueOf(query.getAll(parameter.name), parameter, this.#document);
      const places = parameter.schema && value !== undefined ? usedPlaces(value, parameter.schema.value, this.#document) : [];
      return [`?${parameter.name}`, ...places.filter((place) => place.includes("=")).map((place) => `?${parameter.name}${place}`)];
    });
    if (!entry?.value || content === null || contentType === undefined) return inQuery;
    const { value } = this.#read(content, { contentType, schema: entry.value, direction: "request", place: "" });
    return value === undefined ? inQuery : [...inQuery, ...usedPlaces(value, entry.value.value, this.#document)];
  }

  #content(content: ReadonlyMap<string, Placed | null>, given: { contentType: string | undefined; content: BodyContent | null; place: string; direction: "request" | "response" }): CallViolation[] {
    const { contentType, content: body, place, direction } = given;
    const entry = contentType === undefined ? null : mediaEntry(content, contentType);
    if (!entry) return content.size === 0 ? [] : [{ in: "body", pointer: "", message: `${contentType === undefined ? "has no Content-Type" : `is ${contentType.slice(0, 80)}`}; ${[...content.keys()].join(", ")} ${content.size === 1 ? "is" : "are"} in the document`, schema: `${place}/content` }];
    if (!entry.value || body === null || contentType === undefined) return [];
    const { value, violations, unread } = this.#read(body, { contentType, schema: entry.value, direction, place: `${place}/content` });
    const run = new Run(maxViolations);
    if (value !== undefined) this.#compilers[direction].check(entry.value.value, entry.value.place)(value, run);
    const found = run.violations.filter(({ pointer }) => !unread.some((member) => pointer === member || pointer.startsWith(`${member}/`)));
    const tooMuch = run.gaveUpOn === "value" && direction === "request" ? [unjudged(entry.value.place)] : [];
    return [...violations, ...found, ...tooMuch].slice(0, maxViolations).map((violation) => ({ ...violation, in: "body" }));
  }

  #read(content: BodyContent, { contentType, schema, direction, place }: { contentType: string; schema: Placed; direction: "request" | "response"; place: string }): BodyReading {
    const encoding = mediaEntry(this.#operation.body?.encodings ?? new Map<string, JsonObject>(), contentType)?.value ?? {};
    return readBody(content, { contentType, schema, place, encoding }, this.#compilers[direction]);
  }

  /** An object in the query may be there under other names. */
  #isSpread({ schema, in: where }: Parameter): boolean {
    const value = schema && resolved(this.#document, schema.value, schema.place)?.value;
    return where === "query" && value !== null && value !== undefined && (value["type"] === "object" || listAt(value, "type").includes("object"));
  }
}

function missing({ required, in: where, name, place }: Parameter): CallViolation[] {
  return required ? [{ in: where, pointer: `/${name}`, message: "is missing", schema: `${place}/required` }] : [];
}

/** Nobody is to get past the rest of the document with a part that is too much. */
function unjudged(schema: string): Violation {
  return { pointer: "", message: "has more values, or is nested deeper, than are looked at", schema };
}

/** By the first reading, if the schema takes none of the others. */
function judged(value: Json, parameter: Parameter, { check, others = [] }: { check: Check | null; others?: readonly Json[] }): CallViolation[] {
  if (check === null || others.some((other) => check(other, new Run(1)))) return [];
  const run = new Run(maxViolations);
  check(value, run);
  const tooMuch = run.gaveUpOn === "value" ? [unjudged(parameter.place)] : [];
  return [...run.violations, ...tooMuch].map((violation) => ({ ...violation, in: parameter.in, pointer: `/${parameter.name}${violation.pointer}` }));
}

function textsOf({ in: where, name }: Parameter, parts: RequestParts): readonly string[] {
  switch (where) {
    case "path": {
      const value = parts.path.get(name);
      return value === undefined ? [] : [value];
    }
    case "query":
      return parts.query.getAll(name);
    case "header": {
      const value = parts.headers[name.toLowerCase()];
      return value === undefined ? [] : [Array.isArray(value) ? value.join(", ") : value];
    }
    case "cookie":
      return cookieTexts(parts.headers["cookie"], name);
  }
}

function cookieTexts(header: string | string[] | undefined, name: string): string[] {
  const pairs = (Array.isArray(header) ? header.join("; ") : (header ?? "")).split(";").map((pair) => pair.trim());
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
}
