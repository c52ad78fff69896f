import { readConfigText } from "@parley/config";
import { providerCatalogue } from "@parley/contract/ai/provider-catalogue";
import { channelKinds } from "@parley/contract/config/channel-kinds";
import { config } from "@parley/contract/config/config";
import { versionAdapters } from "@parley/contract/config/conflict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";

function documentText(path: string): string {
  return readFileSync(resolve(import.meta.dirname, "../..", path), "utf8");
}

test.each(["README.md", "docs/configuration.md", "docs/ai.md", "docs/access.md", "docs/traffic.md", "docs/versions.md", "docs/alerts.md", "docs/conflicts.md", "docs/monitoring.md", "docs/guides/what-do-our-llm-calls-cost.md"])("every configuration in %s is valid", (path) => {
  const blocks = [...documentText(path).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? "");
  expect(blocks.length).toBeGreaterThan(0);
  // A part may be about a service or a provider that stands elsewhere.
  const isWrong = ({ severity, message }: { severity: string; message: string }): boolean => severity === "error" && !/^there is no (?:service|provider)/.test(message);
  for (const block of blocks) expect(readConfigText(block, { environment: environmentOf(block) }).diagnostics.filter(isWrong), block).toEqual([]);
});

/** Each variable that the text names is set, to something that every place takes. */
function environmentOf(text: string): Record<string, string> {
  const valueOf = (name: string): string => JSON.stringify({ client_email: "parley@example.com", private_key: name });
  return Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => [name, valueOf(name)]));
}

test("every setting is documented", () => {
  const text = documentText("docs/configuration.md");
  const undocumented = keysOf(z.toJSONSchema(config, { unrepresentable: "any", io: "input" })).filter((key) => !new RegExp(`\\b${key}\\b`).test(text));
  expect(undocumented).toEqual([]);
});

/** What is named in backticks where a page's table begins with the cells. */
function namedIn(path: string, rows: RegExp): string[] {
  return [...documentText(path).matchAll(rows)].flatMap(([row]) => [...row.matchAll(/`([a-z][a-z0-9:-]*)[`:]/g)].map(([, name = ""]) => name));
}

test.each([
  ["every provider", "docs/ai.md", /^\| (?:model makers|clouds|hosts|your own servers) \|.*$/gm, providerCatalogue.map(({ kind }) => kind)],
  ["every kind of channel", "docs/alerts.md", /^\| `[a-z]+: (?:<|\{).*?` \|/gm, channelKinds],
  ["every version adapter", "docs/conflicts.md", /^\| `adapter:[^|]*\|/gm, versionAdapters.map((name) => `adapter:${name}`)],
])("%s is documented, and no other", (_what, path, rows, known) => {
  expect(namedIn(path, rows).toSorted()).toEqual([...known].toSorted());
});

test("the architecture's diagram has the policies in the order in which calls meet them", () => {
  const order = [...documentText("packages/gateway/src/pipeline/order.ts").matchAll(/^ {2}(\w+)Policy,$/gm)].map(([, name = ""]) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  const diagram = /^ pipeline \(.*\n([\s\S]*?)AI endpoints/m.exec(documentText("docs/architecture.md"))?.[1] ?? "";
  expect(order).toContain("conflict");
  expect([...diagram.matchAll(/^ {5}│ {2}([a-z-]+(?:, [a-z-]+)*) ─/gm)].flatMap(([, names = ""]) => names.split(", "))).toEqual(order);
});

function keysOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "properties" in schema ? Object.keys(schema.properties as object) : [];
  return [...new Set([...own, ...Object.values(schema).flatMap(keysOf)])];
}
