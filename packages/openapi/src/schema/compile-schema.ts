/**
 * Hot path. Schemas as chains of closures, each made when the first value reaches it: a document of several megabytes
 * costs nothing until it is called, and circles in it are circles of closures. Patterns run in linear time (RE2).
 */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { resolved, type ApiDocument } from "../document/document.ts";
import { arrayChecks, numberChecks, objectChecks, textChecks } from "./keywords.ts";
import { combinationChecks, valueChecks } from "./combinations.ts";
import type { Run } from "./run.ts";

export type Check = (value: Json, run: Run) => boolean;
export type Direction = "request" | "response";

/** What the checks of keywords are made with. */
export interface SchemaCompiler {
  readonly document: ApiDocument;
  readonly direction: Direction;
  /** Of a schema at this place; made once. */
  check(schema: Json | undefined, place: string): Check;
}

const always: Check = () => true;

export class Compiler implements SchemaCompiler {
  readonly document: ApiDocument;
  readonly direction: Direction;
  readonly #known = new Map<JsonObject, Check>();

  constructor(document: ApiDocument, direction: Direction) {
    this.document = document;
    this.direction = direction;
  }

  check(schema: Json | undefined, place: string): Check {
    if (schema === false) return (_value, run) => run.fail("nothing is allowed here", place);
    if (!isJsonObject(schema)) return always;
    const known = this.#known.get(schema);
    if (known) return known;
    let made: Check | null = null;
    const lazy: Check = (value, run) => {
      if (!run.step()) return true;
      made ??= this.#make(schema, place);
      return made(value, run);
    };
    this.#known.set(schema, lazy);
    return lazy;
  }

  #make(schema: JsonObject, place: string): Check {
    const reference = schema["$ref"];
    if (typeof reference !== "string") return this.#own(schema, place);
    const target = resolved(this.document, schema, place);
    const referred = target === null ? always : this.check(target.value, target.place);
    // What stands beside a reference counts from 3.1 on.
    if (this.document.dialect === "3.0" || Object.keys(schema).length === 1) return referred;
    const own = this.#own(schema, place);
    return (value, run) => referred(value, run) && own(value, run);
  }

  #own(schema: JsonObject, place: string): Check {
    const checks = [valueChecks, textChecks, numberChecks, arrayChecks, objectChecks, combinationChecks].flatMap((make) => make(schema, place, this));
    const [first, second] = checks;
    if (first === undefined) return always;
    if (second === undefined) return first;
    return (value, run) => {
      let holds = true;
      for (const check of checks) {
        holds = check(value, run) && holds;
        if (run.isFull) return holds;
      }
      return holds;
    };
  }
}
