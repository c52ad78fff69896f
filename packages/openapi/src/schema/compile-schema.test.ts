import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "@parley/merge";
import type { ApiDocument } from "../document/document.ts";
import { Compiler } from "./compile-schema.ts";
import { Run, type Violation } from "./run.ts";

const root: JsonObject = {
  openapi: "3.1.0", paths: {},
  components: { schemas: { Tree: { type: "object", required: ["name"], properties: { name: { type: "string", minLength: 1 }, children: { type: "array", items: { $ref: "#/components/schemas/Tree" } } } },
    Any: true, None: false, Named: { $anchor: "named", type: "string" }, List: { $dynamicAnchor: "list", type: ["object", "null"], properties: { next: { $dynamicRef: "#list" } }, unevaluatedProperties: false },
    Cat: { type: "object", required: ["kind", "lives"], properties: { kind: { type: "string" }, lives: { type: "integer" } } }, Dog: { type: "object", required: ["kind", "name"], properties: { kind: { type: "string" }, name: { type: "string", minLength: 2 } } },
  } },
};
root["it"] = { $ref: "#/components/schemas/Named", maxLength: 3 };
const documents: Record<"3.0" | "3.1", ApiDocument> = { "3.0": { dialect: "3.0", root }, "3.1": { dialect: "3.1", root } };

function violations(schema: Json, value: Json, options: { dialect?: "3.0" | "3.1"; direction?: "request" | "response" } = {}): Violation[] {
  const run = new Run(20);
  new Compiler(documents[options.dialect ?? "3.1"], options.direction ?? "request").check(schema, "#/it")(value, run);
  return run.violations;
}

test("names the place in the value and in the document, through references and circles", () => {
  const value = { name: "a", children: [{ name: "b" }, { name: "c", children: [{ name: "" }, {}] }] };
  expect(violations({ $ref: "#/components/schemas/Tree" }, value)).toEqual([
    { pointer: "/children/1/children/0/name", message: "is shorter than 1", schema: "#/components/schemas/Tree/properties/name/minLength" },
    { pointer: "/children/1/children/1", message: 'lacks "name"', schema: "#/components/schemas/Tree/required" },
  ]);
});

describe("what only 3.0 says", () => {
  test("nullable and exclusive bounds as flags", () => {
    const schema = { type: "integer", nullable: true, minimum: 1, exclusiveMinimum: true };
    expect(violations(schema, null, { dialect: "3.0" })).toEqual([]);
    expect(violations(schema, 1, { dialect: "3.0" })).toHaveLength(1);
    expect(violations(schema, null)).toHaveLength(1);
    expect(violations({ type: "string", enum: ["a"], nullable: true }, null, { dialect: "3.0" })).toEqual([]);
  });

  test("what stands beside a reference does not count", () => {
    const schema = { $ref: "#/components/schemas/Tree", minProperties: 5 };
    expect([violations(schema, { name: "a" }, { dialect: "3.0" }).length, violations(schema, { name: "a" }).length]).toEqual([0, 1]);
  });
});

test("what only the server sets is not asked of a request, and the other way round", () => {
  const schema = { type: "object", required: ["id", "password"], properties: { id: { readOnly: true }, password: { writeOnly: true } } };
  expect(violations(schema, { password: "x" })).toEqual([]);
  expect(violations(schema, { id: 1 }, { direction: "response" })).toEqual([]);
  expect(violations(schema, {})).toHaveLength(1);
});

test.each<[name: string, schema: Json, good: readonly Json[], bad: readonly Json[]]>([
  ["a schema named by an anchor", { $ref: "#named" }, ["a"], [1]],
  ["a dynamic reference, where the document has one schema of the name", { $dynamicRef: "#list" }, [null, { next: { next: null } }], [1, { next: { next: 1 } }, { next: { other: 1 } }]],
  ["references to what is always and what is never right", { properties: { a: { $ref: "#/components/schemas/Any" }, b: { $ref: "#/components/schemas/None" } } }, [{ a: 1 }], [{ b: 1 }]],
  ["what stands beside a reference to a reference", { $ref: "#/it", minLength: 2 }, ["ab"], ["a"]],
  ["members that no part names", { allOf: [{ properties: { a: {} } }], anyOf: [{ required: ["b"], properties: { b: {} } }, true], unevaluatedProperties: false }, [{ a: 1 }, { a: 1, b: 1 }], [{ c: 1 }]],
  ["members that are named by a part that does not fit", { anyOf: [{ properties: { a: { const: 1 } } }, { properties: { b: {} } }], unevaluatedProperties: false }, [{ a: 1 }, { b: 1 }], [{ a: 2 }]],
  ["members behind a reference", { $ref: "#/components/schemas/Cat", properties: { age: {} }, unevaluatedProperties: false }, [{ kind: "cat", lives: 9, age: 1 }], [{ kind: "cat", lives: 9, ages: 1 }]],
  ["members under a condition", JSON.parse('{ "if": { "properties": { "a": { "const": 1 } }, "required": ["a"] }, "then": { "properties": { "b": {} } }, "else": { "properties": { "c": {} } }, "unevaluatedProperties": false }') as Json, [{ a: 1, b: 1 }, { c: 1 }], [{ a: 1, c: 1 }, { b: 1 }]],
  ["members that have to be of a kind", { properties: { a: {} }, patternProperties: { "^x": {} }, unevaluatedProperties: { type: "integer" } }, [{ a: "a", xa: "a", b: 1 }], [{ b: "a" }]],
  ["items that no part looks at", { prefixItems: [{ type: "string" }], contains: { type: "null" }, unevaluatedItems: false }, [["a", null]], [["a", null, 1]]],
  ["a schema that goes with a member", { dependentSchemas: { card: { required: ["address"], properties: { address: {} } } }, properties: { card: {} }, unevaluatedProperties: false }, [{ card: 1, address: 1 }, {}], [{ card: 1 }, { address: 1 }]],
])("%s", (_name, schema, good, bad) => {
  for (const value of good) expect(violations(schema, value), JSON.stringify(value)).toEqual([]);
  for (const value of bad) expect(violations(schema, value).length, JSON.stringify(value)).toBeGreaterThan(0);
});

test("names what is wrong in the alternative that a discriminator names, by its mapping or by the schema's name", () => {
  const oneOf = [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }];
  const schema = { oneOf, discriminator: { propertyName: "kind", mapping: { hound: "#/components/schemas/Dog" } } };
  expect(violations(schema, { kind: "Cat" })).toMatchObject([{ pointer: "", message: 'lacks "lives"' }]);
  expect(violations(schema, { kind: "hound", name: "a" })).toMatchObject([{ pointer: "/name", message: "is shorter than 2" }]);
  expect([violations(schema, { kind: "bird" }), violations({ oneOf }, { kind: "Cat" })]).toMatchObject([[{ message: "fits none of the alternatives" }], [{ message: "fits none of the alternatives" }]]);
});

test("what only the server sets is known behind a reference and beside it, and where another part asks for it", () => {
  const schema = { type: "object", required: ["id", "at", "by"], properties: { id: { $ref: "#/components/schemas/Any", readOnly: true }, at: { allOf: [{ readOnly: true }] } }, allOf: [{ properties: { by: { readOnly: true } } }, { required: ["id"] }] };
  expect(violations(schema, {})).toEqual([]);
  expect(violations(schema, {}, { direction: "response" })).toHaveLength(4);
});

test("a schema that is a part of itself is given up, not followed for ever", () => {
  const self: JsonObject = { components: { schemas: { Self: { allOf: [{ $ref: "#/components/schemas/Self" }], unevaluatedProperties: false } } } };
  const run = new Run(20);
  new Compiler({ dialect: "3.1", root: self }, "request").check({ $ref: "#/components/schemas/Self" }, "#")({}, run);
  expect(run.gaveUp).toBe(true);
});

test("a pattern that would take others minutes takes no time", () => {
  const started = performance.now();
  expect(violations({ type: "string", pattern: "^(a+)+$" }, `${"a".repeat(50_000)}!`)).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(2_000);
});

test("a schema of branches upon branches is given up, not followed for ever", () => {
  const schemas: JsonObject = {};
  for (let level = 0; level < 30; level++) schemas[`L${level}`] = { anyOf: [{ $ref: `#/components/schemas/L${level + 1}` }, { $ref: `#/components/schemas/L${level + 1}` }] };
  schemas["L30"] = { type: "string" };
  const run = new Run(20);
  new Compiler({ dialect: "3.1", root: { components: { schemas } } }, "request").check({ $ref: "#/components/schemas/L0" }, "#")(1, run);
  expect(run.gaveUp).toBe(true);
});

const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.integer({ min: -5, max: 5 }), fc.constantFrom("", "a", "ab", "😀", "2026-02-30", "2026-02-28"));
const values: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value"), { maxLength: 3 }), fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3, noNullPrototype: true }) as fc.Arbitrary<Json>),
})).value;

const schemas: fc.Arbitrary<Json> = fc.letrec<{ schema: Json }>((tie) => {
  const list = fc.array(tie("schema"), { minLength: 1, maxLength: 2 });
  const keyword = (name: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Json> => value.map((one) => ({ [name]: one })) as fc.Arbitrary<Json>;
  const one = fc.oneof(
    { depthSize: "small" },
    keyword("type", fc.constantFrom("string", "integer", "number", "object", "array", "boolean", "null")),
    keyword("enum", fc.uniqueArray(leaf, { minLength: 1, maxLength: 3 })),
    fc.constantFrom<Json>({ minLength: 2 }, { maxLength: 1 }, { minimum: 0 }, { exclusiveMaximum: 2 }, { multipleOf: 2 }, { format: "date" }, { pattern: "^a" }, { uniqueItems: true }, { minItems: 1 }, { maxItems: 1 }, { required: ["a"] }, { maxProperties: 1 }, true, false),
    keyword("items", tie("schema")), keyword("properties", fc.dictionary(fc.constantFrom("a", "b"), tie("schema"), { noNullPrototype: true })), keyword("additionalProperties", tie("schema")),
    keyword("prefixItems", list), keyword("anyOf", list), keyword("oneOf", list), keyword("not", tie("schema")), keyword("propertyNames", tie("schema")),
    keyword("allOf", list), keyword("dependentSchemas", fc.dictionary(fc.constantFrom("a", "b"), tie("schema"), { noNullPrototype: true })),
  );
  return { schema: fc.oneof({ depthSize: "small" }, one, fc.array(one, { minLength: 2, maxLength: 3 }).map((parts) => Object.assign({}, ...parts.filter((part) => typeof part === "object")) as Json)) };
}).schema;

test("judges as a well-known validator does", () => {
  const ajv = new Ajv2020.default({ strict: false, logger: false });
  addFormats.default(ajv);
  fc.assert(fc.property(schemas, fc.array(values, { minLength: 1, maxLength: 6 }), (schema, candidates) => {
    const validate = ajv.compile(schema as object);
    for (const value of candidates) expect(violations(schema, value).length === 0, JSON.stringify({ schema, value })).toBe(validate(value));
  }), { numRuns: 1_000 });
}, 60_000);

test("an array contains at least one, or as many as it says", () => {
  const schema = { contains: { const: 1 } };
  expect([[1], [2, 1], [], [2]].map((value) => violations(schema, value).length)).toEqual([0, 0, 1, 1]);
  expect([[1], [1, 1], [1, 1, 1]].map((value) => violations({ ...schema, minContains: 2, maxContains: 2 }, value).length)).toEqual([1, 0, 1]);
});
