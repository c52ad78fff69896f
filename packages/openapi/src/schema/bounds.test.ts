/** What lies at the edge of what a schema says, and values that are made to be hard to look at. */
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "@parley/merge";
import { Compiler } from "./compile-schema.ts";
import { Run } from "./run.ts";

const kinds = ["Add", "Multiply", "Divide", "Power", "Negate"];
const expression = { $ref: "#/components/schemas/Expression" };
const schemas: JsonObject = {
  Expression: { oneOf: kinds.map((kind) => ({ $ref: `#/components/schemas/${kind}` })) },
  ...Object.fromEntries(kinds.map((kind) => [kind, { type: "object", required: ["kind"], properties: { left: expression, right: expression, kind: { const: kind } } }])),
};

function judged(schema: Json, value: Json): Run {
  const run = new Run(20);
  new Compiler({ dialect: "3.1", root: { components: { schemas } } }, "request").check(schema, "#")(value, run);
  return run;
}

function nested(depth: number): Json {
  return JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`) as Json;
}

test.each<[name: string, schema: Json, good: readonly Json[], bad: readonly Json[]]>([
  ["halves of surrogate pairs are counted, and pairs once", { minLength: 2, maxLength: 3 }, ["😀😀😀", "a\ud83d", "\udc00\udc00\udc00", "\udc00\ud83d"], ["😀", "\udc00", "\udc00".repeat(4), "\ud83d".repeat(4)]],
  ["large numbers are multiples of whole ones to the last bit", { multipleOf: 1 }, [0, -3, 2 ** 53, 1e300], [0.5, 1_000_000_000.5, 2 ** 50 + 0.5, -1e9 - 0.25]],
  ["large amounts are multiples of a hundredth as far as they are written", { multipleOf: 0.01 }, [0, 0.07, 4.35, 19.99, 0.1 + 0.2, 10_000_000.01, -99_999_999_999.99], [0.005, 10_000_000.005, 99_999_999.999, -1e9 - 0.001]],
  ["what is not finite is no multiple", { anyOf: [{ multipleOf: 1 }, { multipleOf: 0.1 }] }, [1], [Infinity, -Infinity]],
  ["many items are all different", { uniqueItems: true }, [[null, Infinity], Array.from({ length: 20_000 }, (_, index) => index)], [[...Array.from({ length: 20_000 }, (_, index) => index), 0]]],
  ["a long text is held to its pattern, and one that is too long for that matches none", { pattern: "^[a-z]+$" }, ["a".repeat(65_536)], [`${"a".repeat(65_535)}!`, "a".repeat(65_537)]],
])("%s", (_name, schema, good, bad) => {
  for (const value of good) expect(judged(schema, value).violations, JSON.stringify(value).slice(0, 80)).toEqual([]);
  for (const value of bad) expect(judged(schema, value).violations, JSON.stringify(value).slice(0, 80)).toHaveLength(1);
});

describe("a value that cannot be looked at to its end", () => {
  test("does not take back what was found before", () => {
    const run = judged({ properties: { tags: { maxItems: 3, items: { type: "integer" } } } }, { tags: Array.from({ length: 1_100_000 }, () => 1) });
    expect([run.gaveUpOn, run.violations.map(({ message }) => message)]).toEqual(["value", ["has more than 3 items"]]);
  });

  test("is told from a schema that is a part of itself", () => {
    const self: JsonObject = { components: { schemas: { Self: { anyOf: [{ $ref: "#/components/schemas/Self" }, { type: "string" }] } } } };
    const run = new Run(20);
    new Compiler({ dialect: "3.1", root: self }, "request").check({ $ref: "#/components/schemas/Self" }, "#")(1, run);
    expect([run.gaveUpOn, run.violations]).toEqual(["schema", []]);
  });

  test("is not followed through all of its depth to see whether items are different", () => {
    expect([judged({ uniqueItems: true }, [nested(90), nested(91)]).gaveUp, judged({ uniqueItems: true }, [nested(50_000), 1]).gaveUpOn]).toEqual([false, "value"]);
  });
});

test("alternatives that refer to each other are looked at once for each value, however deep", () => {
  let value: Json = { left: { kind: "Add" }, kind: "Negate" };
  for (let depth = 0; depth < 30; depth++) value = { left: value, right: { kind: "Power" }, kind: kinds[depth % kinds.length] as string };
  const wrong = JSON.parse(JSON.stringify(value).replace('{"left":{"kind":"Add"}', '{"left":{"kind":"Root"}')) as Json;
  expect([judged(expression, value), judged(expression, wrong)].map(({ gaveUpOn, violations }) => [gaveUpOn, violations.length])).toEqual([[null, 0], [null, 1]]);
});
