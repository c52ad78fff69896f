import { expect, test } from "vitest";
import type { JsonObject } from "@parley/merge";
import { documentOf, type ApiDocument } from "../document/document.ts";
import { exampleCalls } from "./example-calls.ts";
import { publicDocument } from "./public-document.ts";

const note = { type: "object", required: ["title"], properties: { id: { type: "integer", readOnly: true }, title: { type: "string", example: "Milk" }, due: { type: "string", format: "date" }, tags: { type: "array", items: { enum: ["a", "b"] } } } };

function callsOf(paths: JsonObject, id?: string): ReturnType<typeof exampleCalls> {
  const selector = { in: "header", name: "API-Version", value: "v1" } as const;
  const document = documentOf({ openapi: "3.1.0", info: {}, paths }) as ApiDocument;
  return exampleCalls(publicDocument(document, { base: "/notes", prefixes: ["/api"], hidden: [], selector }), id);
}

test("a call has what has to be there, by the document's own examples or the plainest values that fit, and names its version", () => {
  const parameters = [{ in: "path", name: "id", required: true, schema: { type: "integer", minimum: 7 } }, { in: "query", name: "dry run", required: true, schema: { type: "boolean" } }, { in: "query", name: "fields", schema: { type: "string", default: "title" } }, { in: "header", name: "X-Trace", required: true, example: "a\r\nb" }];
  const { calls, truncated } = callsOf({ "/api/{id}": { put: { operationId: "putNote", summary: " Replaces\na note ", tags: ["notes"], parameters, requestBody: { content: { "text/plain": {}, "application/json": { schema: note } } } } } });
  expect(truncated).toBe(false);
  expect(calls).toMatchObject([{ id: "putNote", method: "PUT", path: "/notes/{id}", summary: "Replaces a note", tag: "notes", deprecated: false, parameters: [{ name: "id", required: true, example: "7" }, { name: "dry run" }, { name: "fields", required: false, example: "title" }, { name: "X-Trace" }, { name: "API-Version" }] }]);
  expect(calls[0]?.example).toEqual({
    path: "/notes/7?dry%20run=true", headers: [["X-Trace", "a b"], ["API-Version", "v1"], ["Content-Type", "application/json"]],
    body: '{\n  "title": "Milk",\n  "due": "2030-01-01",\n  "tags": [\n    "a"\n  ]\n}',
  });
});

test("a form is written as one, and what nobody can make up is left to whoever tries", () => {
  const body = (type: string): JsonObject => ({ post: { requestBody: { content: { [type]: { schema: { type: "object", properties: { a: { type: "string" }, n: { type: "integer" } } } } } } } });
  const { calls } = callsOf({ "/form": body("application/x-www-form-urlencoded"), "/xml": body("application/xml"), "/größe": { get: {} } });
  expect(calls.map(({ example }) => [example.path, example.body])).toEqual([["/notes/form", "a=text&n=1"], ["/notes/xml", null], ["/notes/gr%C3%B6%C3%9Fe", null]]);
});

test("bodies without end are left out, and had one by one", () => {
  const long = { put: { requestBody: { content: { "application/json": { example: "x".repeat(60_000) } } } } };
  const paths = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`/p${index}`, long]));
  const { calls, truncated } = callsOf(paths);
  expect([calls.length, truncated, calls.at(0)?.example.body?.length, calls.at(-1)?.example.body]).toEqual([30, true, 60_002, null]);
  expect(callsOf(paths, "PUT /p29")).toMatchObject({ truncated: false, calls: [{ path: "/notes/p29", example: { body: expect.stringContaining("xxx") as string } }] });
  expect(callsOf({ "/p": { put: { requestBody: { content: { "application/json": { example: "x".repeat(70_000) } } } } } }).calls[0]?.example.body).toBeNull();
});
