import { expect, test } from "vitest";
import { readDocument } from "../reading.ts";
import { CallValidator, type CompiledOperation } from "./call-validator.ts";

const yaml = `
openapi: 3.0.3
info: { title: Notes, version: "1" }
paths:
  /notes:
    get:
      operationId: listNotes
      parameters:
        - { in: query, name: limit, schema: { type: integer, maximum: 100 } }
        - { in: query, name: sort, required: true, schema: { type: string, enum: [asc, desc] } }
        - { in: query, name: tag, schema: { type: array, items: { type: string, minLength: 2 } } }
        - { in: header, name: X-Trace, schema: { type: string, format: uuid } }
      responses: { 200: { description: ok, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Note' } } } } }, 4XX: { description: no } }
    post:
      operationId: createNote
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } }
      responses: { 201: { description: made } }
  /notes/latest: { get: { operationId: latest, responses: { default: { description: any } } } }
  /notes/{id}: { get: { operationId: getNote, parameters: [{ in: path, name: id, required: true, schema: { type: integer } }], responses: { 200: { description: ok } } } }
  /notes/{id}.pdf: { get: { operationId: print, responses: { 200: { description: ok } } } }
components:
  schemas:
    Note: { type: object, required: [title], properties: { title: { type: string, maxLength: 5 }, status: { type: string, enum: [open, archived] }, items: { type: array, items: { type: object, properties: { sku: { type: string } } } } } }
`;
const { document } = readDocument(yaml);
const validator = new CallValidator(document as NonNullable<typeof document>);

function operation(method: string, path: string): { operation: CompiledOperation; path: ReadonlyMap<string, string> } {
  const found = validator.find(method, path);
  if (found.kind !== "operation") throw new Error(found.kind);
  return found;
}

test.each([
  ["GET", "/notes", "listNotes"], ["GET", "/notes/", "listNotes"], ["HEAD", "/notes", "listNotes"], ["GET", "/notes/latest", "latest"],
  ["GET", "/notes/7", "getNote"], ["GET", "/notes/7.pdf", "print"], ["GET", "/notes/a%2Fb", "getNote"],
  ["GET", "/%6eotes/l%61test", "latest"], ["GET", "/notes/7%2Epdf", "print"], ["GET", "/notes/%", "getNote"],
])("%s %s is %s", (method, path, id) => {
  expect(operation(method, path).operation.id).toBe(id);
});

test("says that there is no such path, or no such method", () => {
  expect(validator.find("GET", "/notes/7/8")).toEqual({ kind: "no-path" });
  expect(validator.find("DELETE", "/notes")).toEqual({ kind: "no-method", allowed: ["GET", "POST"] });
});

test("parameters are read by type and style, and named where they are wrong", () => {
  const { operation: list, path } = operation("GET", "/notes");
  const judged = (query: string, headers = {}): unknown[] => list.parameters({ path, query: new URLSearchParams(query), headers }).map(({ in: where, pointer, message }) => `${where} ${pointer} ${message}`);
  expect(judged("sort=asc&limit=7&tag=ab&tag=cd")).toEqual([]);
  expect(judged("limit=700&tag=a&sort=up")).toEqual(["query /limit is not at most 100", 'query /sort is none of "asc", "desc"', "query /tag/0 is shorter than 2"]);
  expect(judged("limit=many", { "x-trace": "1" })).toEqual(["query /limit is not integer", "query /sort is missing", "header /X-Trace is no uuid"]);
  expect(judged("sort=asc&limit=7&limit=700")).toEqual(["query /limit is given 2 times, and one is meant"]);
  const note = operation("GET", "/notes/abc");
  expect(note.operation.parameters({ path: note.path, query: new URLSearchParams(), headers: {} })).toMatchObject([{ in: "path", pointer: "/id", schema: "#/paths/~1notes~1{id}/get/parameters/0/schema/type" }]);
});

test("a parameter whose schema is put together is read by each of its parts", () => {
  const { document: optional } = readDocument(`
openapi: 3.1.0
info: { title: Notes, version: "1" }
paths:
  /notes:
    get:
      parameters:
        - { in: query, name: limit, schema: { anyOf: [{ type: integer, maximum: 100 }, { type: "null" }] } }
        - { in: query, name: page, schema: { oneOf: [{ type: string, enum: [last] }, { $ref: '#/components/schemas/Number' }] } }
        - { in: query, name: ids, schema: { anyOf: [{ type: array, items: { anyOf: [{ type: integer }] } }, { type: "null" }] } }
        - { in: query, name: size, schema: { allOf: [{ $ref: '#/components/schemas/Number' }, { minimum: 1 }] } }
      responses: { 200: { description: ok } }
components: { schemas: { Number: { type: integer } } }
`);
  const found = new CallValidator(optional as NonNullable<typeof optional>).find("GET", "/notes");
  const judged = (query: string): unknown[] => (found.kind === "operation" ? found.operation.parameters({ path: new Map(), query: new URLSearchParams(query), headers: {} }).map(({ pointer }) => pointer) : []);
  expect(judged("limit=7&page=3&ids=1&ids=2&size=1")).toEqual([]);
  expect(judged("page=last")).toEqual([]);
  expect(judged("limit=700&page=first&ids=x&size=0")).toEqual(["/limit", "/page", "/ids", "/size"]);
});

test("bodies: missing, of another type, no JSON, not as the schema says", () => {
  const { operation: create } = operation("POST", "/notes");
  const judged = (type: string | undefined, text: string): unknown[] => create.requestBody(type, { bytes: Buffer.from(text), parts: () => [] }, text.length).map(({ pointer, message, schema }) => `${pointer}|${message}|${schema}`);
  expect(judged("application/json; charset=utf-8", '{"title":"abc","more":1}')).toEqual([]);
  expect(judged("application/json", '{"title":"abcdef","status":"lost"}')).toEqual([
    "/title|is longer than 5|#/components/schemas/Note/properties/title/maxLength", '/status|is none of "open", "archived"|#/components/schemas/Note/properties/status/enum',
  ]);
  expect(judged(undefined, "")).toEqual(["|is missing|#/paths/~1notes/post/requestBody/required"]);
  expect(judged("text/plain", "x")).toEqual(["|is text/plain; application/json is in the document|#/paths/~1notes/post/requestBody/content"]);
  expect(judged("application/json-seq", '\u001e{}')).toEqual(["|is application/json-seq; application/json is in the document|#/paths/~1notes/post/requestBody/content"]);
  expect(judged("application/json", "{")).toEqual(["|is no JSON|#/paths/~1notes/post/requestBody/content"]);
});

test("answers: unknown statuses, and bodies by status", () => {
  const { operation: list } = operation("GET", "/notes");
  expect(list.response(200, "application/json", Buffer.from('[{"title":"a"}]'))).toEqual([]);
  expect(list.response(200, "application/json", Buffer.from('[{"title":"a"},{}]'))).toMatchObject([{ pointer: "/1", message: 'lacks "title"' }]);
  expect(list.response(404, "text/plain", Buffer.from("no"))).toEqual([]);
  expect(list.response(500, "text/plain", Buffer.from("no"))).toMatchObject([{ message: "the status 500 is not in the document" }]);
});

test("what a call uses: names and enumerated values of the document, and nothing of anybody's data", () => {
  const body = { title: "secret", status: "archived", items: [{ sku: "secret", other: 1 }], "secret name": 1 };
  expect(operation("POST", "/notes").operation.uses(new URLSearchParams(), "application/json", { bytes: Buffer.from(JSON.stringify(body)), parts: () => [] })).toEqual(["/title", "/status", "/status=archived", "/items", "/items/*/sku"]);
  expect(operation("GET", "/notes").operation.uses(new URLSearchParams("sort=asc&limit=3&x=1"), undefined, null)).toEqual(["?limit", "?sort", "?sort=asc"]);
});
