/** Every provider of the catalogue: its request goes where it should, with its credentials, and without what it refuses. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { providerCatalogue, usualBaseUrl } from "@parley/contract/ai/provider-catalogue";
import type { CatalogueEntry } from "@parley/contract/ai/provider-catalogue";
import type { ProviderSource } from "@parley/contract/config/ai";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";
import { scriptedUpstreams } from "./testing/scripted-upstreams.ts";

const named = ["openai", "azure-openai", "anthropic", "gemini", "vertex", "mistral", "llama", "ollama", "vllm", "llamacpp", "lmstudio", "groq", "together", "fireworks", "deepseek", "xai", "cohere", "bedrock", "openrouter", "perplexity", "cerebras", "sambanova", "nebius", "deepinfra", "hyperbolic", "novita", "moonshot", "zhipu", "zai", "qwen", "minimax", "voyage", "jina", "github", "huggingface", "nvidia", "cloudflare", "databricks", "snowflake", "watsonx", "replicate", "ai21"];
/** IBM's key is exchanged for a token at an address that is IBM's. */
const entries = providerCatalogue.filter(({ dialect, credentials }) => dialect !== null && credentials !== "ibm");
const settings = { account: "acme", region: "eu-west-1", project: "my-project", location: "europe-west1" };
const model = "some-model";
/** By dialect; those on a surface of their own below. */
const paths: Record<string, string> = {
  "openai-chat": "/chat/completions", "openai-responses": "/responses", "anthropic-messages": "/v1/messages", gemini: `/v1beta/models/${model}:generateContent`,
  "mistral-chat": "/chat/completions", "ollama-chat": "/api/chat", "bedrock-converse": `/model/${model}/converse`, "cohere-chat": "/v2/chat",
};
const surfaces: Record<string, string> = {
  azure: "/openai/v1/chat/completions", vertex: `/v1beta1/projects/my-project/locations/europe-west1/publishers/google/models/${model}:generateContent`,
};
const credentials: Record<string, [string, string] | null> = {
  bearer: ["authorization", "Bearer secret-key"], aws: ["authorization", "Bearer secret-key"], "x-api-key": ["x-api-key", "secret-key"],
  "x-goog-api-key": ["x-goog-api-key", "secret-key"], google: ["x-goog-api-key", "secret-key"], "api-key": ["api-key", "secret-key"], none: null,
};

let upstream: FakeProvider;
let gateway: AiGateway;

beforeAll(async () => {
  upstream = await startProvider((call, response) => {
    const entry = entries.find(({ kind }) => call.path.startsWith(`/${kind}/`));
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(scriptedUpstreams[entry?.dialect ?? "openai-chat"].whole));
  });
  gateway = await startAi(Object.fromEntries(entries.map((entry) => [entry.kind, account(entry)])));
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

/** As configured by name, but at the address of the test. */
function account(entry: CatalogueEntry): ProviderSource {
  const own = Object.fromEntries((entry.settings ?? []).filter(({ name }) => name in settings).map(({ name }) => [name, settings[name as keyof typeof settings]]));
  return { ...own, apiKey: "secret-key", baseUrl: `${upstream.url}/${entry.kind}${basePath(entry)}` };
}

function basePath(entry: CatalogueEntry): string {
  return new URL(usualBaseUrl(entry, settings) ?? "http://none").pathname.replace(/\/$/, "");
}

it("knows all that are to be known, at https or on one's own machine", () => {
  expect(providerCatalogue.map(({ kind }) => kind)).toEqual(expect.arrayContaining(named));
  expect(new Set(providerCatalogue.map(({ kind }) => kind)).size).toBe(providerCatalogue.length);
  for (const entry of entries) expect(usualBaseUrl(entry, settings) ?? "https://none", entry.kind).toMatch(/^(?:https:\/\/[\w.-]+|http:\/\/127\.0\.0\.1:\d+)(?:\/[\w./-]*[\w])?$/);
});

it("takes the settings into the address, and says which is missing", () => {
  const address = (kind: string, written: Record<string, string>): string | null => usualBaseUrl(providerCatalogue.find((entry) => entry.kind === kind)!, written);
  expect(address("bedrock", { region: "eu-west-1" })).toBe("https://bedrock-runtime.eu-west-1.amazonaws.com");
  expect(address("cloudflare", { account: "a1" })).toBe("https://api.cloudflare.com/client/v4/accounts/a1/ai/v1");
  expect(address("databricks", { account: "https://x.cloud.databricks.com/" })).toBe("https://x.cloud.databricks.com/serving-endpoints");
  expect(address("vertex", { location: "europe-west1" })).toBe("https://europe-west1-aiplatform.googleapis.com");
  expect(address("vertex", {})).toBe("https://aiplatform.googleapis.com");
  expect(address("cloudflare", {})).toBeNull();
});

describe.each(entries.map((entry) => [entry.kind, entry] as const))("%s", (kind, entry) => {
  const expectedPath = `/${kind}${basePath(entry)}${entry.surface ? surfaces[entry.surface] : paths[entry.dialect ?? ""]}`;
  const usual = { model: `${kind}/${model}`, max_completion_tokens: 100, messages: [{ role: "developer", content: "Be brief." }, { role: "user", content: "developer" }] };

  async function ask(body: object): Promise<{ answer: Response; text: string }> {
    upstream.calls.length = 0;
    const answer = await gateway.post(body);
    return { answer, text: await answer.text() };
  }

  it("is asked at its address with its credentials, and without what it does not take, which is said", async () => {
    const drops = entry.quirks?.drops ?? [];
    const hints = { seed: 7, user: "u", metadata: { a: "b" }, service_tier: "auto", store: false, presence_penalty: 0.5, frequency_penalty: 0.5, parallel_tool_calls: true, tool_choice: "auto" };
    const written = Object.fromEntries(Object.entries(hints).filter(([name]) => drops.includes(name)));
    const { answer, text } = await ask({ ...usual, ...written });
    expect(answer.status, text).toBe(200);
    const [call] = upstream.calls;
    expect(call?.path).toBe(expectedPath);
    const expected = credentials[entry.credentials];
    if (expected) expect(call?.headers[expected[0]]).toBe(expected[1]);
    for (const name of drops) expect(call?.body).not.toHaveProperty(name);
    const warnings = answer.headers.get("parley-warning") ?? "";
    for (const name of Object.keys(written)) if (written[name] !== false) expect(warnings).toContain(`dropped;param="${name}"`);
    if (entry.quirks?.noDeveloperRole) expect(JSON.stringify(call?.body["messages"])).toContain('"role":"system"');
    for (const [from, to] of Object.entries(entry.quirks?.renames ?? {})) if (from in usual) expect([call?.body[to], call?.body[from]]).toEqual([100, undefined]);
  });

  it.each(entry.quirks?.refuses ?? [])("refuses %s by its name, and does not ask", async (name) => {
    const values: Record<string, unknown> = { n: 2, logit_bias: { 5: 1 }, logprobs: true, top_logprobs: 3, tools: [{ type: "function", function: { name: "f" } }], stop: ["END"] };
    const { answer, text } = await ask({ ...usual, [name]: values[name] });
    expect([answer.status, (JSON.parse(text) as { error: { code: string; param: string } }).error]).toMatchObject([400, { code: "unsupported-parameter", param: name }]);
    expect(upstream.calls).toHaveLength(0);
  });
});
