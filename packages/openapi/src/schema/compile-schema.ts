/**
 * Hot path. Schemas as chains of closures, each made when the first value reaches it: a document of several megabytes
 * costs nothing until it is called, and circles in it are circles of closures. Patterns run in linear time (RE2).
 */
import { isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { listAt, resolvedSchema, type ApiDocument, type Placed } from "../document/document.ts";
import { arrayChecks, numberChecks, objectChecks, textChecks } from "./keywords.ts";
import { combinationChecks, namesSetByOthers, valueChecks } from "./combinations.ts";
import { unevaluatedChecks } from "./unevaluated.ts";
import type { Run } from "./run.ts";

export type Check = (value: Json, run: Run) => boolean;
export type Direction = "request" | "response";

/** What the checks of keywords are made with. */
export interface SchemaCompiler {
  readonly document: ApiDocument;
  readonly direction: Direction;
  /** Members that a part of the schema that is being made leaves to the other side; no part asks for them. */
  readonly setByOthers: ReadonlySet<string>;
  /** Of a schema at this place; made once, or anew for each whole of which it is a part. */
  check(schema: Json | undefined, place: string, setByOthers?: ReadonlySet<string>): Check;
}

const always: Check = () => true;
const none: ReadonlySet<string> = new Set();

export class Compiler implements SchemaCompiler {
  readonly document: ApiDocument;
  readonly direction: Direction;
  readonly setByOthers = none;
  readonly #known = new Map<JsonObject, Check>();

  constructor(document: ApiDocument, direction: Direction) {
    this.document = document;
    this.direction = direction;
  }

  check(schema: Json | undefined, place: string, setByOthers = none): Check {
    if (schema === false) return (_value, run) => run.fail("nothing is allowed here", place);
    if (!isJsonObject(schema)) return always;
    const known = setByOthers.size === 0 ? this.#known.get(schema) : undefined;
    if (known) return known;
    let made: Check | null = null;
    const looked: Check = (value, run) => {
      if (!run.descend()) return true;
      made ??= this.#make({ value: schema, place }, setByOthers);
      const holds = made(value, run);
      run.ascend();
      return holds;
    };
    const lazy: Check = (value, run) => run.verdict(looked, value);
    if (setByOthers.size === 0) this.#known.set(schema, lazy);
    return lazy;
  }

  #make({ value, place }: Placed, setByOthers: ReadonlySet<string>): Check {
    const found = resolvedSchema(this.document, value, place);
    if (found === null) return always;
    return found.value === value ? this.#own(found, setByOthers) : this.check(found.value, found.place, setByOthers);
  }

  #own({ value: schema, place }: Placed, inherited: ReadonlySet<string>): Check {
    const compiler = this.#within(listAt(schema, "allOf").length === 0 ? inherited : new Set([...inherited, ...namesSetByOthers(this.document, schema, this.direction)]));
    const checks = [valueChecks, textChecks, numberChecks, arrayChecks, objectChecks, combinationChecks, unevaluatedChecks].flatMap((make) => make(schema, place, compiler));
    const [first, second] = checks;
    if (first === undefined) return always;
    if (second === undefined) return first;
    return (value, run) => {
      let holds = true;
      for (const check of checks) {
        holds = check(value, run) && holds;
        if (run.isSettled(holds)) return holds;
      }
      return holds;
    };
  }

  #within(setByOthers: ReadonlySet<string>): SchemaCompiler {
    if (setByOthers.size === 0) return this;
    return { document: this.document, direction: this.direction, setByOthers, check: (schema, place, names) => this.check(schema, place, names) };
  }
}
