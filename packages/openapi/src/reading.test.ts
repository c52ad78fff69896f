import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { documentOf } from "./document/document.ts";
import { operationsOf } from "./document/operations.ts";
import { compactDocument, readDocument } from "./reading.ts";

const minimal = (more: string): string => `openapi: 3.0.3\ninfo: { title: Notes, version: "1" }\n${more}`;

test("reads JSON and YAML, 3.0 and 3.1", () => {
  const yaml = readDocument(minimal("paths:\n  /notes/{id}:\n    get: { operationId: getNote, responses: { 200: { description: ok } } }\n"));
  expect(yaml.mistakes).toEqual([]);
  expect(operationsOf(yaml.document as NonNullable<typeof yaml.document>).map(({ id }) => id)).toEqual(["getNote"]);
  const json = readDocument(JSON.stringify({ openapi: "3.1.0", info: {}, paths: { "/notes": { post: { responses: {} } } } }));
  expect(operationsOf(json.document as NonNullable<typeof json.document>).map(({ id }) => id)).toEqual(["POST /notes"]);
});

test.each([
  ["swagger: '2.0'\npaths: {}", "/swagger", /convert/],
  ["openapi: 4.0.0\npaths: {}", "/openapi", /4\.0\.0/],
  ["openapi: 3.0.3", "", /paths/],
  ["just a text", "", /object/],
  [minimal("paths: { notes: { get: {} } }"), "/paths/notes", /slash/],
  [minimal("paths: { /a: { get: { responses: { 200: { $ref: '#/components/responses/No' } } } } }"), "/paths/~1a/get/responses/200/$ref", /nothing/],
  [minimal("paths: { /a: { get: { responses: { 200: { $ref: 'other.yaml#/x' } } } } }"), "/paths/~1a/get/responses/200/$ref", /out of the document/],
  [minimal("paths: { '/a/{x}': { get: {} }, '/a/{y}': { get: {} } }"), "/paths/~1a~1{y}/get", /same as/],
  [minimal("paths: { /a: { get: { operationId: one } }, /b: { get: { operationId: one } } }"), "/paths/~1b/get/operationId", /one/],
  [minimal("paths: { '/a/{x}': { get: { parameters: [{ in: path, name: z, required: true }] } } }"), "/paths/~1a~1{x}/get", /"z"/],
  [minimal("paths: {}\ncomponents: { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } }"), "/components/schemas/A/$ref", /circle/],
])("says what is wrong with %j, and where", (text, pointer, message) => {
  const { document, mistakes } = readDocument(text);
  expect(document).toBeNull();
  expect(mistakes[0]).toMatchObject({ pointer, message: expect.stringMatching(message) });
});

test("takes what parts have in common from an anchor, by alias and by merge key, and no more than it can hold", () => {
  const { document, mistakes } = readDocument(minimal("x-own: &note { type: object, required: [title] }\npaths: {}\ncomponents: { schemas: { Note: *note, Closed: { <<: *note, additionalProperties: false } } }\n"));
  expect(mistakes).toEqual([]);
  expect(document?.root["components"]).toEqual({ schemas: { Note: { type: "object", required: ["title"] }, Closed: { type: "object", required: ["title"], additionalProperties: false } } });
  const wide = `x-wide: &wide { ${Array.from({ length: 1_000 }, (_, index) => `k${index}: 1`).join(", ")} }\nx-many:\n${"  - { <<: *wide }\n".repeat(400)}paths: {}\n`;
  expect(readDocument(minimal(wide)).mistakes[0]?.message).toMatch(/merge/);
});

test("names the line of what is neither JSON nor YAML", () => {
  expect(readDocument("openapi: 3.0.3\npaths: {\n  /a: [\n").mistakes[0]?.line).toBeGreaterThan(2);
  expect(readDocument('{"openapi": "3.0.3",\n "paths": {{}}').mistakes[0]).toMatchObject({ line: 2 });
});

test("stops at what would cost too much: aliases of aliases, and depth", () => {
  const bomb = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]", ...Array.from({ length: 9 }, (_, index) => `a${index + 1}: &a${index + 1} [${Array(10).fill(`*a${index}`).join()}]`)].join("\n");
  expect(readDocument(minimal(`paths: {}\nx-bomb:\n  ${bomb.replaceAll("\n", "\n  ")}`)).mistakes[0]?.message).toMatch(/three million/);
  const deep = `{"openapi":"3.0.3","paths":{},"x":${"[".repeat(5000)}${"]".repeat(5000)}}`;
  expect(readDocument(deep).mistakes[0]?.message).toMatch(/deep/);
});

test("a pattern that takes more than linear time is a warning, and nobody is held to it", () => {
  const { document, warnings } = readDocument(minimal("paths: {}\ncomponents: { schemas: { A: { type: string, pattern: '^(?=a)b' } } }"));
  expect(document).not.toBeNull();
  expect(warnings).toMatchObject([{ pointer: "/components/schemas/A/pattern" }]);
});

test("what gateways get keeps names that are the document's own, whatever they are", () => {
  const { document } = readDocument(minimal(`paths: { /a: { post: { requestBody: { content: { multipart/form-data: { schema: { type: object, dependentRequired: { title: [tags] }, discriminator: { propertyName: a, mapping: { example: b } } }, encoding: { title: { contentType: text/plain } } } } }, responses: { default: { description: any } } } } }`));
  const media = { schema: { type: "object", dependentRequired: { title: ["tags"] }, discriminator: { propertyName: "a", mapping: { example: "b" } } }, encoding: { title: { contentType: "text/plain" } } };
  expect(compactDocument(document as NonNullable<typeof document>)["paths"]).toEqual({ "/a": { post: { requestBody: { content: { "multipart/form-data": media } }, responses: { default: {} } } } });
});

test("references to names and to schemas of one word lead somewhere; a name of several schemas is a warning, and nobody is held to it", () => {
  const schemas = (more: string): string => minimal(`paths: {}\ncomponents: { schemas: { A: { $dynamicAnchor: node }, Any: true, B: { $ref: '#node' }, C: { $dynamicRef: '#node' }, D: { $ref: '#/components/schemas/Any' }${more} } }`).replace(/openapi: .*/, "openapi: 3.1.0");
  expect(readDocument(schemas(""))).toMatchObject({ mistakes: [], warnings: [] });
  expect(readDocument(schemas(", E: { $dynamicAnchor: node }"))).toMatchObject({ mistakes: [], warnings: [{ pointer: "/components/schemas/B/$ref", message: expect.stringContaining("several schemas") as string }] });
  expect(readDocument(schemas(", E: { $dynamicRef: '#other' }")).mistakes).toMatchObject([{ pointer: "/components/schemas/E/$dynamicRef" }]);
});

test("takes a public document of 14 megabytes, and what gateways get of it is less than half", () => {
  const text = readFileSync(createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.deref.json"), "utf8");
  const { document, mistakes } = readDocument(text);
  expect(mistakes).toEqual([]);
  expect(operationsOf(document as NonNullable<typeof document>).length).toBeGreaterThan(500);
  const compact = compactDocument(document as NonNullable<typeof document>);
  expect(JSON.stringify(compact).length).toBeLessThan(text.length / 2);
  expect(operationsOf(documentOf(compact) as NonNullable<typeof document>).map(({ id }) => id)).toEqual(operationsOf(document as NonNullable<typeof document>).map(({ id }) => id));
}, 60_000);
