import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "@parley/merge";
import { documentOf, type ApiDocument } from "../document/document.ts";
import { compareDocuments } from "./compare-documents.ts";

type Where = "request" | "response";

function aDocument(operation: JsonObject, more: JsonObject = {}): ApiDocument {
  return documentOf({ openapi: "3.0.3", paths: { "/notes/{id}": { put: { operationId: "putNote", responses: { 200: {} }, ...operation } } }, ...more }) as ApiDocument;
}

function withSchema(schema: Json, where: Where): ApiDocument {
  const content = { "application/json": { schema } };
  return aDocument(where === "request" ? { requestBody: { content } } : { responses: { 200: { content } } });
}

const found = (before: ApiDocument, after: ApiDocument): string[] => compareDocuments(before, after).changes.map(({ kind, severity, place }) => `${severity} ${kind} ${place}`.trim());

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: "object", properties, ...more });

test("the way in which a member of a form is written is part of the contract", () => {
  const withEncoding = (encoding: JsonObject): ApiDocument => aDocument({ requestBody: { content: { "application/x-www-form-urlencoded": { schema: object({ tags: { type: "array" } }), encoding } } } });
  expect(found(withEncoding({}), withEncoding({ tags: { style: "form", explode: false } }))).toEqual(["breaking encoding-changed body /tags"]);
  expect(found(withEncoding({ tags: { style: "form" } }), withEncoding({ tags: { explode: true } }))).toEqual([]);
  expect(found(withEncoding({ tags: { contentType: "image/png" } }), withEncoding({ tags: { contentType: "image/gif, image/png" } }))).toEqual(["non-breaking encoding-changed body /tags"]);
  expect(compareDocuments(withEncoding({ tags: { style: "pipeDelimited" } }), withEncoding({})).changes).toMatchObject([{ uses: "/tags", message: "in application/x-www-form-urlencoded it was written as pipeDelimited and is as its schema has it" }]);
});

const base = (schema: Json): JsonObject => ({ openapi: "3.1.0", components: { schemas: { Base: schema } } });

test.each<[name: string, schemas: [Json, Json], bases: [Json, Json], found: string[]]>([
  ["a bound beside a reference", [{ $ref: "#/components/schemas/Base" }, { $ref: "#/components/schemas/Base", maxLength: 5 }], [{ type: "string" }, { type: "string" }], ["breaking constraint-tightened body"]],
  ["a member beside a reference", [{ $ref: "#/components/schemas/Base", properties: { b: {} } }, { $ref: "#/components/schemas/Base" }], [object({ a: {} }), object({ a: {} })], ["breaking property-removed body /b"]],
  ["what a schema with more beside it refers to", [{ $ref: "#/components/schemas/Base", properties: { b: {} } }, { $ref: "#/components/schemas/Base", properties: { b: {} } }], [object({ a: { type: "number" } }), object({ a: { type: "integer" } })], ["breaking type-narrowed body /a"]],
  ["a text beside a reference", [{ $ref: "#/components/schemas/Base" }, { $ref: "#/components/schemas/Base", description: "a note" }], [object({ a: {} }), object({ a: {} })], []],
  ["read-only beside a reference", [object({ id: { $ref: "#/components/schemas/Base", readOnly: true } }, { required: ["id"] }), object({ id: { $ref: "#/components/schemas/Base", readOnly: true }, at: { $ref: "#/components/schemas/Base", readOnly: true } }, { required: ["id", "at"] })], [{}, {}], ["non-breaking property-added body /at"]],
  ["a first item", [{ prefixItems: [{ $ref: "#/components/schemas/Base" }, {}] }, { prefixItems: [{ $ref: "#/components/schemas/Base" }, {}] }], [{ type: "number" }, { type: "integer" }], ["breaking type-narrowed body /0"]],
  ["a first item more", [{ prefixItems: [{}] }, { prefixItems: [{}, {}] }], [{}, {}], ["unknown composition-changed body"]],
  ["members by their pattern", [{ patternProperties: { "^x": { type: "number" } } }, { patternProperties: { "^x": { type: "integer" } } }], [{}, {}], ["breaking type-narrowed body /*"]],
  ["closed to what no part names", [{ allOf: [{ $ref: "#/components/schemas/Base" }] }, { allOf: [{ $ref: "#/components/schemas/Base" }], unevaluatedProperties: false }], [object({ a: {} }), object({ a: {} })], ["breaking additional-closed body"]],
  ["what must not be, behind a reference", [{ not: { $ref: "#/components/schemas/Base" } }, { not: { $ref: "#/components/schemas/Base" } }], [{ type: "string" }, { type: "integer" }], ["unknown composition-changed body"]],
  ["one value for another", [{ const: "a" }, { const: "b" }], [{}, {}], ["breaking enum-value-removed body", "non-breaking enum-value-added body"]],
  ["behind an anchor", [{ $ref: "#base" }, { $ref: "#base" }], [{ $anchor: "base", type: "number" }, { $anchor: "base", type: "integer" }], ["breaking type-narrowed body"]],
])("3.1: %s", (_name, [before, after], [one, other], changes) => {
  const documentWith = (schema: Json, more: Json): ApiDocument => aDocument({ requestBody: { content: { "application/json": { schema } } } }, base(more));
  expect(found(documentWith(before, one), documentWith(after, other))).toEqual(changes);
});

test.each<[name: string, before: Json, after: Json, found: Record<Where, string[]>]>([
  ["nothing", object({ a: { type: "string" } }), object({ a: { type: "string", description: "a text" } }), { request: [], response: [] }],
  ["a property is gone", object({ a: {}, b: {} }), object({ a: {} }), { request: ["breaking property-removed body /b"], response: ["breaking property-removed 200 /b"] }],
  ["a property is new", object({}), object({ a: {} }), { request: ["non-breaking property-added body /a"], response: ["non-breaking property-added 200 /a"] }],
  ["a property is new and required", object({}), object({ a: {} }, { required: ["a"] }), { request: ["breaking property-added body /a"], response: ["non-breaking property-added 200 /a"] }],
  ["required now", object({ a: {} }), object({ a: {} }, { required: ["a"] }), { request: ["breaking property-required body /a"], response: ["non-breaking property-required 200 /a"] }],
  ["optional now", object({ a: {} }, { required: ["a"] }), object({ a: {} }), { request: ["non-breaking property-optional body /a"], response: ["breaking property-optional 200 /a"] }],
  ["a wider type", { type: "integer" }, { type: "number" }, { request: ["non-breaking type-widened body"], response: ["breaking type-widened 200"] }],
  ["a narrower type", { type: "number" }, { type: "integer" }, { request: ["breaking type-narrowed body"], response: ["non-breaking type-narrowed 200"] }],
  ["another type", { type: "string" }, { type: "integer" }, { request: ["breaking type-changed body"], response: ["breaking type-changed 200"] }],
  ["null no longer", { type: "string", nullable: true }, { type: "string" }, { request: ["breaking null-removed body"], response: ["non-breaking null-removed 200"] }],
  ["null now", { type: "string" }, { type: "string", nullable: true }, { request: ["non-breaking null-added body"], response: ["breaking null-added 200"] }],
  ["a value is gone", { enum: ["a", "b"] }, { enum: ["a"] }, { request: ["breaking enum-value-removed body"], response: ["non-breaking enum-value-removed 200"] }],
  ["a value is new", { enum: ["a"] }, { enum: ["a", "b"] }, { request: ["non-breaking enum-value-added body"], response: ["unknown enum-value-added 200"] }],
  ["only some values now", { type: "string" }, { type: "string", enum: ["a"] }, { request: ["breaking enum-added body"], response: ["non-breaking enum-added 200"] }],
  ["longer texts", { maxLength: 5 }, { maxLength: 9 }, { request: ["non-breaking constraint-loosened body"], response: ["breaking constraint-loosened 200"] }],
  ["shorter texts", {}, { maxLength: 9 }, { request: ["breaking constraint-tightened body"], response: ["non-breaking constraint-tightened 200"] }],
  ["a bound that is exclusive now", { minimum: 1 }, { minimum: 1, exclusiveMinimum: true }, { request: ["breaking constraint-tightened body"], response: ["non-breaking constraint-tightened 200"] }],
  ["a lower bound that is lower", { minimum: 1 }, { minimum: 0 }, { request: ["non-breaking constraint-loosened body"], response: ["breaking constraint-loosened 200"] }],
  ["another pattern", { pattern: "^a" }, { pattern: "^b" }, { request: ["unknown pattern-changed body"], response: ["unknown pattern-changed 200"] }],
  ["another format", { format: "date" }, { format: "date-time" }, { request: ["unknown format-changed body"], response: ["unknown format-changed 200"] }],
  ["larger integers", { format: "int32" }, { format: "int64" }, { request: ["non-breaking format-changed body"], response: ["breaking format-changed 200"] }],
  ["closed to other members", object({}), object({}, { additionalProperties: false }), { request: ["breaking additional-closed body"], response: ["non-breaking additional-closed 200"] }],
  ["open to other members", object({}, { additionalProperties: false }), object({}), { request: ["non-breaking additional-opened body"], response: ["non-breaking additional-opened 200"] }],
  ["an alternative less", { oneOf: [{ type: "string" }, { type: "integer" }] }, { oneOf: [{ type: "string" }] }, { request: ["breaking alternative-removed body"], response: ["non-breaking alternative-removed 200"] }],
  ["in items of items", { type: "array", items: object({ a: { type: "array", items: { type: "string" } } }) }, { type: "array", items: object({ a: { type: "array", items: { type: "boolean" } } }) }, { request: ["breaking type-changed body /*/a/*"], response: ["breaking type-changed 200 /*/a/*"] }],
  ["a condition on what a part says", { allOf: [object({ a: {} }), { type: "object" }] }, { allOf: [object({ a: {} }), { type: "object", required: ["a"] }] }, { request: ["breaking property-required body /a"], response: ["non-breaking property-required 200 /a"] }],
  ["written as parts", object({ a: { type: "string" }, b: {} }, { required: ["a"] }), { allOf: [object({ a: { type: "string" } }, { required: ["a"] }), object({ b: {} })] }, { request: [], response: [] }],
  ["a member gone from a part", { allOf: [object({ a: {} }), object({ b: {}, c: {} })] }, { allOf: [object({ a: {} }), object({ b: {} })] }, { request: ["breaking property-removed body /c"], response: ["breaking property-removed 200 /c"] }],
  ["closed parts stay parts", { allOf: [object({ a: {} }, { additionalProperties: false }), object({ b: {} })] }, { allOf: [object({ a: {} }, { additionalProperties: false }), object({ b: {} })] }, { request: [], response: [] }],
  ["a choice where there was none", object({}), { ...object({}), oneOf: [{ required: ["a"], properties: { a: { type: "string" } }, type: "object" }, { required: ["b"] }] }, { request: ["breaking alternative-removed body"], response: ["non-breaking alternative-removed 200"] }],
  ["one of several now", { type: "string" }, { oneOf: [{ type: "integer" }, { type: "string" }] }, { request: ["non-breaking type-widened body", "non-breaking alternative-added body"], response: ["breaking type-widened 200", "breaking alternative-added 200"] }],
  ["one alone of several", { oneOf: [{ type: "integer" }, { type: "string" }] }, { type: "string" }, { request: ["breaking type-narrowed body", "breaking alternative-removed body"], response: ["non-breaking type-narrowed 200", "non-breaking alternative-removed 200"] }],
  ["what others are", { type: "object" }, { type: "object", additionalProperties: { type: "string" } }, { request: ["breaking schema-added body /*"], response: ["non-breaking schema-added 200 /*"] }],
  ["names by a pattern", { patternProperties: { "^x-": { type: "string" } } }, { patternProperties: { "^x-": { type: "integer" } } }, { request: ["breaking type-changed body /*"], response: ["breaking type-changed 200 /*"] }],
])("a schema: %s", (_name, before, after, { request, response }) => {
  expect(found(withSchema(before, "request"), withSchema(after, "request"))).toEqual(request);
  expect(found(withSchema(before, "response"), withSchema(after, "response"))).toEqual(response);
});

test("what the other side alone sets is no matter of this one", () => {
  const [before, after] = [object({ id: { type: "string", enum: ["a", "b"], readOnly: true }, secret: { type: "string", writeOnly: true } }), object({ id: { type: "string", enum: ["a"], readOnly: true }, secret: { type: "integer", writeOnly: true } }, { required: ["id"] })];
  expect(found(withSchema(before, "request"), withSchema(after, "request"))).toEqual(["breaking type-changed body /secret"]);
  expect(found(withSchema(before, "response"), withSchema(after, "response"))).toEqual(["non-breaking property-required 200 /id", "non-breaking enum-value-removed 200 /id"]);
  const without = object({});
  expect(found(withSchema(before, "request"), withSchema(without, "request"))).toEqual(["breaking property-removed body /secret", "non-breaking property-removed body /id"]);
});

test("the two ways to allow null are one, and a part alone is the whole", () => {
  const written = (openapi: string, schema: Json): ApiDocument => documentOf({ openapi, paths: { "/notes": { put: { requestBody: { content: { "application/json": { schema } } }, responses: { 200: { content: { "application/json": { schema } } } } } } }, components: { schemas: { Tag: object({ name: { type: "string" } }) } } }) as ApiDocument;
  const tag = { $ref: "#/components/schemas/Tag" };
  const [plain, nullable] = [object({ a: { type: "string", nullable: true }, b: tag }), object({ a: { anyOf: [{ type: "string" }, { type: "null" }] }, b: { allOf: [tag] } })];
  expect(found(written("3.0.3", plain), written("3.1.0", nullable))).toEqual([]);
  expect(found(written("3.1.0", object({ b: tag })), written("3.1.0", object({ b: { oneOf: [{ type: "null" }, tag] } })))).toEqual(["breaking null-added 200 /b", "non-breaking null-added body /b"]);
  expect(found(written("3.1.0", nullable), written("3.1.0", object({ a: { type: ["integer", "null"] }, b: tag })))).toEqual(["breaking type-changed body /a", "breaking type-changed 200 /a"]);
});

const query = (more: JsonObject): JsonObject => ({ parameters: [{ in: "query", name: "limit", ...more }] });

test.each<[name: string, before: JsonObject, after: JsonObject, changes: string[]]>([
  ["a parameter is gone", query({}), {}, ["breaking parameter-removed query limit"]],
  ["a parameter is new", {}, query({}), ["non-breaking parameter-added query limit"]],
  ["a parameter is new and required", {}, query({ required: true }), ["breaking parameter-added query limit"]],
  ["a parameter is required now", query({}), query({ required: true }), ["breaking parameter-required query limit"]],
  ["a parameter's type is narrower", query({ schema: { type: "number" } }), query({ schema: { type: "integer" } }), ["breaking type-narrowed query limit"]],
  ["a parameter is written otherwise", query({ explode: true }), query({ explode: false }), ["breaking parameter-style-changed query limit"]],
  ["a body is asked for", {}, { requestBody: { required: true, content: {} } }, ["breaking body-added body"]],
  ["a body is taken", {}, { requestBody: { content: {} } }, ["non-breaking body-added body"]],
  ["a media type is gone", { requestBody: { content: { "text/csv": {}, "application/json": {} } } }, { requestBody: { content: { "application/json": {} } } }, ["breaking media-type-removed body"]],
  ["a media type is one of a range", { requestBody: { content: { "text/csv": {} } } }, { requestBody: { content: { "text/*": {} } } }, ["non-breaking media-type-added body"]],
  ["a status is one of a range", { responses: { 200: {} } }, { responses: { "2XX": {} } }, ["unknown status-added 2XX"]],
  ["a good status is gone", { responses: { 200: {}, 201: {} } }, { responses: { 200: {} } }, ["breaking status-removed 201"]],
  ["an error is new", {}, { responses: { 200: {}, 429: {} } }, ["non-breaking status-added 429"]],
  ["a header is gone", { responses: { 200: { headers: { "X-Total": {} } } } }, {}, ["breaking header-removed 200 header x-total"]],
  ["credentials are asked for", { security: [] }, { security: [{ key: [] }] }, ["breaking security-tightened security"]],
  ["more scopes are asked for", { security: [{ key: ["read"] }] }, { security: [{ key: ["read", "write"] }] }, ["breaking security-tightened security"]],
  ["another way in", { security: [{ key: [] }] }, { security: [{ key: [] }, { token: [] }] }, ["non-breaking security-loosened security"]],
  ["another name for the operation", {}, { operationId: "replaceNote" }, ["unknown operation-id-changed"]],
  ["deprecated", {}, { deprecated: true }, ["non-breaking operation-deprecated"]],
])("an operation: %s", (_name, before, after, changes) => {
  expect(found(aDocument(before), aDocument(after))).toEqual(changes);
});

test("operations that are gone and new; another name of a placeholder is no change", () => {
  const paths = (names: Record<string, string[]>): ApiDocument => documentOf({ openapi: "3.0.3", paths: Object.fromEntries(Object.entries(names).map(([path, methods]) => [path, Object.fromEntries(methods.map((method) => [method, { responses: {} }]))])) }) as ApiDocument;
  expect(compareDocuments(paths({ "/a/{id}": ["get", "put"], "/b": ["get"] }), paths({ "/a/{key}": ["get"], "/c": ["get"] })).changes.map(({ kind, endpoint }) => `${kind} ${endpoint}`)).toEqual(["operation-removed PUT /a/{id}", "operation-removed GET /b", "operation-added GET /c"]);
});

test("a change has the same id every time, and another change another", () => {
  const [one, two] = [withSchema(object({ a: {}, b: {} }), "request"), withSchema(object({}), "request")];
  const ids = (): string[] => compareDocuments(one, two).changes.map(({ id }) => id);
  expect(ids()).toEqual(ids());
  expect(new Set(ids()).size).toBe(2);
});

test("a schema that refers to itself, and a change deep in what is referred to", () => {
  const tree = (type: string): ApiDocument => aDocument({ requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Tree" } } } } }, {
    components: { schemas: { Tree: object({ children: { type: "array", items: { $ref: "#/components/schemas/Tree" } }, leaf: { $ref: "#/components/schemas/Leaf" } }), Leaf: object({ size: { type } }) } },
  });
  expect(found(tree("integer"), tree("integer"))).toEqual([]);
  expect(found(tree("number"), tree("integer"))).toEqual(["breaking type-narrowed body /leaf/size"]);
});

test("names what the call log knows of a change: the member, the value, the parameter", () => {
  const before = aDocument({ ...query({ schema: { enum: ["a", "b"] } }), requestBody: { content: { "application/json": { schema: object({ title: { enum: ["x", "y"] }, gone: {} }) } } } });
  const after = aDocument({ ...query({ schema: { enum: ["a"] } }), requestBody: { content: { "application/json": { schema: object({ title: { enum: ["x"] } }) } } } });
  expect(compareDocuments(before, after).changes.map(({ uses }) => uses)).toEqual(["?limit=b", "/title=y", "/gone"]);
});

function published(name: string): ApiDocument {
  return documentOf(JSON.parse(readFileSync(createRequire(import.meta.url).resolve(`@octokit/openapi/generated/${name}.json`), "utf8")) as Json) as ApiDocument;
}

test("finds nothing between a public document of 14 megabytes and itself, and what changed between two releases in seconds", () => {
  expect(compareDocuments(published("api.github.com.deref"), published("api.github.com.deref")).changes).toEqual([]);
  const started = performance.now();
  const { changes } = compareDocuments(published("ghes-2.21"), published("ghes-2.22"));
  expect(performance.now() - started).toBeLessThan(20_000);
  const count = (severity: string): number => changes.filter((change) => change.severity === severity).length;
  expect(changes.filter(({ kind }) => kind === "operation-added").length).toBeGreaterThan(5);
  expect(count("non-breaking")).toBeGreaterThan(count("breaking"));
  expect(changes.every(({ endpoint, message, pointer }) => endpoint !== "" && message !== "" && pointer.startsWith("#/"))).toBe(true);
}, 120_000);
