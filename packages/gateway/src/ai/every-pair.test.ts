/** Every dialect of callers with every kind of provider: system, image, earlier tool call, tools, reasoning; whole and streamed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProviderSource } from "@parley/contract/config/ai";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { callers } from "./testing/callers.ts";
import { startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";
import { calledCity, saidText, saidThought, scriptedUpstreams } from "./testing/scripted-upstreams.ts";

const providers: Record<string, { says: keyof typeof scriptedUpstreams; source: (url: string) => ProviderSource; model: string; path: RegExp }> = {
  openai: { says: "openai-chat", model: "gpt-4o", source: (url) => ({ apiKey: "k", baseUrl: `${url}/v1` }), path: /^\/v1\/(?:chat\/completions|responses)$/ },
  deepseek: { says: "deepseek-chat", model: "deepseek-chat", source: (url) => ({ apiKey: "k", baseUrl: url }), path: /^\/chat\/completions$/ },
  responses: { says: "openai-responses", model: "m", source: (url) => ({ kind: "openai-responses", apiKey: "k", baseUrl: `${url}/v1` }), path: /^\/v1\/responses$/ },
  anthropic: { says: "anthropic-messages", model: "claude-sonnet-4-5", source: (url) => ({ apiKey: "k", baseUrl: url }), path: /^\/v1\/messages$/ },
  gemini: { says: "gemini", model: "gemini-2.5-flash", source: (url) => ({ apiKey: "k", baseUrl: url }), path: /^\/v1beta\/models\/gemini-2\.5-flash:\w+(?:\?alt=sse)?$/ },
  mistral: { says: "mistral-chat", model: "magistral-medium-latest", source: (url) => ({ apiKey: "k", baseUrl: `${url}/v1` }), path: /^\/v1\/chat\/completions$/ },
  ollama: { says: "ollama-chat", model: "qwen3", source: (url) => ({ baseUrl: url }), path: /^\/api\/chat$/ },
  bedrock: { says: "bedrock-converse", model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", source: (url) => ({ apiKey: "k", baseUrl: url }), path: /^\/model\/us\.anthropic\.claude-sonnet-4-5-20250929-v1%3A0\/converse(?:-stream)?$/ },
  cohere: { says: "cohere-chat", model: "command-a-reasoning-08-2025", source: (url) => ({ apiKey: "k", baseUrl: url }), path: /^\/v2\/chat$/ },
  azure: { says: "openai-chat", model: "my-gpt", source: (url) => ({ kind: "azure-openai", apiKey: "k", baseUrl: url, apiVersion: "2024-10-21" }), path: /^\/openai\/(?:deployments\/my-gpt\/chat\/completions|responses)\?api-version=2024-10-21$/ },
  vertex: { says: "gemini", model: "gemini-2.5-flash", source: (url) => ({ apiKey: "k", baseUrl: url, project: "p", location: "l" }), path: /^\/v1beta1\/projects\/p\/locations\/l\/publishers\/google\/models\/gemini-2\.5-flash:\w+(?:\?alt=sse)?$/ },
  "vertex-claude": { says: "anthropic-messages", model: "claude-sonnet-4-5@20250929", source: (url) => ({ kind: "vertex", accessToken: "t", baseUrl: url, project: "p", location: "l" }), path: /^\/v1\/projects\/p\/locations\/l\/publishers\/anthropic\/models\/claude-sonnet-4-5@20250929:(?:streamRawPredict|rawPredict)$/ },
};

let upstream: FakeProvider;
let gateway: AiGateway;
const image = "iVBORw0KGgo=";

beforeAll(async () => {
  upstream = await startProvider(() => {});
  gateway = await startAi(Object.fromEntries(Object.entries(providers).map(([name, { source }]) => [name, source(upstream.url)])));
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const pairs = callers.flatMap((caller) => Object.keys(providers).map((name) => [caller.name, name, caller] as const));

describe.each(pairs)("%s to %s", (_caller, name, caller) => {
  it.each([false, true])("asks for all that was asked and tells all that was said, streamed: %s", async (stream) => {
    const { says, model, path } = providers[name]!;
    upstream.calls.length = 0;
    upstream.respond = (call, response) => {
      // A provider that speaks several dialects answers in the one that it was asked in.
      const said = scriptedUpstreams[call.path.includes("/responses") ? "openai-responses" : says];
      response.writeHead(200, { "content-type": stream ? said.contentType : "application/json" }).end(stream ? said.stream : JSON.stringify(said.whole));
    };
    const heard = await caller.ask(gateway.url, { model: `${name}/${model}`, stream, image });
    const [asked] = upstream.calls;
    expect(heard).toMatchObject({ text: saidText, call: { name: "weather", arguments: calledCity }, finish: caller.calledTools, inputTokens: 20, outputTokens: 9 });
    if (scriptedUpstreams[says].thinks) expect(heard.thought).toBe(saidThought);
    expect(asked?.path).toMatch(path);
    for (const piece of ["Be brief.", "What is this?", image, "lookup", "Ōsaka", "sunny", "weather", "Weather now"]) expect(asked?.text).toContain(piece);
    expect(asked?.headers["accept"]).toBe(!stream ? "application/json" : says === "bedrock-converse" ? "application/vnd.amazon.eventstream" : "text/event-stream");
  });
});
