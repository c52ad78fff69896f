import { expect, test } from "vitest";
import { readConfigText } from "./read-config.ts";

const key = 'keys: [{ name: k, secret: "12345678" }]';
const prompt = (version: string) => `prompts: { greet: { versions: { v1: { model: m, ${version} } } } }`;

test.each<[what: string, yaml: string, pointer: string]>([
  ["a time zone that is none", `consumers: { a: { ${key}, limits: [{ tokens: 5, per: day, zone: Mars/North }] } }`, "/consumers/a/limits/0/zone"],
  ["a budget of nothing", "ai: { limits: [{ cost: 0 USD, per: month }] }", "/ai/limits/0/cost"],
  ["requests as an alias's budget", "ai: { providers: { sandbox: {} }, models: { a: { targets: [{ model: sandbox/echo }], limits: [{ requests: 5, per: 1m }] } } }", "/ai/models/a/limits/0/requests"],
  ["a team that is not there", `consumers: { a: { ${key}, team: nobody } }`, "/consumers/a/team"],
  ["a price of no provider", "ai: { prices: { gpt: { input: 1 } } }", "/ai/prices/gpt"],
  ["a price without input", "ai: { prices: { own/m: { output: 1, tiers: { flex: 0.5 } } } }", "/ai/prices/own~1m/input"],
  ["a price of nothing", "ai: { prices: { own/m: {} } }", "/ai/prices/own~1m/input"],
  ["a negative price", "ai: { prices: { own/m: { input: -1 } } }", "/ai/prices/own~1m/input"],
  ["a tier that is neither a factor nor prices", "ai: { prices: { own/m: { input: 1, tiers: { flex: half } } } }", "/ai/prices/own~1m/tiers/flex"],
  ["a long context without a length", "ai: { prices: { own/m: { input: 1, longContext: [{ input: 2 }] } } }", "/ai/prices/own~1m/longContext/0/above"],
  ["a guardrail that looks for nothing", "ai: { guardrails: { a: { action: block } } }", "/ai/guardrails/a"],
  ["a detector that is not there", "ai: { guardrails: { a: { detect: [passports] } } }", "/ai/guardrails/a/detect/0"],
  ["a semantic cache without an exact one", "ai: { cache: { semantic: { model: openai/text-embedding-3-small } } }", "/ai/cache/semantic"],
  ["an embeddings model of no provider", "ai: { providers: { sandbox: {} }, cache: { exact: {}, semantic: { model: sandbx/embed } } }", "/ai/cache/semantic/model"],
  ["an embeddings model without its provider", "ai: { cache: { exact: {}, semantic: { model: embed } } }", "/ai/cache/semantic/model"],
  ["a threshold that nothing reaches", "ai: { providers: { sandbox: {} }, cache: { exact: {}, semantic: { model: sandbox/embed, threshold: 1.5 } } }", "/ai/cache/semantic/threshold"],
  ["an embedding that may take for ever", "ai: { providers: { sandbox: {} }, cache: { exact: {}, semantic: { model: sandbox/embed, timeout: 10m } } }", "/ai/cache/semantic/timeout"],
  ["a placeholder without a variable", prompt('messages: [{ role: user, content: "{{name}}" }]'), "/prompts/greet/versions/v1/messages/0/content"],
  ["a default of another type", prompt("messages: [{ role: user, content: x }], variables: { n: { type: integer, default: many } }"), "/prompts/greet/versions/v1/variables/n/default"],
  ["a parameter that the prompt decides", prompt("messages: [{ role: user, content: x }], parameters: { stream: true }"), "/prompts/greet/versions/v1/parameters/stream"],
  ["an allowed address that is a name", "ai: { media: { allow: [intranet.example] } }", "/ai/media/allow/0"],
  ["a bound on images without a unit", "ai: { media: { maxBytes: 5 apples } }", "/ai/media/maxBytes"],
  ["a collector that is no address", "telemetry: { otlp: { endpoint: collector } }", "/telemetry/otlp/endpoint"],
])("names the place of %s", (_what, yaml, pointer) => {
  const { config, diagnostics } = readConfigText(yaml, { environment: {} });
  expect(config).toBeNull();
  expect(diagnostics.filter(({ severity }) => severity === "error").map((found) => found.pointer)).toEqual([pointer]);
});

test("limits on tokens and cost are for AI calls: a service that has them is told where they belong", () => {
  const limits = "limits: [{ tokens: 5, per: 1m }, { cost: 5 USD, per: month, zone: Europe/Berlin }]";
  const ai = readConfigText(`consumers: { a: { ${key}, ${limits} } }`, { environment: {} });
  expect([ai.config?.consumers["a"]?.limits.length, ai.diagnostics]).toEqual([2, []]);
  const service = readConfigText(`services: { notes: { path: /notes, upstream: { targets: [{ url: "http://127.0.0.1:1" }] }, ${limits} } }`, { environment: {} });
  expect(service.config).toBeNull();
  expect(service.diagnostics.map(({ code, pointer, message }) => [code, pointer, message])).toEqual([
    ["config-invalid-value", "/services/notes/limits/0/tokens", expect.stringContaining("a service's calls have no tokens")],
    ["config-invalid-value", "/services/notes/limits/1/cost", expect.stringContaining("ai.models, consumers, their keys or teams")],
  ]);
});
