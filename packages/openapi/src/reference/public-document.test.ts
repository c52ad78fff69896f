import { describe, expect, test } from "vitest";
import type { JsonObject } from "@parley/merge";
import { documentOf, type ApiDocument } from "../document/document.ts";
import { publicDocument, type Placing } from "./public-document.ts";
import { referenceOf } from "./reference.ts";

const placing: Placing = { base: "/notes", prefixes: ["/notes"], hidden: ["http://notes.internal:9001", "http://plain/api"], selector: null };

function shown(more: JsonObject, place: Partial<Placing> = {}): JsonObject {
  return publicDocument(documentOf({ openapi: "3.1.0", info: { title: "Notes" }, paths: {}, ...more }) as ApiDocument, { ...placing, ...place }).document.root;
}

describe("upstreams' addresses", () => {
  test.each([
    ["See http://notes.internal:9001/7, HTTPS://NOTES.INTERNAL:9001 or notes.internal:9001.", "See /notes/7, /notes or gateway."],
    ["http://plain/api/7, http://plain/other; a plain word stays", "/notes/7, /other; a plain word stays"],
    ["http://notes.internal:90012 and my-notes.internal:9001x are others'", "http://notes.internal:90012 and my-notes.internal:9001x are others'"],
  ])("are taken out of %j", (text, expected) => {
    expect(shown({ info: { title: text, "x-note": text } })["info"]).toEqual({ title: expected });
  });

  test("are taken out of examples, too, whose own members stay as they are", () => {
    const media = { example: { self: "http://notes.internal:9001/7", "x-kept": true, servers: [1] } };
    const { paths } = shown({ paths: { "/": { get: { servers: [{ url: "http://plain" }], responses: { 200: { description: "ok", content: { "application/json": media } } } } } } });
    expect(paths).toEqual({ "/": { get: { responses: { 200: { description: "ok", content: { "application/json": { example: { self: "/notes/7", "x-kept": true, servers: [1] } } } } } } } });
  });
});

test("what is marked internal is gone, with whatever names it, and extensions with it; members of that name stay", () => {
  const internal = { "x-internal": true };
  const root = shown({
    paths: { "/secret": { ...internal, get: {} }, "/a": { get: { "x-amazon": {}, parameters: [{ $ref: "#/components/parameters/hidden" }, { name: "x-shown", in: "header" }], responses: {} }, delete: { ...internal } } },
    components: { parameters: { hidden: { ...internal, name: "h", in: "query" } }, schemas: { Gone: { ...internal, type: "object" }, Kept: { required: ["x-name", "secret"], properties: { "x-name": { type: "string" }, secret: { ...internal } } } } },
  });
  expect(root).toEqual({
    openapi: "3.1.0", info: { title: "Notes" },
    paths: { "/a": { get: { parameters: [{ name: "x-shown", in: "header" }], responses: {} } } },
    components: { parameters: {}, schemas: { Gone: {}, Kept: { required: ["x-name"], properties: { "x-name": { type: "string" } } } } },
  });
});

test("a call by the document names its version, once", () => {
  const selector = { in: "header", name: "API-Version", value: "v1" } as const;
  const { paths } = shown({ paths: { "/a": { get: {} }, "/b": { parameters: [{ in: "header", name: "api-version" }], get: {} } } }, { selector }) as { paths: Record<string, { parameters: unknown[] }> };
  expect([paths["/a"]?.parameters, paths["/b"]?.parameters.length]).toMatchObject([[{ name: "API-Version", schema: { enum: ["v1"] } }], 1]);
});

test("a reference says which of a document's thousands of operations it leaves out", () => {
  const paths = Object.fromEntries(Array.from({ length: 5_003 }, (_, index) => [`/p${index}`, { get: { responses: {} } }]));
  const { index, pages } = referenceOf(documentOf({ openapi: "3.1.0", paths }) as ApiDocument, "/notes");
  expect([index.leftOut, index.isOnePage, pages.length, new Set(index.pages.map(({ slug }) => slug)).size]).toEqual([3, false, 84, 84]);
});
