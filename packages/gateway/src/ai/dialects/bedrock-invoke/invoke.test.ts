import { CountTokensCommand, InvokeModelCommand, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "../../testing/ai-gateway.ts";
import type { AiGateway } from "../../testing/ai-gateway.ts";
import { messageEvents } from "../../testing/anthropic-fixtures.ts";
import { cutAfter, json, namedEvents, sse, startProvider } from "../../testing/fake-provider.ts";
import type { FakeProvider, Respond } from "../../testing/fake-provider.ts";
import { awsEvent, awsException, calledCity, saidText, scriptedUpstreams } from "../../testing/scripted-upstreams.ts";
import { bedrockClient } from "../../testing/vendor-callers.ts";

const haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const asked = '{ "anthropic_version":"bedrock-2023-05-31", "anthropic_beta":["context-1m-2025-08-07"], "max_tokens":50, "messages":[{"role":"user","content":"H\\u0069"}], "a_new_one": 1.50 }';
const metrics = { inputTokenCount: 5, outputTokenCount: 10, invocationLatency: 616, firstByteLatency: 616, cacheReadInputTokenCount: 2, cacheWriteInputTokenCount: 0 };
const counted = { "x-amzn-bedrock-input-token-count": "5", "x-amzn-bedrock-output-token-count": "10", "x-amzn-bedrock-invocation-latency": "616" };
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json({}));
  gateway = await startAi(
    { bedrock: { apiKey: "k", baseUrl: provider.url }, anthropic: { apiKey: "a", baseUrl: provider.url }, openai: { apiKey: "o", baseUrl: `${provider.url}/v1` } },
    { fast: { targets: [{ model: `bedrock/${haiku}` }] } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

function chunk(body: unknown): Buffer {
  return awsEvent("chunk", { bytes: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)).toString("base64"), p: "abcd" });
}

function framed(...messages: Buffer[]): Respond {
  return (_call, response) => void response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream", "x-amzn-bedrock-content-type": "application/json" }).end(Buffer.concat(messages));
}

function ask(model: string, body: string, verb = "invoke"): Promise<Response> {
  return fetch(`${gateway.url}/model/${encodeURIComponent(model)}/${verb}`, { method: "POST", headers: { "content-type": "application/json", "x-amzn-bedrock-trace": "ENABLED", authorization: "Bearer theirs" }, body });
}

const streamed = "invoke-with-response-stream";

async function chunksOf(model: string, body = asked): Promise<Record<string, unknown>[]> {
  const answer = await bedrockClient(gateway.url).send(new InvokeModelWithResponseStreamCommand({ modelId: model, body }));
  const chunks: Record<string, unknown>[] = [];
  for await (const event of answer.body ?? []) chunks.push(JSON.parse(Buffer.from(event.chunk?.bytes ?? []).toString("utf8")) as Record<string, unknown>);
  return chunks;
}

describe("InvokeModel before Bedrock", () => {
  it("passes as it came, whole and as a stream, with what its header fields ask, and what was used is counted", async () => {
    const answer = '{"id":"msg_bdrk_1" ,"type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"Hello."}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":4,"cache_creation_input_tokens":0,"cache_read_input_tokens":3,"output_tokens":2}, "n": 1.0}';
    provider.respond = json(answer, 200, { ...counted, "x-amzn-requestid": "r1" });
    const whole = await ask("fast", asked);
    expect([await whole.text(), whole.headers.get("x-amzn-bedrock-invocation-latency"), whole.headers.get("x-amzn-bedrock-input-token-count")]).toEqual([answer, "616", "5"]);
    const stream = [
      chunk({ type: "message_start", message: { id: "m", type: "message", role: "assistant", model: "x", content: [], usage: { input_tokens: 4, output_tokens: 1 } } }),
      chunk({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }), chunk({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello." } }),
      chunk({ type: "content_block_stop", index: 0 }), chunk({ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 2 } }),
      chunk({ type: "message_stop", "amazon-bedrock-invocationMetrics": metrics }),
    ];
    provider.respond = framed(...stream);
    const passed = await ask("fast", asked, streamed);
    expect([passed.headers.get("content-type"), passed.headers.get("x-amzn-bedrock-content-type"), Buffer.from(await passed.arrayBuffer())]).toEqual(["application/vnd.amazon.eventstream", "application/json", Buffer.concat(stream)]);
    const path = `/model/${encodeURIComponent(haiku)}`;
    expect(provider.calls.map(({ path: at, text, headers }) => [at, text, headers["x-amzn-bedrock-trace"], headers.authorization])).toEqual([[`${path}/invoke`, asked, "ENABLED", "Bearer k"], [`${path}/${streamed}`, asked, "ENABLED", "Bearer k"]]);
    expect(await gateway.records()).toMatchObject([{ inputTokens: 7, cacheReadTokens: 3, outputTokens: 2, finishReason: "end_turn" }, { inputTokens: 4, outputTokens: 2, finishReason: "end_turn" }]);
  });

  it.each([
    ["meta.llama3-3-70b-instruct-v1:0", '{"prompt":"Hi","max_gen_len":5}', [{ generation: "Hello", prompt_token_count: 5, generation_token_count: 1, stop_reason: null }, { generation: ".", stop_reason: "stop" }], "stop"],
    ["mistral.mistral-large-2407-v1:0", '{"prompt":"<s>[INST]Hi[/INST]","max_tokens":5}', [{ outputs: [{ text: "Hello", stop_reason: null }] }, { outputs: [{ text: ".", stop_reason: "length" }] }], "length"],
    ["amazon.nova-micro-v1:0", '{"schemaVersion":"messages-v1","messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"max_new_tokens":5}}', [{ messageStart: { role: "assistant" } }, { contentBlockDelta: { delta: { text: "Hello." }, contentBlockIndex: 0 } }, { messageStop: { stopReason: "max_tokens" }, stopReason: "max_tokens" }], "max_tokens"],
    ["amazon.titan-text-lite-v1", '{"inputText":"Hi","textGenerationConfig":{"maxTokenCount":10}}', [{ outputText: "Hello.", index: 0, completionReason: "FINISH" }], "FINISH"],
    ["cohere.command-r-plus-v1:0", '{"message":"Hi"}', [{ event_type: "text-generation", text: "Hello." }, { event_type: "stream-end", finish_reason: "COMPLETE" }], "COMPLETE"],
    ["some.maker-s-new-model-v1:0", '{"new":"form"}', [{ new: "form" }, { ended: true }], undefined],
  ])("passes the body of %s and counts by what Bedrock adds to every stream, and to every answer's head", async (model, body, pieces, reason) => {
    const messages = pieces.map((piece, index) => chunk(index === pieces.length - 1 ? { ...piece, "amazon-bedrock-invocationMetrics": metrics } : piece));
    provider.respond = framed(...messages);
    expect(Buffer.from(await (await ask(`bedrock/${model}`, body, streamed)).arrayBuffer())).toEqual(Buffer.concat(messages));
    provider.respond = json(Object.assign({}, ...pieces) as object, 200, counted);
    expect((await ask(`bedrock/${model}`, body)).status).toBe(200);
    expect(provider.calls.map(({ text }) => text)).toEqual([body, body]);
    const [stream, whole] = await gateway.records();
    expect([stream, whole]).toMatchObject([{ inputTokens: 7, outputTokens: 10, ...(reason && { finishReason: reason }) }, { inputTokens: 5, outputTokens: 10, ...(reason && { finishReason: reason }) }]);
  });

  it.each(["amazon.titan-embed-text-v2:0", "cohere.embed-multilingual-v3"])("passes what %s embeds", async (model) => {
    const vectors = '{"embedding":[0.10,-1e-3],"inputTextTokenCount":5}';
    provider.respond = json(vectors, 200, { "x-amzn-bedrock-input-token-count": "5" });
    expect(await (await ask(`bedrock/${model}`, '{"inputText":"Hi","dimensions":256}')).text()).toBe(vectors);
    expect(await gateway.records()).toMatchObject([{ inputTokens: 5, outputTokens: 0 }]);
  });

  it("ends a stream that breaks off or has an exception inside as an exception, and not as if it were whole", async () => {
    for (const messages of [[chunk({ generation: "Hello" })], [chunk({ generation: "Hello" }), awsException("modelStreamErrorException", { message: "lost" })], [chunk({ generation: "Hello" }), chunk("{")]]) {
      provider.respond = framed(...messages);
      await expect(chunksOf("bedrock/meta.llama3-3-70b-instruct-v1:0", '{"prompt":"Hi"}')).rejects.toMatchObject({ name: expect.stringMatching(/Exception$/) as string });
    }
  });
});

describe("InvokeModel before other providers", () => {
  it("is translated where it is written for Anthropic's models, betas and all", async () => {
    provider.respond = json(scriptedUpstreams["anthropic-messages"].whole);
    const answer = await bedrockClient(gateway.url).send(new InvokeModelCommand({ modelId: "anthropic/claude-sonnet-4-5", body: asked }));
    expect(provider.calls[0]).toMatchObject({ path: "/v1/messages", headers: { "anthropic-beta": "context-1m-2025-08-07", "anthropic-version": "2023-06-01" } });
    expect(provider.calls[0]?.body).toEqual({ model: "claude-sonnet-4-5", max_tokens: 50, messages: [{ role: "user", content: "Hi" }], a_new_one: 1.5 });
    expect(JSON.parse(Buffer.from(answer.body).toString("utf8"))).toMatchObject({ type: "message", content: expect.arrayContaining([expect.objectContaining({ type: "text", text: saidText })]) as unknown });
    provider.respond = json(scriptedUpstreams["openai-chat"].whole);
    const other = await ask("openai/gpt-5-mini", asked);
    expect([other.headers.get("x-amzn-bedrock-input-token-count"), await other.json()]).toMatchObject(["20", { stop_reason: "tool_use", content: [{ text: saidText }, { type: "tool_use", input: calledCity }] }]);
  });

  it("streams as chunks with the events of messages, and with Bedrock's counts at the end", async () => {
    provider.respond = sse(namedEvents(...messageEvents));
    const chunks = await chunksOf("anthropic/claude-sonnet-4-5");
    expect([chunks[0]?.["type"], chunks.at(-1)]).toMatchObject(["message_start", { type: "message_stop", "amazon-bedrock-invocationMetrics": { outputTokenCount: expect.any(Number) as number } }]);
    provider.respond = cutAfter(namedEvents(...messageEvents.slice(0, 9)));
    await expect(chunksOf("anthropic/claude-sonnet-4-5")).rejects.toMatchObject({ name: expect.stringMatching(/Exception$/) as string });
  });

  it("refuses by name what is another maker's body, as an exception that the SDK knows", async () => {
    const refused = await bedrockClient(gateway.url).send(new InvokeModelCommand({ modelId: "openai/gpt-5-mini", body: '{"prompt":"Hi","max_gen_len":5}' })).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: "ValidationException", message: expect.stringContaining("only Bedrock reads") as string });
    expect(provider.calls).toEqual([]);
    expect((await ask("openai/gpt-5-mini", '{"anthropic_version":"bedrock-2023-05-31","messages":[]}')).status).toBe(400);
  });
});

describe("CountTokens", () => {
  const converse = { messages: [{ role: "user" as const, content: [{ text: "How many tokens are these?" }] }] };

  it("passes to Bedrock as it came", async () => {
    provider.respond = json('{"inputTokens": 23}');
    const body = '{ "input":{"converse":{"messages":[{"role":"user","content":[{"text":"H\\u0069"},{"cachePoint":{"type":"default"}}]}],"system":[]}} }';
    expect(await (await ask("fast", body, "count-tokens")).text()).toBe('{"inputTokens": 23}');
    expect(provider.calls[0]).toMatchObject({ path: `/model/${encodeURIComponent(haiku)}/count-tokens`, text: body });
  });

  it("is estimated, and says so, for providers that do not count so", async () => {
    for (const input of [{ converse }, { invokeModel: { body: Buffer.from(asked) } }, { invokeModel: { body: Buffer.from('{"prompt":"How many tokens are these?"}') } }]) {
      const { inputTokens } = await bedrockClient(gateway.url).send(new CountTokensCommand({ modelId: "openai/gpt-5-mini", input }));
      expect(inputTokens).toBeGreaterThan(3);
    }
    const answer = await ask("openai/gpt-5-mini", JSON.stringify({ input: { converse } }), "count-tokens");
    expect(answer.headers.get("parley-warning")).toContain("estimate");
    expect(provider.calls).toEqual([]);
  });
});
