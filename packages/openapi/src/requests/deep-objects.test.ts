import { expect, test } from "vitest";
import { readDocument } from "../reading.ts";
import { CallValidator } from "./call-validator.ts";

const { document } = readDocument(`
openapi: 3.1.0
info: { title: Notes, version: "1" }
paths:
  /notes:
    get:
      parameters:
        - in: query
          name: filter
          style: deepObject
          explode: true
          required: true
          schema:
            type: object
            required: [age]
            additionalProperties: false
            properties:
              age: { type: integer, minimum: 1 }
              state: { type: string, enum: [open, archived] }
              tags: { type: array, items: { type: string, minLength: 2 } }
              range: { type: object, properties: { from: { type: number } } }
        - { in: query, name: page, style: deepObject, schema: { $ref: '#/components/schemas/Page' } }
      responses: { 200: { description: ok } }
components: { schemas: { Page: { type: object, properties: { size: { type: integer, maximum: 100 } } } } }
`);
const found = new CallValidator(document as NonNullable<typeof document>).find("GET", "/notes");
if (found.kind !== "operation") throw new Error(found.kind);
const { operation } = found;
const judged = (query: string): string[] => operation.parameters({ path: new Map(), query: new URLSearchParams(query), headers: {} }).map(({ in: where, pointer, message }) => `${where} ${pointer} ${message}`);

test.each(["filter[age]=7", "filter%5Bage%5D=7&filter[tags]=ab&filter[tags]=cd", "filter[age]=7&filter[tags][]=ab&filter[state]=open", "filter[age]=7&filter[range][from]=1.5&page[size]=100", "filter[age]=7&filters[age]=x"])("an object in brackets that is as the document says passes: %s", (query) => {
  expect(judged(query)).toEqual([]);
});

test.each<[query: string, violations: string[]]>([
  ["filter[age]=many", ["query /filter/age is not integer"]],
  ["filter[age]=0&page[size]=101", ["query /filter/age is not at least 1", "query /page/size is not at most 100"]],
  ["filter[age]=7&filter[state]=lost", ['query /filter/state is none of "open", "archived"']],
  ["filter[age]=7&filter[tags]=a", ["query /filter/tags/0 is shorter than 2"]],
  ["filter[age]=7&filter[range][from]=x", ["query /filter/range/from is not number"]],
  ["filter[state]=open", ['query /filter lacks "age"']],
  ["page[size]=1", ["query /filter is missing"]],
])("a member that is not as the document says is a violation with its place: %s", (query, violations) => {
  expect(judged(query)).toEqual(violations);
});

test("a member that is given twice, or as a text and an object, is a violation unless its schema takes a list", () => {
  expect(judged("filter[age]=7&filter[age]=8")).toEqual(["query /filter/age is not integer"]);
  expect(judged("filter[age]=7&filter[range]=1&filter[range][from]=1")).toEqual(["query /filter/range is not object"]);
});

test("a member that the document does not have is a violation where the schema is closed", () => {
  expect(judged("filter[age]=7&filter[other]=1")).toHaveLength(1);
});

test("an object in brackets counts as used, with its enumerated values and nothing of anybody's data", () => {
  expect(operation.uses(new URLSearchParams("filter[age]=7&filter[state]=archived"), undefined, null)).toEqual(["?filter", "?filter/state=archived"]);
});
