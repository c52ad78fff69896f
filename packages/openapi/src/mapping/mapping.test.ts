import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "@parley/merge";
import { documentOf, type ApiDocument } from "../document/document.ts";
import { compileMapping, type MappingStep } from "./apply-mapping.ts";
import { checkMapping, checkPlaces } from "./check-mapping.ts";

test.each<[name: string, steps: MappingStep[], before: Json, after: Json]>([
  ["rename", [{ rename: { from: "/title", to: "name" } }], { title: "a", other: 1 }, { other: 1, name: "a" }],
  ["rename what is not there", [{ rename: { from: "/title", to: "name" } }], { other: 1 }, { other: 1 }],
  ["rename in items", [{ rename: { from: "/items/*/sku", to: "code" } }], { items: [{ sku: 1 }, {}, 7] }, { items: [{ code: 1 }, {}, 7] }],
  ["move into what is not there yet", [{ move: { from: "/city", to: "/address/city" } }], { city: "Bern" }, { address: { city: "Bern" } }],
  ["move within items", [{ move: { from: "/items/*/price/amount", to: "/items/*/cents" } }], { items: [{ price: { amount: 5 } }] }, { items: [{ price: {}, cents: 5 }] }],
  ["default where nothing is", [{ default: { at: "/a/b", value: [1] } }], {}, { a: { b: [1] } }],
  ["default where something is", [{ default: { at: "/a", value: 1 } }], { a: null }, { a: null }],
  ["drop", [{ drop: "/a/b" }], { a: { b: 1, c: 2 } }, { a: { c: 2 } }],
  ["split, the last gets the rest", [{ split: { from: "/name", by: " ", to: ["/first", "/last"] } }], { name: "Ada King Lovelace" }, { first: "Ada", last: "King Lovelace" }],
  ["split what has one part", [{ split: { from: "/name", by: " ", to: ["/first", "/last"] } }], { name: "Ada" }, { first: "Ada" }],
  ["join", [{ join: { from: ["/first", "/last"], by: " ", to: "/name" } }], { first: "Ada", last: "Lovelace" }, { name: "Ada Lovelace" }],
  ["values", [{ enum: { at: "/status", map: { open: "OPEN" }, else: "OTHER" } }], { status: "open" }, { status: "OPEN" }],
  ["a value that is not mapped", [{ enum: { at: "/status", map: { open: "OPEN" }, else: "OTHER" } }], { status: "x" }, { status: "OTHER" }],
  ["each item of an array", [{ rename: { from: "/a", to: "b" } }], [{ a: 1 }, { a: 2 }], [{ b: 1 }, { b: 2 }]],
  ["steps in order", [{ rename: { from: "/a", to: "b" } }, { rename: { from: "/b", to: "c" } }], { a: 1 }, { c: 1 }],
  ["a body that is no object", [{ drop: "/a" }], "text", "text"],
])("%s", (_name, steps, before, after) => {
  expect(compileMapping(steps)(before, false)).toEqual(after);
});

test("a patch gets no defaults, for what is absent in it stays as it is", () => {
  expect(compileMapping([{ default: { at: "/a", value: 1 } }])({ b: 1 }, true)).toEqual({ b: 1 });
});

const split: MappingStep = { split: { from: "/name", by: " ", to: ["/first", "/last"] } };
const join: MappingStep = { join: { from: ["/first", "/last"], by: " ", to: "/name" } };

test.each<[name: string, step: MappingStep, before: Json, after: Json]>([
  ["a text that is taken away takes its parts away", split, { name: null }, { first: null, last: null }],
  ["a part that the text has not any more is taken away", split, { name: "Ada" }, { first: "Ada", last: null }],
  ["a text that is not said leaves its parts as they are", split, { other: 1 }, { other: 1 }],
  ["all parts make the whole", join, { first: "Ada", last: null }, { name: "Ada" }],
  ["parts that are all taken away take the whole away", join, { first: null, last: null }, { name: null }],
  ["parts that are not said leave the whole as it is", join, { other: 1 }, { other: 1 }],
])("in a merge patch %s", (_name, step, before, after) => {
  const incomplete: string[] = [];
  expect(compileMapping([step])(before, true, incomplete)).toEqual(after);
  expect(incomplete).toEqual([]);
});

test("some of the parts make no whole in a merge patch, and are told", () => {
  const incomplete: string[] = [];
  compileMapping([join])({ first: "Ada" }, true, incomplete);
  expect(incomplete).toEqual(["/name"]);
});

test("a member called __proto__ is one like any other", () => {
  const body = JSON.parse('{"a":{"polluted":1}}') as Json;
  compileMapping([{ rename: { from: "/a", to: "__proto__" } }])(body, false);
  expect(JSON.stringify(body)).toBe('{"__proto__":{"polluted":1}}');
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

function withNote(properties: JsonObject, required: string[] = []): ApiDocument {
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Note" } } };
  return documentOf({
    openapi: "3.0.3", paths: { "/{id}": { put: { requestBody: { content }, responses: { 200: { content } } } } },
    components: { schemas: { Note: { type: "object", properties, required } } },
  }) as ApiDocument;
}

const text = { type: "string" };

describe("a mapping is held to both documents", () => {
  const check = (steps: MappingStep[], [from, to]: [ApiDocument, ApiDocument]): string[] => checkMapping(steps, { from, to, direction: "request" }).map(({ pointer, message }) => `${pointer}: ${message}`);

  test("what fits is fine, through references, and after steps before", () => {
    const pair: [ApiDocument, ApiDocument] = [withNote({ title: text, status: { enum: ["a"] } }), withNote({ name: text, status: { enum: ["A"] }, size: { type: "integer" } }, ["name", "size"])];
    expect(check([{ rename: { from: "/title", to: "name" } }, { enum: { at: "/status", map: { a: "A" } } }, { default: { at: "/size", value: 1 } }], pair)).toEqual([]);
  });

  test.each<[steps: MappingStep[], mistake: RegExp]>([
    [[{ rename: { from: "/nothing", to: "name" } }], /^\/0\/rename\/from: .*in no body of the version that is mapped/],
    [[{ rename: { from: "/title", to: "nothing" } }], /^\/0\/rename\/to: .*mapped to/],
    [[{ rename: { from: "/title", to: "size" } }], /^\/0\/rename\/to: \/title is string, and \/size is integer/],
    [[{ default: { at: "/size", value: "large" } }], /^\/0\/default\/value: "large" does not fit/],
    [[{ enum: { at: "/status", map: { a: "B" } } }], /^\/0\/enum\/map\/a: "B" is none of/],
    [[{ enum: { at: "/status", map: { x: "A", a: "A" } } }], /^\/0\/enum\/map\/x: "x" is none of/],
    [[{ enum: { at: "/status", map: {} } }], /^\/0\/enum\/map: "a" of \/status is not mapped/],
    [[{ split: { from: "/count", by: " ", to: ["/name", "/more"] } }], /^\/0\/split\/from: \/count is integer, and no text/],
    [[{ drop: "/nothing" }], /^\/0\/drop: /],
    [[], /^: PUT \/\{id\}: "name" is required, and nothing gives it/],
  ])("%j does not", (steps, mistake) => {
    const from = withNote({ title: text, count: { type: "integer" }, status: { enum: ["a"] } });
    const to = withNote({ name: text, more: text, size: { type: "integer" }, status: { enum: ["A"] } }, ["name"]);
    expect(check(steps, [from, to])[0]).toMatch(mistake);
  });

  test("places that are kept are in a body of the newer one", () => {
    expect(checkPlaces(["/name", "/nothing", "/labels/en"], withNote({ name: text, labels: {} }))).toEqual([expect.objectContaining({ pointer: "/1" }), expect.objectContaining({ pointer: "/2" })]);
  });
});
