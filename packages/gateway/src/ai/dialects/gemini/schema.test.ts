import { describe, expect, it } from "vitest";
import { writeSchema } from "./schema.ts";

describe("a JSON Schema for Gemini", () => {
  it("is Google's subset where that says the same, without the keywords that Google refuses", () => {
    const written = writeSchema({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      additionalProperties: false,
      required: ["city"],
      properties: {
        city: { type: "string", description: "Where" },
        unit: { type: ["string", "null"], enum: ["C", "F"] },
        days: { type: "array", items: { type: "integer", minimum: 1 } },
        place: { anyOf: [{ type: "string" }, { type: "object", properties: { id: { type: "integer" } }, additionalProperties: false }] },
      },
    });
    expect(written).toEqual({
      language: "subset",
      schema: {
        type: "object",
        required: ["city"],
        properties: {
          city: { type: "string", description: "Where" },
          unit: { type: "string", nullable: true, enum: ["C", "F"] },
          days: { type: "array", items: { type: "integer", minimum: 1 } },
          place: { anyOf: [{ type: "string" }, { type: "object", properties: { id: { type: "integer" } } }] },
        },
      },
    });
  });

  it.each([
    ["a reference", { type: "object", properties: { a: { $ref: "#/$defs/a" } }, $defs: { a: { type: "string" } } }],
    ["a map", { type: "object", properties: {}, additionalProperties: { type: "number" } }],
    ["a constant", { type: "object", properties: { kind: { const: "a" } } }],
    ["a union of types", { type: "object", properties: { id: { type: ["string", "integer"] } } }],
    ["numbers to choose from", { type: "object", properties: { n: { type: "integer", enum: [1, 2] } } }],
    ["a format that Google refuses", { type: "object", properties: { mail: { type: "string", format: "email" } } }],
  ])("stays JSON Schema with %s, which the subset cannot say", (_, schema) => {
    expect(writeSchema({ $schema: "x", ...schema })).toEqual({ language: "json-schema", schema });
  });

  it("keeps a property that is called like a comment", () => {
    const schema = { type: "object", properties: { $comment: { type: "string" } } };
    expect(writeSchema(schema).schema).toEqual(schema);
  });
});
