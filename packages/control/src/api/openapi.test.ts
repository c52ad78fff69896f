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
