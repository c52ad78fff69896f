/** Requests that are made to get past a document, or to keep whoever holds them to it busy. */
import { expect, test } from "vitest";
import type { Json, JsonObject } from "@parley/merge";
import { documentOf } from "../document/document.ts";
import { CallValidator, type CompiledOperation } from "./call-validator.ts";

const kinds = ["And", "Or", "Not", "Near", "Before"];
const filter = { $ref: "#/components/schemas/Filter" };
const comment = { $ref: "#/components/schemas/Comment" };
const root: JsonObject = {
  openapi: "3.1.0",
  paths: {
    "/search": {
      get: { parameters: [{ in: "query", name: "f", style: "deepObject", schema: filter }], responses: {} },
      post: { requestBody: { content: { "application/json": { schema: filter }, "application/x-www-form-urlencoded": { schema: { type: "object", properties: { f: filter } }, encoding: { f: { style: "deepObject" } } } } }, responses: {} },
    },
    "/comments": {
      get: { parameters: [{ in: "query", name: "like", content: { "application/json": { schema: comment } } }], responses: { 200: { content: { "application/json": { schema: comment } } } } },
      post: { requestBody: { content: { "application/json": { schema: comment } } }, responses: {} },
    },
  },
  components: {
    schemas: {
      Comment: { type: "object", properties: { replies: { type: "array", items: comment }, isAdmin: { const: false } } },
      Filter: { oneOf: kinds.map((kind) => ({ $ref: `#/components/schemas/${kind}` })) },
      ...Object.fromEntries(kinds.map((kind) => [kind, { type: "object", required: ["kind"], properties: { of: filter, kind: { const: kind } } }])),
    },
  },
};
const document = documentOf(root) as NonNullable<ReturnType<typeof documentOf>>;

function operation(method: string, path: string): CompiledOperation {
  const found = new CallValidator(document).find(method, path);
  if (found.kind !== "operation") throw new Error(found.kind);
  return found.operation;
}

function parameters(path: string, query: string): string[] {
  return operation("GET", path).parameters({ path: new Map(), query: new URLSearchParams(query), headers: {} }).map(({ pointer, message }) => `${pointer} ${message}`);
}

function body(path: string, text: string, type = "application/json"): string[] {
  return operation("POST", path).requestBody(type, { bytes: Buffer.from(text), parts: () => [] }, text.length).map(({ pointer, message }) => `${pointer} ${message}`);
}

const tooMuch = "has more values, or is nested deeper, than are looked at";
const replies = `"replies":[${'{"replies":['.repeat(60)}${"]}".repeat(60)}]`;
const before = `{"isAdmin":true,${replies}}`;
const after = `{${replies},"isAdmin":true}`;

test("a part that is nested too deeply gets nothing past the document: not what stands before it, not what comes after it", () => {
  expect([body("/comments", before), body("/comments", after)]).toEqual([["/isAdmin is not false", ` ${tooMuch}`], [` ${tooMuch}`]]);
  expect([parameters("/comments", `like=${encodeURIComponent(before)}`), parameters("/comments", `like=${encodeURIComponent(after)}`)]).toEqual([["/like/isAdmin is not false", `/like ${tooMuch}`], [`/like ${tooMuch}`]]);
});

test("an answer that is nested too deeply is nobody's fault, and what was found in it counts", () => {
  const answered = (text: string): string[] => operation("GET", "/comments").response(200, "application/json", Buffer.from(text)).map(({ pointer }) => pointer);
  expect([answered(before), answered(after)]).toEqual([["/isAdmin"], []]);
});

// Each level would multiply the work by the number of alternatives: without a memory of it this takes years, and the test its time.
test("alternatives that refer to each other cost as much as the value is long, in the query, in a form and in JSON", () => {
  const depth = 11;
  const field = `f${"[of]".repeat(depth)}[kind]`;
  let value: Json = { kind: "Where" };
  for (let level = 0; level < depth; level++) value = { of: value, kind: "And" };
  const levels = Array.from({ length: depth }, (_, level) => `f${"[of]".repeat(level)}[kind]=And`).join("&");
  expect(parameters("/search", `${levels}&${field}=Near`)).toEqual([]);
  expect(parameters("/search", `${levels}&${field}=Where`)).toEqual(["/f fits none of the alternatives"]);
  // A text beside an object at each level.
  expect(parameters("/search", `${levels}&${field}=Where&${Array.from({ length: depth }, (_, level) => `f${"[of]".repeat(level + 1)}=x`).join("&")}`)).toEqual(["/f fits none of the alternatives"]);
  expect(body("/search", `${levels}&${field}=Where`, "application/x-www-form-urlencoded")).toEqual(["/f fits none of the alternatives"]);
  expect(body("/search", JSON.stringify(value))).toEqual([" fits none of the alternatives"]);
  expect(operation("POST", "/search").uses(new URLSearchParams(), "application/json", { bytes: Buffer.from(JSON.stringify(value)), parts: () => [] })).toHaveLength(2 * depth + 1);
});
