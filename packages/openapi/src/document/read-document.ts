/**
 * Reads an OpenAPI document (3.0 or 3.1, JSON or YAML) that somebody else has written: bounded in size, depth and what its
 * aliases stand for, every mistake with its pointer or its line. What it does not take is never half in force.
 */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { CORE_SCHEMA, load, mergeTag, YAMLException } from "js-yaml";
import { RE2JS } from "re2js";
import { isAmbiguous } from "./anchors.ts";
import { documentOf, escapeToken, objectAt, resolved, type ApiDocument } from "./document.ts";
import { operationsOf, type Operation } from "./operations.ts";
import { templateKey } from "../requests/path-matcher.ts";

export const maxDocumentBytes = 16 * 1024 * 1024;
const maxDepth = 200;
const maxNodes = 3_000_000;
const maxMistakes = 50;

export interface DocumentMistake {
  /** A JSON pointer into the document. */
  pointer: string;
  message: string;
  /** Counted from 1; where the text is no JSON and no YAML. */
  line?: number;
  column?: number;
}

export interface DocumentReading {
  /** Null where there is a mistake. */
  document: ApiDocument | null;
  mistakes: DocumentMistake[];
  /** What of it is not held to: patterns that take more than linear time. */
  warnings: DocumentMistake[];
}

export function readDocument(text: string): DocumentReading {
  const failed = (mistake: DocumentMistake): DocumentReading => ({ document: null, mistakes: [mistake], warnings: [] });
  if (Buffer.byteLength(text) > maxDocumentBytes) return failed({ pointer: "", message: "the document has more than 16 MiB" });
  const parsed = parse(text);
  if ("message" in parsed) return failed(parsed);
  const { root } = parsed;
  if (!isJsonObject(root)) return failed({ pointer: "", message: "an OpenAPI document is an object with `openapi`, `info` and `paths`" });
  const unversioned = versionMistake(root);
  if (unversioned) return failed(unversioned);
  const document = documentOf(root) as ApiDocument;
  const walk = new Walk(document);
  walk.into(root, "", { depth: 0, isData: false });
  if (walk.mistakes.length > 0) return { document: null, mistakes: walk.mistakes.slice(0, maxMistakes), warnings: walk.warnings };
  const mistakes = structureMistakes(document);
  return { document: mistakes.length === 0 ? document : null, mistakes: mistakes.slice(0, maxMistakes), warnings: walk.warnings.slice(0, maxMistakes) };
}

/** What many documents are written in: YAML 1.2, and the merge key `<<` of 1.1 for what several parts have in common. */
const yamlOptions = { schema: CORE_SCHEMA.withTags(mergeTag), maxTotalMergeKeys: 200_000 };

/** JSON is tried first: of a document of several megabytes it is read twenty times as fast. */
function parse(text: string): { root: Json } | DocumentMistake {
  if (/^\s*\{/.test(text)) {
    try {
      return { root: JSON.parse(text) as Json };
    } catch (error) {
      // YAML's flow style begins with a brace, too; its reader names the line of what is neither.
      if (text.length > 4 * 1024 * 1024) return { pointer: "", message: `not JSON: ${(error as Error).message}` };
    }
  }
  try {
    return { root: load(text, yamlOptions) as Json };
  } catch (error) {
    if (!(error instanceof YAMLException)) return { pointer: "", message: (error as Error).message };
    return { pointer: "", message: `neither JSON nor YAML: ${error.reason}`, ...(error.mark ? { line: error.mark.line + 1, column: error.mark.column + 1 } : {}) };
  }
}

function versionMistake(root: JsonObject): DocumentMistake | null {
  if (documentOf(root)) return isJsonObject(root["paths"]) || (isJsonObject(root["webhooks"]) && !Object.hasOwn(root, "paths")) ? null : { pointer: Object.hasOwn(root, "paths") ? "/paths" : "", message: "`paths` is missing or no object" };
  if (typeof root["swagger"] === "string") return { pointer: "/swagger", message: `Swagger ${root["swagger"].slice(0, 10)} is not taken; convert the document to OpenAPI 3.0 or 3.1` };
  if (!Object.hasOwn(root, "openapi")) return { pointer: "", message: "`openapi` is missing: 3.0.x or 3.1.x" };
  return { pointer: "/openapi", message: `the version ${JSON.stringify(root["openapi"])?.slice(0, 20)} is not taken; 3.0.x and 3.1.x are, as text` };
}

const literalNames = new Set(["example", "examples", "default", "enum", "const"]);

/** One walk over everything: bounds, references, patterns. */
class Walk {
  readonly mistakes: DocumentMistake[] = [];
  readonly warnings: DocumentMistake[] = [];
  readonly #document: ApiDocument;
  readonly #known = new Set<string>();
  #nodes = 0;

  constructor(document: ApiDocument) {
    this.#document = document;
  }

  /** `isData`: an example or a default is anybody's JSON, and `$ref` in it no reference. */
  into(value: Json, pointer: string, { depth, isData }: { depth: number; isData: boolean }): void {
    if (this.mistakes.length >= maxMistakes) return;
    if (++this.#nodes > maxNodes) return this.#stop("the document has more than three million values, aliases counted as often as they are used");
    if (depth > maxDepth) return this.#stop(`${pointer.slice(0, 200)} is nested more than ${maxDepth} deep`);
    if (typeof value !== "object" || value === null) return;
    if (value instanceof Date) return void this.mistakes.push({ pointer, message: "a date stands in quotes" });
    if (Array.isArray(value)) return value.forEach((item, index) => this.into(item, `${pointer}/${index}`, { depth: depth + 1, isData }));
    for (const name of Object.keys(value)) {
      const member = value[name] as Json;
      if (typeof member === "object") {
        const data = isData || name.startsWith("x-") || (literalNames.has(name) && !pointer.endsWith("/responses") && !pointer.endsWith("/properties"));
        this.into(member, `${pointer}/${escapeToken(name)}`, { depth: depth + 1, isData: data });
      } else if (isData) continue;
      else if ((name === "$ref" || name === "$dynamicRef") && typeof member === "string") this.#reference(member, `${pointer}/${name}`);
      else if (name === "pattern" && typeof member === "string") this.#pattern(member, `${pointer}/pattern`);
    }
  }

  #reference(reference: string, pointer: string): void {
    if (this.#known.has(reference)) return;
    this.#known.add(reference);
    if (!reference.startsWith("#")) this.mistakes.push({ pointer, message: `"${reference.slice(0, 200)}" leads out of the document; bundle it into one` });
    else if (isAmbiguous(this.#document.root, reference.slice(1))) this.warnings.push({ pointer, message: `"${reference.slice(0, 200)}" is the name of several schemas, and values are held to none of them` });
    else if (!resolved(this.#document, { $ref: reference }, "#")) this.mistakes.push({ pointer, message: `"${reference.slice(0, 200)}" leads to nothing, or in a circle` });
  }

  #pattern(source: string, pointer: string): void {
    try {
      RE2JS.compile(source);
    } catch {
      this.warnings.push({ pointer, message: `the pattern ${source.slice(0, 80)} cannot be matched in linear time, and values are not held to it` });
    }
  }

  #stop(message: string): void {
    this.mistakes.length = maxMistakes;
    this.mistakes.fill({ pointer: "", message });
    this.mistakes.length = 1;
    this.#nodes = maxNodes;
  }
}

function structureMistakes(document: ApiDocument): DocumentMistake[] {
  const operations = operationsOf(document);
  const badPaths = Object.keys(objectAt(document.root, "paths")).filter((path) => !path.startsWith("/") && !path.startsWith("x-"));
  return [
    ...badPaths.map((path) => ({ pointer: `/paths/${escapeToken(path)}`, message: "a path starts with a slash" })),
    ...clashes(operations), ...operations.flatMap(placeholderMistakes),
  ];
}

function clashes(operations: readonly Operation[]): DocumentMistake[] {
  const [ids, places] = [new Map<string, Operation>(), new Map<string, Operation>()];
  return operations.flatMap((operation) => {
    const pointer = operation.place.slice(1);
    const sameId = ids.get(operation.id);
    const samePlace = places.get(`${operation.method} ${templateKey(operation.path)}`);
    ids.set(operation.id, operation);
    places.set(`${operation.method} ${templateKey(operation.path)}`, operation);
    return [
      ...(sameId ? [{ pointer: `${pointer}/operationId`, message: `the operationId "${operation.id.slice(0, 100)}" is that of ${sameId.method} ${sameId.path}, too` }] : []),
      ...(samePlace ? [{ pointer, message: `${operation.method} ${operation.path} is the same as ${samePlace.path}` }] : []),
    ];
  });
}

function placeholderMistakes(operation: Operation): DocumentMistake[] {
  const declared = new Set(operation.parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name));
  const written = [...operation.path.matchAll(/\{([^{}/]+)\}/g)].map((match) => match[1] as string);
  return [...declared].filter((name) => !written.includes(name)).map((name) => ({ pointer: operation.place.slice(1), message: `the path parameter "${name}" is not in the path ${operation.path}` }));
}
