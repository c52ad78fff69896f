/**
 * What changed between two schemas, for those who send by them and for those who read by them: what narrows a request
 * breaks its senders, what widens an answer breaks its readers. A pair of schemas is looked at once for an operation, so
 * that circles end, and what is the same with all that it refers to is not looked at.
 */
import { equalJson, isJsonObject, type Json, type JsonObject } from "@parley/merge";
import { escapeToken, listAt, objectAt, resolvedSchema, type ApiDocument, type Placed } from "../document/document.ts";
import { isOthers, short, typesOf } from "../schema/combinations.ts";
import { compareConditions } from "./compare-conditions.ts";
import { compareConstraints } from "./compare-constraints.ts";
import type { ChangeKind, Direction, Severity } from "./change.ts";
import { flattened, type FlatSchema } from "./flat-schema.ts";

export interface SchemaChange {
  kind: ChangeKind;
  severity: Severity;
  /** Below the whole: `/title`. */
  place: string;
  message: string;
  pointer: string;
  /** An enumerated value that is gone. */
  value?: string;
}

export interface Side {
  document: ApiDocument;
  /** Places of schemas that are, with all that they refer to, the same in both documents. */
  same: ReadonlySet<string>;
}

const maxDepth = 40;
/** Of the alternatives that one side alone has. */
const maxTried = 20;

export class SchemaComparison {
  readonly changes: SchemaChange[] = [];
  readonly #sides: { before: Side; after: Side };
  readonly #direction: Direction;
  readonly #seen: Map<JsonObject, Set<JsonObject>>;

  constructor(sides: { before: Side; after: Side }, direction: Direction, seen = new Map<JsonObject, Set<JsonObject>>()) {
    this.#sides = sides;
    this.#direction = direction;
    this.#seen = seen;
  }

  compare(before: Placed, after: Placed, place: string, depth = 0): void {
    const one = resolvedSchema(this.#sides.before.document, before.value, before.place);
    const other = resolvedSchema(this.#sides.after.document, after.value, after.place);
    if (!one || !other || depth > maxDepth || (one.place === other.place && this.#sides.before.same.has(one.place))) return;
    const known = this.#seen.get(one.value) ?? new Set<JsonObject>();
    if (known.has(other.value)) return;
    this.#seen.set(one.value, known.add(other.value));
    const [flatOne, flatOther] = [flattened(this.#sides.before.document, one), flattened(this.#sides.after.document, other)];
    this.#own(flatOne, flatOther, place);
    this.#members(flatOne, flatOther, { place, depth });
    this.#items(flatOne, flatOther, { place, depth });
    this.#alternatives(flatOne, flatOther, { place, depth });
  }

  /** Narrower: fewer values fit than did. */
  narrowed(change: Omit<SchemaChange, "severity">, severity?: Severity): void {
    this.changes.push({ ...change, severity: severity ?? (this.#direction === "request" ? "breaking" : "non-breaking") });
  }

  widened(change: Omit<SchemaChange, "severity">, severity?: Severity): void {
    this.changes.push({ ...change, severity: severity ?? (this.#direction === "request" ? "non-breaking" : "breaking") });
  }

  unclear(change: Omit<SchemaChange, "severity">): void {
    this.changes.push({ ...change, severity: "unknown" });
  }

  #own(before: Placed, after: Placed, place: string): void {
    const at = { place, pointer: before.place };
    this.#types(before, after, at);
    this.#values(before, after, at);
    compareConstraints({ before: before.value, after: after.value }, at, this);
    for (const name of ["readOnly", "writeOnly"]) {
      if ((before.value[name] === true) !== (after.value[name] === true)) this.unclear({ ...at, kind: "access-changed", message: `${name} was ${before.value[name] === true}` });
    }
    if (!equalJson(before.value["default"], after.value["default"])) this.unclear({ ...at, kind: "default-changed", message: `the default was ${shown(before.value["default"])} and is ${shown(after.value["default"])}` });
  }

  #types(before: Placed, after: Placed, at: { place: string; pointer: string }): void {
    const [one, other] = [typesOf(before.value, this.#sides.before.document.dialect), typesOf(after.value, this.#sides.after.document.dialect)];
    const [nullBefore, nullAfter] = [one?.includes("null") ?? false, other?.includes("null") ?? false];
    const [plainBefore, plainAfter] = [one?.filter((type) => type !== "null") ?? null, other?.filter((type) => type !== "null") ?? null];
    if (one !== null && other !== null && nullBefore !== nullAfter) {
      if (nullBefore) this.narrowed({ ...at, kind: "null-removed", message: "null is no longer allowed" });
      else this.widened({ ...at, kind: "null-added", message: "null is allowed now" });
    }
    const message = `the type was ${plainBefore?.join(" or ") ?? "any"} and is ${plainAfter?.join(" or ") ?? "any"}`;
    const [fits, fitted] = [within(plainBefore, plainAfter), within(plainAfter, plainBefore)];
    if (fits && fitted) return;
    if (fits) this.widened({ ...at, kind: "type-widened", message });
    else if (fitted) this.narrowed({ ...at, kind: "type-narrowed", message });
    else this.narrowed({ ...at, kind: "type-changed", message }, "breaking");
  }

  #values(before: Placed, after: Placed, at: { place: string; pointer: string }): void {
    const [one, other] = [valuesOf(before.value), valuesOf(after.value)];
    if (one === null && other === null) return;
    if (one === null) return this.narrowed({ ...at, kind: "enum-added", message: `only ${(other ?? []).slice(0, 8).map(short).join(", ")} are allowed now` });
    if (other === null) return this.widened({ ...at, kind: "enum-removed", message: "any value is allowed now" });
    for (const value of one.filter((each) => !other.some((kept) => equalJson(kept, each)))) {
      this.narrowed({ ...at, kind: "enum-value-removed", message: `${short(value)} is gone`, ...(typeof value === "string" ? { value } : {}) });
    }
    // Whether a reader can do with a value that it does not know is the reader's matter.
    for (const value of other.filter((each) => !one.some((kept) => equalJson(kept, each)))) this.widened({ ...at, kind: "enum-value-added", message: `${short(value)} is new` }, this.#direction === "response" ? "unknown" : undefined);
  }

  #members(before: FlatSchema, after: FlatSchema, { place, depth }: { place: string; depth: number }): void {
    const [one, other] = [objectAt(before.value, "properties"), objectAt(after.value, "properties")];
    const [needed, needs] = [new Set(listAt(before.value, "required")), new Set(listAt(after.value, "required"))];
    for (const name of Object.keys(one)) {
      const at = { place: `${place}/${escapeToken(name)}`, pointer: memberPlace(before, name) };
      const [was, is] = [{ value: objectAt(one, name), place: at.pointer }, { value: objectAt(other, name), place: memberPlace(after, name) }];
      if (!Object.hasOwn(other, name)) {
        // In a request it is no longer looked at; in an answer it is no longer there.
        this.changes.push({ ...at, kind: "property-removed", severity: this.#isOthers(this.#sides.before, was) ? "non-breaking" : "breaking", message: `"${name}" is gone` });
        continue;
      }
      // What this side never has is not this side's matter.
      if (this.#isOthers(this.#sides.before, was) && this.#isOthers(this.#sides.after, is)) continue;
      this.#need(name, [needed.has(name), needs.has(name) && !this.#isOthers(this.#sides.after, is)], at);
      this.compare(was, is, at.place, depth + 1);
    }
    for (const name of Object.keys(other).filter((each) => !Object.hasOwn(one, each))) {
      const is = { value: objectAt(other, name), place: memberPlace(after, name) };
      const isNeeded = this.#direction === "request" && needs.has(name) && !needed.has(name) && !this.#isOthers(this.#sides.after, is);
      this.changes.push({ kind: "property-added", severity: isNeeded ? "breaking" : "non-breaking", place: `${place}/${escapeToken(name)}`, pointer: is.place, message: `"${name}" is new${isNeeded ? " and required" : ""}` });
    }
    // Required, and said nothing else of.
    for (const name of [...new Set([...needed, ...needs])].filter((each) => typeof each === "string" && !Object.hasOwn(one, each) && !Object.hasOwn(other, each))) {
      this.#need(name as string, [needed.has(name), needs.has(name)], { place: `${place}/${escapeToken(name as string)}`, pointer: before.place });
    }
    this.#others(before, after, { place, depth });
  }

  #need(name: string, [was, is]: [boolean, boolean], at: { place: string; pointer: string }): void {
    if (was && !is) this.widened({ ...at, kind: "property-optional", message: `"${name}" is optional now` });
    if (!was && is) this.narrowed({ ...at, kind: "property-required", message: `"${name}" is required now` });
  }

  /** Set by the other side alone: readOnly in a request, writeOnly in an answer. */
  #isOthers({ document }: Side, property: Placed): boolean {
    return isOthers(document, property.value, this.#direction);
  }

  #others(before: Placed, after: Placed, { place, depth }: { place: string; depth: number }): void {
    for (const word of ["additionalProperties", "unevaluatedProperties"] as const) this.#unnamed(word, [before, after], { place, depth });
  }

  #unnamed(word: "additionalProperties" | "unevaluatedProperties", [before, after]: [Placed, Placed], { place, depth }: { place: string; depth: number }): void {
    const [one, other] = [unnamedOf(before.value, word), unnamedOf(after.value, word)];
    const at = { place, pointer: before.place };
    if (one !== false && other === false) this.narrowed({ ...at, kind: "additional-closed", message: "members that are not named are no longer allowed" });
    else if (one === false && other !== false) this.widened({ ...at, kind: "additional-opened", message: "members that are not named are allowed now" }, "non-breaking");
    else if (isJsonObject(one) && isJsonObject(other)) this.compare({ value: one, place: `${before.place}/${word}` }, { value: other, place: `${after.place}/${word}` }, `${place}/*`, depth + 1);
    else if (isJsonObject(other)) this.narrowed({ ...at, place: `${place}/*`, kind: "schema-added", message: "it is said what members are that are not named" });
    else if (isJsonObject(one)) this.widened({ ...at, place: `${place}/*`, kind: "schema-removed", message: "members that are not named may be anything now" });
  }

  #items(before: Placed, after: Placed, { place, depth }: { place: string; depth: number }): void {
    const [one, other] = [before.value["items"], after.value["items"]];
    if (isJsonObject(one) && isJsonObject(other)) this.compare({ value: one, place: `${before.place}/items` }, { value: other, place: `${after.place}/items` }, `${place}/*`, depth + 1);
    else if (isJsonObject(one) !== isJsonObject(other)) this.unclear({ kind: isJsonObject(one) ? "schema-removed" : "schema-added", place: `${place}/*`, pointer: before.place, message: "what items are is said in one of the documents only" });
  }

  /** Alternatives are the same by reference or by their text; what is left over is gone, or new. */
  #alternatives(before: Placed, after: Placed, { place, depth }: { place: string; depth: number }): void {
    for (const name of ["allOf", "anyOf", "oneOf"]) {
      if (name !== "allOf" && this.#isChoiceOfOne(name, { before, after }, place)) continue;
      const rest = listAt(after.value, name).map((schema, index) => ({ schema, place: `${after.place}/${name}/${index}` }));
      const gone = listAt(before.value, name).flatMap((schema, index) => {
        const at = rest.findIndex((other) => sameAlternative(schema, other.schema));
        const [other] = at === -1 ? [] : rest.splice(at, 1);
        const from = { value: isJsonObject(schema) ? schema : {}, place: `${before.place}/${name}/${index}` };
        if (!other) return [from];
        this.compare(from, { value: isJsonObject(other.schema) ? other.schema : {}, place: other.place }, place, depth + 1);
        return [];
      });
      if (gone.length === 1 && rest.length === 1) this.compare(gone[0] as Placed, { value: isJsonObject(rest[0]?.schema) ? rest[0].schema : {}, place: rest[0]?.place ?? "" }, place, depth + 1);
      else this.#unmatched(name, { gone, added: rest.length, place });
    }
    compareConditions({ before, after }, { place, depth }, this);
  }

  /** Whether anything is said otherwise, by whatever name. */
  differs(before: Placed, after: Placed, depth: number): boolean {
    const comparison = new SchemaComparison(this.#sides, this.#direction, this.#seen);
    comparison.compare(before, after, "", depth);
    return comparison.changes.length > 0;
  }

  /** Alternatives in one of the documents only: what was there is one of them, or they are a condition that there was not. */
  #isChoiceOfOne(name: string, { before, after }: { before: Placed; after: Placed }, place: string): boolean {
    const [was, is] = [listAt(before.value, name), listAt(after.value, name)];
    if ((was.length === 0) === (is.length === 0)) return false;
    const [plain, choice, list] = was.length === 0 ? [before, after, is] : [after, before, was];
    const sides = was.length === 0 ? this.#sides : { before: this.#sides.after, after: this.#sides.before };
    const isAmong = list.slice(0, maxTried).some((schema, index) => {
      const comparison = new SchemaComparison(sides, "request");
      comparison.compare(plain, { value: isJsonObject(schema) ? schema : {}, place: `${choice.place}/${name}/${index}` }, "");
      return comparison.changes.every(({ severity }) => severity !== "breaking");
    });
    const at = { place, pointer: before.place };
    if (isAmong === (was.length === 0)) this.widened({ ...at, kind: "alternative-added", message: is.length > 0 ? "is one of several alternatives now" : "need not be one of the alternatives any more" });
    else this.narrowed({ ...at, kind: "alternative-removed", message: is.length > 0 ? "has to be one of several alternatives now" : "the other alternatives are gone" });
    return true;
  }

  #unmatched(name: string, { gone, added, place }: { gone: readonly Placed[]; added: number; place: string }): void {
    if (gone.length > 0 && added > 0) return this.unclear({ kind: "composition-changed", place, pointer: gone[0]?.place ?? "", message: `${name}: ${gone.length} parts are gone and ${added} are new` });
    const [narrow, wide] = name === "allOf" ? [added, gone.length] : [gone.length, added];
    if (narrow > 0) this.narrowed({ kind: "alternative-removed", place, pointer: gone[0]?.place ?? "", message: name === "allOf" ? "more has to be fulfilled now" : `${narrow} of the alternatives ${narrow === 1 ? "is" : "are"} gone` });
    if (wide > 0) this.widened({ kind: "alternative-added", place, pointer: gone[0]?.place ?? "", message: name === "allOf" ? "less has to be fulfilled now" : `${wide} alternatives are new` }, this.#direction === "response" ? "unknown" : undefined);
  }
}

function memberPlace({ place, memberPlaces }: FlatSchema, name: string): string {
  return memberPlaces.get(name) ?? `${place}/properties/${escapeToken(name)}`;
}

/** What members may be that are not named; a schema that says nothing is none. */
function unnamedOf(schema: JsonObject, word: "additionalProperties" | "unevaluatedProperties"): Json {
  const others = schema[word] ?? true;
  return isJsonObject(others) && Object.keys(others).length === 0 ? true : others;
}

/** Every integer is a number. */
function within(some: readonly string[] | null, others: readonly string[] | null): boolean {
  if (others === null) return true;
  return some !== null && some.every((type) => others.includes(type) || (type === "integer" && others.includes("number")));
}

function valuesOf(schema: JsonObject): readonly Json[] | null {
  if (schema["const"] !== undefined) return [schema["const"]];
  // `null` beside `nullable` says nothing more.
  return Array.isArray(schema["enum"]) ? schema["enum"].filter((value) => value !== null) : null;
}

function sameAlternative(one: Json, other: Json): boolean {
  if (isJsonObject(one) && isJsonObject(other) && typeof one["$ref"] === "string") return one["$ref"] === other["$ref"];
  return equalJson(one, other);
}

function shown(value: Json | undefined): string {
  return value === undefined ? "none" : short(value);
}

