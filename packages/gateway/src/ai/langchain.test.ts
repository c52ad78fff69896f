/** LangChain's chat models, pointed at the gateway by their base URL, each before a provider that speaks something else. */
import { ChatAnthropic } from "@langchain/anthropic";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { ChatGoogleGenerativeAI } from "@langchain/google-genai";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { everyProvider } from "./testing/every-provider.ts";
import { startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";
import { calledCity, saidText, scriptedUpstreams } from "./testing/scripted-upstreams.ts";

let provider: FakeProvider;
let gateway: AiGateway;
beforeAll(async () => {
  provider = await startProvider((_call, response) => void response.end());
  const { anthropic, openai, gemini } = everyProvider;
  gateway = await startAi({ anthropic: anthropic!.source(provider.url), openai: openai!.source(provider.url), gemini: gemini!.source(provider.url) });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const weather = { type: "function" as const, function: { name: "weather", description: "Weather now", parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } } };
const models: [string, keyof typeof scriptedUpstreams, () => BaseChatModel][] = [
  ["ChatOpenAI", "anthropic-messages", () => new ChatOpenAI({ model: "anthropic/claude-sonnet-4-5", apiKey: "unused", maxRetries: 0, maxTokens: 100, configuration: { baseURL: `${gateway.url}/v1` } })],
  ["ChatOpenAI over responses", "anthropic-messages", () => new ChatOpenAI({ model: "anthropic/claude-sonnet-4-5", apiKey: "unused", maxRetries: 0, maxTokens: 100, useResponsesApi: true, configuration: { baseURL: `${gateway.url}/v1` } })],
  ["ChatAnthropic", "openai-chat", () => new ChatAnthropic({ model: "openai/gpt-5-mini", apiKey: "unused", maxRetries: 0, maxTokens: 100, anthropicApiUrl: gateway.url })],
  ["ChatGoogleGenerativeAI", "openai-chat", () => new ChatGoogleGenerativeAI({ model: "openai/gpt-5-mini", apiKey: "unused", maxRetries: 0, baseUrl: gateway.url })],
];

describe("LangChain", () => {
  it.each(models)("calls tools through %s before a provider of %s, whole and streamed, and brings their results", async (_name, says, make) => {
    const model = make().bindTools!([weather]);
    scripted(says, false);
    const whole = (await model.invoke("Hello")) as BaseMessage & { tool_calls?: { id?: string; name: string; args: unknown }[] };
    expect([whole.text, whole.tool_calls?.[0]]).toMatchObject([saidText, { name: "weather", args: calledCity }]);
    scripted(says, true);
    const chunks: AIMessageChunk[] = [];
    for await (const chunk of await model.stream("Hello")) chunks.push(chunk as AIMessageChunk);
    const streamed = chunks.reduce((sum, chunk) => sum.concat(chunk));
    expect([streamed.text, streamed.tool_calls?.[0], (streamed.usage_metadata as { output_tokens: number } | undefined)?.output_tokens]).toMatchObject([saidText, { name: "weather", args: calledCity }, 9]);
    scripted(says, false);
    await model.invoke([{ role: "user", content: "Hello" }, whole, { role: "tool", content: "sunny", tool_call_id: whole.tool_calls?.[0]?.id ?? "", name: "weather" }]);
    for (const piece of ["Hello", "sunny", "weather", calledCity.city]) expect(provider.calls[0]?.text).toContain(piece);
  });
});

function scripted(says: keyof typeof scriptedUpstreams, stream: boolean): void {
  const said = scriptedUpstreams[says];
  provider.calls.length = 0;
  provider.respond = (_call, response) => void response.writeHead(200, { "content-type": stream ? said.contentType : "application/json" }).end(stream ? said.stream : JSON.stringify(said.whole));
}
