import { transformJSONSchema } from "@anthropic-ai/sdk/lib/transform-json-schema";
import { expect, it } from "vitest";
import type { JsonObject } from "../../conversation/json.ts";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { closedSchema } from "./closed-schema.ts";

const open: JsonObject = {
  type: "object", required: ["n"],
  properties: {
    n: { type: "integer", description: "How many.", minimum: 1, maximum: 9 }, mail: { type: "string", format: "email" }, tags: { type: "array", items: { type: "object", properties: { t: { type: "string", maxLength: 5 } } }, minItems: 2 },
    any: { anyOf: [{ type: "object", properties: {} }, { type: "null" }] }, ref: { $ref: "#/$defs/a" },
  },
  $defs: { a: { type: "object", properties: { phone: { type: "string", format: "phone" } }, additionalProperties: true } },
};

it("closes each object and tells bounds in words, as Anthropic's own client does", () => {
  const notes = new TranslationNotes();
  const closed = closedSchema(open, notes);
  expect(closed).toEqual(transformJSONSchema(open));
  expect(notes.warnings.map(({ parameter }) => parameter)).toEqual(expect.arrayContaining(["response_format.schema", "response_format.schema.additionalProperties"]));
});

it("leaves a closed schema without bounds as it is, and says nothing", () => {
  const notes = new TranslationNotes();
  const schema: JsonObject = { type: "object", properties: { a: { type: ["string", "null"], pattern: "^x" }, b: { enum: [1, "two"] } }, required: ["a"], additionalProperties: false };
  expect([closedSchema(schema, notes), notes.warnings]).toEqual([schema, []]);
});
