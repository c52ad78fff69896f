import { createConfig, lintFromString } from "@redocly/openapi-core";
import { operations } from "@parley/contract/api/operations";
import { expect, test } from "vitest";
import { openApiDocument } from "./openapi.ts";

test("the OpenAPI document is valid and describes every operation", async () => {
  const document = openApiDocument("1.2.3", "parley_8081");
  const config = await createConfig({ extends: ["recommended-strict"], rules: { "info-license": "off", "no-server-example.com": "off", "security-defined": "error" } });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  expect(problems.filter((problem) => !problem.ignored).map((problem) => `${problem.ruleId}: ${problem.message} ${problem.location[0]?.pointer}`)).toEqual([]);
  const described = Object.values(document["paths"] as Record<string, Record<string, { operationId: string }>>).flatMap((path) => Object.values(path).map((operation) => operation.operationId));
  expect(described.toSorted()).toEqual(Object.keys(operations).toSorted());
});

interface Described {
  description?: string;
  properties?: Record<string, Described>;
}

interface DescribedOperation {
  operationId: string;
  summary: string;
  parameters: (Described & { name: string })[];
  responses: Record<string, { content?: Record<string, { schema: Described }> }>;
}

const described = Object.values(openApiDocument("1.2.3", "parley_8081")["paths"] as Record<string, Record<string, DescribedOperation>>).flatMap((path) => Object.values(path));

test.each(described)("$operationId says what it does, and what each of its parameters is", ({ summary, parameters }) => {
  expect(summary).toMatch(/\S/);
  expect(parameters.filter(({ description = "" }) => !description.endsWith(".")).map(({ name }) => name)).toEqual([]);
});

test.each(["getCall", "getService", "getConsumer"])("%s says of each member of its answer what it is", (name) => {
  const schema = described.find(({ operationId }) => operationId === name)?.responses["200"]?.content?.["application/json"]?.schema;
  const members = Object.entries(schema?.properties ?? {});
  expect(members.length).toBeGreaterThan(4);
  expect(members.filter(([, { description = "" }]) => !description.endsWith(".")).map(([member]) => member)).toEqual([]);
});
