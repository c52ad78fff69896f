/** Bedrock's, Ollama's and Cohere's own APIs towards callers, with their SDKs; and other clients that are pointed at the gateway. */
import { ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { Mistral } from "@mistralai/mistralai";
import { generateText, jsonSchema, streamText, tool } from "ai";
import type { ToolSet } from "ai";
import { CohereClientV2 } from "cohere-ai";
import { Ollama } from "ollama";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChecklist } from "./testing/checklist-bench.ts";
import type { ChecklistBench } from "./testing/checklist-bench.ts";
import { startBudgeted } from "./testing/budgeted-gateway.ts";
import { everyProvider, saidTo } from "./testing/every-provider.ts";
import { cutAfter, events, json, namedEvents, sse } from "./testing/fake-provider.ts";
import { messageEvents } from "./testing/anthropic-fixtures.ts";
import { calledCity, saidText, scriptedUpstreams } from "./testing/scripted-upstreams.ts";
import { bedrockClient } from "./testing/vendor-callers.ts";

let bench: ChecklistBench;
let url: string;
beforeAll(async () => {
  bench = await startChecklist();
  ({ url } = bench.gateway);
});
afterAll(async () => await bench[Symbol.asyncDispose]());

const claude = "anthropic/claude-sonnet-4-5";
const hello = [{ role: "user" as const, content: "Hello" }];
const converseHello = [{ role: "user" as const, content: [{ text: "Hello" }] }];

/** Every provider says what it says in its own words. */
function scripted(stream: boolean): void {
  bench.provider.calls.length = 0;
  bench.provider.respond = (call, response) => {
    const says = saidTo(call.path, call.path.includes("/messages") ? "anthropic-messages" : everyProvider["openai"]!.says);
    const said = scriptedUpstreams[says];
    response.writeHead(200, { "content-type": stream ? said.contentType : "application/json" }).end(stream ? said.stream : JSON.stringify(said.whole));
  };
}

async function thrown(call: Promise<unknown>): Promise<{ name: string; message: string } & Record<string, unknown>> {
  return (await call.then(() => new Error("did not throw"), (error: unknown) => error)) as { name: string; message: string } & Record<string, unknown>;
}

describe("Bedrock's Converse towards callers", () => {
  it("takes cache points, documents, results that failed, choices and what is Bedrock's own, and Bedrock gets all of it", async () => {
    bench.provider.calls.length = 0;
    bench.provider.respond = json(scriptedUpstreams["bedrock-converse"].whole);
    const document = { format: "pdf" as const, name: "paper", citations: { enabled: true } };
    const asked = {
      system: [{ text: "Be brief." }, { cachePoint: { type: "default" as const } }],
      messages: [
        { role: "user" as const, content: [{ document: { ...document, source: { bytes: Buffer.from("%PDF") } } }, { text: "Look." }, { cachePoint: { type: "default" as const } }] },
        { role: "assistant" as const, content: [{ reasoningContent: { reasoningText: { text: "Hm.", signature: "c2ln" } } }, { toolUse: { toolUseId: "tooluse_1", name: "f", input: { a: 1 } } }] },
        { role: "user" as const, content: [{ toolResult: { toolUseId: "tooluse_1", content: [{ text: "no net" }], status: "error" as const } }, { text: "And?" }] },
      ],
      inferenceConfig: { maxTokens: 3000, stopSequences: ["END"], topP: 0.5 },
      toolConfig: { tools: [{ toolSpec: { name: "f", inputSchema: { json: { type: "object", properties: {} } } } }], toolChoice: { auto: {} } },
      guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" }, requestMetadata: { team: "red" },
    };
    await bedrockClient(url).send(new ConverseCommand({ modelId: "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", ...asked }));
    expect(bench.provider.calls[0]?.body).toEqual({ ...asked, messages: [{ role: "user", content: [{ document: { ...document, source: { bytes: "JVBERg==" } } }, ...asked.messages[0]!.content.slice(1)] }, ...asked.messages.slice(1)] });
  });

  it("answers errors as the exceptions that the SDK knows, with what to do in the message's neighbours", async () => {
    const client = bedrockClient(url);
    expect(await thrown(client.send(new ConverseCommand({ modelId: "nobody/has-it", messages: converseHello })))).toMatchObject({ name: "ResourceNotFoundException", message: expect.stringContaining("there is no model") as string });
    bench.provider.respond = json({ type: "error", error: { type: "rate_limit_error", message: "slow down" } }, 429);
    expect(await thrown(client.send(new ConverseCommand({ modelId: claude, messages: converseHello })))).toMatchObject({ name: "ThrottlingException", message: "slow down" });
    bench.provider.respond = json({ type: "error", error: { type: "overloaded_error", message: "busy" } }, 529);
    expect(await thrown(client.send(new ConverseStreamCommand({ modelId: claude, messages: converseHello })))).toMatchObject({ name: "ServiceUnavailableException" });
    const answer = await fetch(`${url}/model/${encodeURIComponent(claude)}/converse`, { method: "POST", body: "{" });
    expect([answer.status, await answer.json()]).toMatchObject([400, { __type: "ValidationException", reason: "malformed-json" }]);
  });

  it("throws within a stream that breaks off, and never ends as if it were whole", async () => {
    bench.provider.respond = cutAfter(namedEvents(...messageEvents.slice(0, 9)));
    const { stream = [] } = await bedrockClient(url).send(new ConverseStreamCommand({ modelId: claude, messages: converseHello }));
    let text = "";
    const read = async (): Promise<void> => {
      for await (const event of stream as AsyncIterable<{ contentBlockDelta?: { delta?: { text?: string } } }>) text += event.contentBlockDelta?.delta?.text ?? "";
    };
    expect((await thrown(read())).message).toContain("broke off");
    expect(text).toBe("I look");
  });

  it("wants the gateway's key where the endpoints do, as a bearer token", async () => {
    await using budgeted = await startBudgeted({});
    const ask = (key: string) => fetch(`${budgeted.url}/model/own%2Fdear/converse`, { method: "POST", headers: { authorization: `Bearer ${key}` }, body: JSON.stringify({ messages: converseHello }) });
    expect([(await ask("acme-secret")).status, (await ask("wrong")).status]).toEqual([200, 401]);
    expect(await (await ask("wrong")).json()).toMatchObject({ __type: "AccessDeniedException" });
  });
});

describe("Ollama's API towards callers", () => {
  it("streams unless told not to, in lines, and ends with the counts", async () => {
    scripted(true);
    const answer = await fetch(`${url}/api/chat`, { method: "POST", body: JSON.stringify({ model: claude, messages: hello }) });
    const lines = (await answer.text()).trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    expect(lines.slice(0, -1).every((line) => line["done"] === false && line["model"] === claude)).toBe(true);
    expect(lines.at(-1)).toMatchObject({ done: true, done_reason: "stop", prompt_eval_count: 20, eval_count: 9 });
  });

  it("generates from a prompt, whole and streamed, with a system text and images", async () => {
    scripted(false);
    const client = new Ollama({ host: url });
    expect(await client.generate({ model: claude, prompt: "Hello", system: "Be brief.", images: ["iVBORw0KGgo="], stream: false })).toMatchObject({ response: saidText, done: true, model: claude });
    expect(bench.provider.calls[0]?.body).toMatchObject({ system: "Be brief.", messages: [{ content: [{ type: "text", text: "Hello" }, { type: "image" }] }] });
    scripted(true);
    let text = "";
    for await (const part of await client.generate({ model: claude, prompt: "Hello", stream: true })) text += part.response;
    expect(text).toBe(saidText);
  });

  it("lists the models, tells what one can, and which version it is", async () => {
    const client = new Ollama({ host: url });
    expect((await client.list()).models.map(({ name }) => name)).toContain(claude);
    expect((await client.show({ model: claude })).capabilities).toContain("tools");
    expect((await client.version()).version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("passes what only Ollama knows to Ollama, and says elsewhere that it was left out", async () => {
    bench.provider.calls.length = 0;
    bench.provider.respond = json(scriptedUpstreams["ollama-chat"].whole);
    const body = { messages: hello, stream: false, keep_alive: "10m", options: { num_ctx: 4096, temperature: 0.5, num_predict: -1 } };
    await fetch(`${url}/api/chat`, { method: "POST", body: JSON.stringify({ ...body, model: "ollama/qwen3" }) });
    expect(bench.provider.calls[0]?.body).toEqual({ model: "qwen3", messages: hello, stream: false, keep_alive: "10m", options: { num_ctx: 4096, temperature: 0.5, num_predict: -1 } });
    scripted(false);
    const answer = await fetch(`${url}/api/chat`, { method: "POST", body: JSON.stringify({ ...body, model: claude }) });
    expect(answer.headers.get("parley-warning")).toMatch(/dropped;param="keep_alive".*dropped;param="options"/);
  });

  it("answers errors as a text that the client throws, also within a stream", async () => {
    const client = new Ollama({ host: url });
    expect(await thrown(client.chat({ model: "nobody/has-it", messages: hello }))).toMatchObject({ message: expect.stringContaining("there is no model") as string, status_code: 404 });
    bench.provider.respond = cutAfter(namedEvents(...messageEvents.slice(0, 9)));
    const read = async (): Promise<void> => {
      for await (const part of await client.chat({ model: claude, messages: hello, stream: true })) expect(part.done).toBe(false);
    };
    expect((await thrown(read())).message).toContain("broke off");
    expect(await thrown(client.generate({ model: claude, prompt: "a", suffix: "b", stream: false }))).toMatchObject({ message: expect.stringContaining("suffix") as string });
  });
});

describe("Cohere's v2 chat towards callers", () => {
  it("passes what only Cohere knows to Cohere, and refuses by name elsewhere what changes the answer", async () => {
    bench.provider.calls.length = 0;
    bench.provider.respond = json(scriptedUpstreams["cohere-chat"].whole);
    const body = { messages: hello, documents: [{ id: "d1", data: { text: "Rain." } }], citation_options: { mode: "ACCURATE" }, k: 3, p: 0.5, stream: false };
    await fetch(`${url}/v2/chat`, { method: "POST", body: JSON.stringify({ ...body, model: "cohere/command-a" }) });
    expect(bench.provider.calls[0]?.body).toEqual({ ...body, model: "command-a" });
    const answer = await fetch(`${url}/v2/chat`, { method: "POST", body: JSON.stringify({ ...body, model: claude }) });
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: "unsupported-parameter", param: "documents" }]);
  });

  it("throws at errors, and ends a stream that breaks off with finish reason ERROR", async () => {
    const client = new CohereClientV2({ token: "unused", environment: url, maxRetries: 0 });
    expect(await thrown(client.chat({ model: "nobody/has-it", messages: hello }))).toMatchObject({ statusCode: 404 });
    bench.provider.respond = cutAfter(namedEvents(...messageEvents.slice(0, 9)));
    const ends: unknown[] = [];
    for await (const event of await client.chatStream({ model: claude, messages: hello })) if (event.type === "message-end") ends.push(event.delta?.finishReason);
    expect(ends).toEqual(["ERROR"]);
  });
});

describe("other clients", () => {
  const tools: ToolSet = { weather: tool({ description: "Weather now", inputSchema: jsonSchema({ type: "object", properties: { city: { type: "string" } }, required: ["city"] }) }) };

  it("Mistral's SDK chats through the gateway, whole and streamed, with tools", async () => {
    const client = new Mistral({ apiKey: "unused", serverURL: url });
    scripted(false);
    const asked = { model: claude, maxTokens: 100, messages: hello, tools: [{ type: "function" as const, function: { name: "weather", parameters: { type: "object", properties: {} } } }] };
    const answer = await client.chat.complete(asked);
    expect(answer.choices?.[0]).toMatchObject({ finishReason: "tool_calls", message: { content: saidText } });
    expect(JSON.parse(answer.choices?.[0]?.message?.toolCalls?.[0]?.function.arguments as string)).toEqual(calledCity);
    scripted(true);
    let text = "";
    for await (const { data } of await client.chat.stream(asked)) text += (data.choices[0]?.delta.content as string | null | undefined) ?? "";
    expect(text).toBe(saidText);
  });

  it("Mistral's SDK reads parallel calls in pieces from OpenAI's API, whose pieces name the tool once", async () => {
    const client = new Mistral({ apiKey: "unused", serverURL: url });
    const chunk = (delta: object, finish: string | null = null): object => ({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] });
    const begun = [0, 1].map((index) => chunk({ tool_calls: [{ index, id: `call_${index}`, type: "function", function: { name: "weather", arguments: "" } }] }));
    const pieces = ['{"city":', '"Kōbe"}'].flatMap((json) => [0, 1].map((index) => chunk({ tool_calls: [{ index, function: { arguments: json } }] })));
    bench.provider.respond = sse(events(chunk({ role: "assistant" }), ...begun, ...pieces, chunk({}, "tool_calls"), "[DONE]"));
    const calls: Record<number, { id: string; name: string; json: string }> = {};
    for await (const { data } of await client.chat.stream({ model: "deepseek/deepseek-chat", messages: hello })) {
      for (const { index = 0, id, function: called } of data.choices[0]?.delta.toolCalls ?? []) {
        const call = (calls[index] ??= { id: id ?? "", name: "", json: "" });
        call.name += called.name;
        call.json += called.arguments as string;
      }
    }
    expect(Object.values(calls)).toEqual([0, 1].map((index) => ({ id: `call_${index}`, name: "weather", json: JSON.stringify(calledCity) })));
  });

  it.each([
    ["OpenAI's chat completions", () => createOpenAI({ apiKey: "unused", baseURL: `${url}/v1` }).chat(claude)],
    ["OpenAI's responses", () => createOpenAI({ apiKey: "unused", baseURL: `${url}/v1` }).responses(claude)],
    ["Anthropic's messages", () => createAnthropic({ apiKey: "unused", baseURL: `${url}/v1` })(claude)],
  ])("Vercel's AI SDK calls tools through %s, whole and streamed", async (_api, model) => {
    const asked = { model: model(), prompt: "Hello", maxOutputTokens: 100, maxRetries: 0, tools };
    scripted(false);
    const whole = await generateText(asked);
    expect([whole.text, whole.toolCalls[0]?.input, whole.finishReason]).toEqual([saidText, calledCity, "tool-calls"]);
    scripted(true);
    const stream = streamText(asked);
    expect([await stream.text, (await stream.toolCalls)[0]?.input, await stream.finishReason]).toEqual([saidText, calledCity, "tool-calls"]);
  });
});
