import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "@parley/merge";
import { documentOf, type ApiDocument } from "../../document/document.ts";
import { CallValidator, type CompiledOperation } from "../call-validator.ts";
import type { BodyContent } from "./body-content.ts";
import type { FormField } from "./form-fields.ts";

const urlencoded = "application/x-www-form-urlencoded";
const multipart = "multipart/form-data";

function operationOf(type: string, media: JsonObject, openapi = "3.1.0"): CompiledOperation {
  const document = documentOf({ openapi, paths: { "/notes": { post: { requestBody: { content: { [type]: media } }, responses: { default: {} } } } }, components: { schemas: { Note: note } } });
  const found = new CallValidator(document as ApiDocument).find("POST", "/notes");
  if (found.kind !== "operation") throw new Error(found.kind);
  return found.operation;
}

const note: JsonObject = { type: "object", required: ["title"], properties: { title: { type: "string", maxLength: 5 } } };
const judged = (operation: CompiledOperation, type: string, content: BodyContent): string[] => operation.requestBody(type, content, 1).map(({ pointer, message }) => `${pointer} ${message}`);
const text = (body: string): BodyContent => ({ bytes: Buffer.from(body), parts: () => [] });
const parts = (...fields: [name: string, content: string, type?: string][]): BodyContent => ({ bytes: Buffer.alloc(1), parts: (): FormField[] => fields.map(([name, content, type]) => ({ name, content: Buffer.from(content, "latin1"), type: type ?? null })) });

describe("application/x-www-form-urlencoded", () => {
  const schema: JsonObject = {
    type: "object", required: ["title", "size"], additionalProperties: false,
    properties: {
      title: { type: "string", maxLength: 5 }, size: { type: "integer", minimum: 1 }, price: { type: "number" }, open: { type: "boolean" }, due: { type: ["integer", "null"] },
      tags: { type: "array", items: { type: "string", minLength: 2 } }, ids: { type: "array", maxItems: 2, items: { type: "integer" } }, owner: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
    },
  };
  const operation = operationOf(urlencoded, { schema });

  test.each<[body: string, found: string[]]>([
    ["title=a+b&size=7&price=-1.5e3&open=true&due=&tags=ab&tags=cd&ids=1&owner=%7B%22name%22%3A%22x%22%7D", []],
    ["title=caf%C3%A9s&size=1", []],
    ["title=toolong&size=0", ["/title is longer than 5", "/size is not at least 1"]],
    ["title=a", [' lacks "size"']],
    ["title=a&size=07", ["/size is not integer"]],
    ["title=a&size=1&open=yes&price=", ["/price is not number", "/open is not boolean"]],
    ["title=a&size=1&tags=ab&tags=c", ["/tags/1 is shorter than 2"]],
    ["title=a&size=1&ids=1&ids=x&ids=3", ["/ids has more than 2 items", "/ids/1 is not integer"]],
    ["title=a&size=1&owner=%7B%7D", ['/owner lacks "name"']],
    ["title=a&size=1&owner=x", ["/owner is not object"]],
    ["title=a&size=1&other=1", ["/other is a member that there is not"]],
    ["title=a&title=b&size=1", ["/title is given 2 times, and one is meant"]],
    ["__proto__=1&title=a&size=1", ["/__proto__ is a member that there is not"]],
  ])("%s", (body, found) => {
    expect(judged(operation, `${urlencoded}; charset=utf-8`, text(body))).toEqual(found);
  });

  test("lists and objects are written as the encoding says", () => {
    const filter: JsonObject = { type: "object", additionalProperties: false, properties: { age: { type: "integer" }, tags: { type: "array", items: { type: "string", minLength: 2 } } } };
    const styled = operationOf(urlencoded, {
      schema: { type: "object", additionalProperties: false, properties: { commas: { type: "array", items: { type: "integer" } }, pipes: { type: "array", items: { type: "integer" } }, blanks: { type: "array", items: { type: "integer" } }, filter, point: { type: "object", properties: { x: { type: "integer" }, y: { type: "integer" } } }, pairs: filter, expand: { type: "array", items: { enum: ["a", "b"] } }, lines: { type: "array", items: filter } } },
      encoding: { commas: { style: "form", explode: false }, pipes: { style: "pipeDelimited" }, blanks: { style: "spaceDelimited", explode: false }, filter: { style: "deepObject", explode: true }, point: { style: "form", explode: true }, pairs: { explode: false }, expand: { style: "deepObject" }, lines: { style: "deepObject" } },
    });
    expect(judged(styled, urlencoded, text("commas=1,2&pipes=1|2&blanks=1+2&filter[age]=7&filter[tags][]=ab&filter[tags][]=cd&x=1&y=2&pairs=age,7&expand[]=a&expand[1]=b&lines[1][age]=1&lines[0][age]=2"))).toEqual([]);
    expect(judged(styled, urlencoded, text("commas=1,a&pipes=1|b&blanks=c&filter[age]=x&filter[tags][]=a&filter[more]=1&x=z&pairs=age,y&expand[]=c&lines[1][age]=q&lines[0][age]=2&y[=1"))).toEqual([
      "/commas/1 is not integer", "/pipes/1 is not integer", "/blanks/0 is not integer", "/filter/age is not integer", "/filter/tags/0 is shorter than 2", "/filter/more is a member that there is not",
      "/point/x is not integer", "/pairs/age is not integer", '/expand/0 is none of "a", "b"', "/lines/1/age is not integer", "/y[ is a member that there is not",
    ]);
  });

  test("a schema that is put together is read by each of its parts", () => {
    const whole = operationOf(urlencoded, { schema: { allOf: [{ $ref: "#/components/schemas/Note" }, { properties: { size: { anyOf: [{ type: "integer" }, { enum: ["all"] }] } } }], unevaluatedProperties: false } });
    expect(judged(whole, urlencoded, text("title=a&size=7"))).toEqual([]);
    expect(judged(whole, urlencoded, text("title=a&size=all"))).toEqual([]);
    expect(judged(whole, urlencoded, text("title=a&size=some&other=1"))).toEqual(["/size fits none of the alternatives", "/other is a member that there is not"]);
  });

  test("what a form uses is noted by the names and values of the document alone", () => {
    const used = operationOf(urlencoded, { schema: { type: "object", properties: { status: { type: "string", enum: ["open"] }, title: { type: "string" } } } });
    expect(used.uses(new URLSearchParams(), urlencoded, text("status=open&title=secret&more=secret"))).toEqual(["/status", "/status=open", "/title"]);
  });

  test("a form of more fields than anybody means is not read, and said to be one", () => {
    const loose = operationOf(urlencoded, { schema: { type: "object" } });
    expect(judged(loose, urlencoded, text("a=1&".repeat(9_999)))).toEqual([]);
    expect(judged(loose, urlencoded, text("a=1&".repeat(10_000)))).toEqual([" is a form of more than 10000 fields"]);
    expect(judged(operationOf(multipart, { schema: { type: "object" } }), multipart, parts(...Array.from({ length: 10_001 }, (): [string, string] => ["a", "1"])))).toEqual([" is a form of more than 10000 fields"]);
  });
});

describe("multipart/form-data", () => {
  const schema: JsonObject = { type: "object", required: ["meta", "file"], properties: { meta: { $ref: "#/components/schemas/Note" }, file: { type: "string", format: "binary", maxLength: 4 }, sizes: { type: "array", items: { type: "integer" } }, pictures: { type: "array", items: {} }, history: { type: "object" } } };
  const operation = operationOf(multipart, { schema, encoding: { pictures: { contentType: "image/png, image/jpeg" }, file: { contentType: "application/*" }, history: { contentType: "application/xml; charset=utf-8" } } });

  test("parts are read by their schemas: JSON, texts, files, and lists of them", () => {
    expect(judged(operation, multipart, parts(["meta", '{"title":"a"}', "application/json"], ["file", "\xff\xfe\x00\x01", "application/octet-stream"], ["sizes", "1"], ["sizes", "2"], ["pictures", "x", "image/png"], ["history", "<a/>", "application/xml"], ["more", "x"]))).toEqual([]);
    expect(judged(operation, multipart, parts(["meta", '{"title":"a"}'], ["file", "abcd"], ["sizes", "[1,2]", "application/json"]))).toEqual([]);
    expect(judged(operation, multipart, parts(["meta", '{"title":"much too long"}', "application/json"], ["file", "abcde", "application/pdf"], ["sizes", "x"]))).toEqual(["/meta/title is longer than 5", "/file is longer than 4", "/sizes/0 is not integer"]);
    expect(judged(operation, multipart, parts(["meta", "{"]))).toEqual([' lacks "file"', "/meta is not object"]);
  });

  test("a part of another media type than its encoding says is named with both", () => {
    expect(judged(operation, multipart, parts(["meta", '{"title":"a"}'], ["file", "a", "text/html"], ["pictures", "x", "image/png"], ["pictures", "x", "image/gif"]))).toEqual(["/file is text/html; application/* is in the document", "/pictures is image/gif; image/png, image/jpeg is in the document"]);
    const [violation] = operation.requestBody(multipart, parts(["meta", '{"title":"a"}'], ["file", "a", "text/html"]), 1);
    expect(violation?.schema).toBe("#/paths/~1notes/post/requestBody/content/multipart~1form-data/encoding/file/contentType");
  });

  test("a body that cannot be taken apart is refused where a schema says something of it, and only there", () => {
    const broken: BodyContent = { bytes: Buffer.from("x"), parts: () => "has no boundary at its end" };
    expect(judged(operation, multipart, broken)).toEqual([" has no boundary at its end"]);
    expect(judged(operationOf(multipart, {}), multipart, broken)).toEqual([]);
    expect(judged(operationOf("text/*", { schema: { type: "object" } as Json }), "text/plain", broken)).toEqual([]);
  });
});
