import { readConfigText } from "@parley/config";
import { config } from "@parley/contract/config/config";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";

function documentText(path: string): string {
  return readFileSync(resolve(import.meta.dirname, "../..", path), "utf8");
}

test.each(["README.md", "docs/configuration.md", "docs/alerts.md", "docs/conflicts.md", "docs/monitoring.md"])("every configuration in %s is valid", (path) => {
  const blocks = [...documentText(path).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? "");
  expect(blocks.length).toBeGreaterThan(0);
  // A part may be about a service that stands elsewhere.
  const isWrong = ({ severity, message }: { severity: string; message: string }): boolean => severity === "error" && !message.startsWith("there is no service");
  for (const block of blocks) expect(readConfigText(block, { environment: { ACME_KEY: "a-key-of-acme" } }).diagnostics.filter(isWrong), block).toEqual([]);
});

test("every setting is documented", () => {
  const text = documentText("docs/configuration.md");
  const undocumented = keysOf(z.toJSONSchema(config, { unrepresentable: "any", io: "input" })).filter((key) => !new RegExp(`\\b${key}\\b`).test(text));
  expect(undocumented).toEqual([]);
});

function keysOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "properties" in schema ? Object.keys(schema.properties as object) : [];
  return [...new Set([...own, ...Object.values(schema).flatMap(keysOf)])];
}
