import Anthropic from "@anthropic-ai/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "../../testing/ai-gateway.ts";
import type { AiGateway } from "../../testing/ai-gateway.ts";
import { json, startProvider } from "../../testing/fake-provider.ts";
import type { FakeProvider, Respond } from "../../testing/fake-provider.ts";
import { awsEvent, awsException, saidText, scriptedUpstreams } from "../../testing/scripted-upstreams.ts";

const claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const at = `/model/${encodeURIComponent(claude)}`;
const betas = "interleaved-thinking-2025-05-14,context-management-2025-06-27";
const document = { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBERg==" }, title: "T", context: "C", citations: { enabled: true }, cache_control: { type: "ephemeral", ttl: "1h" } };
const thought = { type: "thinking", thinking: "Hm.", signature: "EqQBCkYIBhgCKkD+/==" };
const body = {
  model: `bedrock/${claude}`, max_tokens: 3000, thinking: { type: "enabled", budget_tokens: 2000 }, system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }], metadata: { user_id: "u1" },
  messages: [
    { role: "user", content: [document, { type: "text", text: "What is it?" }] },
    { role: "assistant", content: [thought, { type: "redacted_thinking", data: "Q0lQSA==" }, { type: "tool_use", id: "toolu_1", name: "f", input: { b: 1, a: 2 }, caller: { type: "direct" } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: [{ type: "tool_reference", tool_name: "g" }] }] },
  ],
  tools: [{ name: "f", input_schema: { type: "object", properties: { url: { type: "string" } } }, defer_loading: true }], context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
};
const cited = { type: "char_location", cited_text: "a", document_index: 0, document_title: "T", start_char_index: 0, end_char_index: 1 };
const message = {
  id: "msg_bdrk_1", type: "message", role: "assistant", model: "claude-sonnet-4-5-20250929", content: [thought, { type: "text", text: "Yes.", citations: [cited] }], stop_reason: "end_turn", stop_sequence: null,
  usage: { input_tokens: 10, cache_creation_input_tokens: 5, cache_read_input_tokens: 3, cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 5 }, output_tokens: 7 }, context_management: { applied_edits: [] },
};
let provider: FakeProvider;
let gateway: AiGateway;

async function start(ai: object = {}): Promise<void> {
  gateway = await startAi({ bedrock: { apiKey: "k", baseUrl: provider.url }, vertex: { accessToken: "t", baseUrl: provider.url, project: "p", location: "l" }, anthropic: { apiKey: "a", baseUrl: provider.url } }, {}, { ai: { access: "open", ...ai } });
}

beforeEach(async () => {
  provider = await startProvider(json(message));
  await start();
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

function ask(asked: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}/v1/messages`, { method: "POST", headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", ...headers }, body: JSON.stringify(asked) });
}

function chunks(...events: object[]): Buffer[] {
  return events.map((event) => awsEvent("chunk", { bytes: Buffer.from(JSON.stringify(event)).toString("base64"), p: "ab" }));
}

function framed(messages: readonly Buffer[]): Respond {
  return (_call, response) => void response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" }).end(Buffer.concat(messages));
}

const streamed = [
  { type: "message_start", message: { ...message, content: [], stop_reason: null, usage: { input_tokens: 10, output_tokens: 1 } } },
  { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } }, { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } },
  { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: thought.signature } }, { type: "content_block_stop", index: 0 },
  { type: "content_block_start", index: 1, content_block: { type: "text", text: "", citations: [] } }, { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Yes." } },
  { type: "content_block_delta", index: 1, delta: { type: "citations_delta", citation: cited } }, { type: "content_block_stop", index: 1 },
  { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 7 } }, { type: "message_stop" },
];

describe("messages to Anthropic's models at Bedrock", () => {
  it("go by InvokeModel where Converse has no place for something of them: nothing of the request or the answer is lost", async () => {
    const answer = await ask(body, { "anthropic-beta": betas });
    expect(await answer.json()).toEqual({ ...message, model: body.model });
    expect(answer.headers.get("parley-warning")).toBeNull();
    const { model: _model, ...rest } = body;
    expect(provider.calls.map(({ path, body: sent, headers }) => [path, sent, headers.accept, headers["anthropic-beta"]])).toEqual([[`${at}/invoke`, { anthropic_version: "bedrock-2023-05-31", anthropic_beta: betas.split(","), ...rest }, "application/json", undefined]]);
    expect(provider.calls[0]?.text).toContain('"input":{"b":1,"a":2}');
    expect(await gateway.records()).toMatchObject([{ inputTokens: 18, cacheReadTokens: 3, outputTokens: 7, finishReason: "end_turn", dialectIn: "anthropic-messages", dialectOut: "anthropic-messages" }]);
  });

  it("stream out of AWS's framing as the events that the SDK knows, whatever its chunks", async () => {
    const bytes = Buffer.concat(chunks(...streamed));
    provider.respond = async (_call, response) => {
      response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
      for (let position = 0; position < bytes.length; position += 97) await new Promise<void>((resolve) => response.write(bytes.subarray(position, position + 97), () => resolve()));
      response.end();
    };
    const client = new Anthropic({ apiKey: "unused", baseURL: gateway.url, maxRetries: 0 });
    const told = await client.messages.stream({ ...(body as unknown as Anthropic.MessageStreamParams) }, { headers: { "anthropic-beta": betas } }).finalMessage();
    expect(told).toMatchObject({ id: message.id, model: body.model, content: message.content, stop_reason: "end_turn", usage: { output_tokens: 7 } });
    expect([provider.calls[0]?.path, provider.calls[0]?.body["stream"], provider.calls[0]?.headers.accept]).toEqual([`${at}/invoke-with-response-stream`, undefined, "application/json"]);
    expect(await gateway.records()).toMatchObject([{ outputTokens: 7, finishReason: "end_turn" }]);
  });

  it("go by Converse where that says all of it", async () => {
    provider.respond = json(scriptedUpstreams["bedrock-converse"].whole);
    const answer = await ask({ model: body.model, max_tokens: 10, messages: [{ role: "user", content: "Hello" }] });
    expect([(await answer.json()) as unknown, provider.calls[0]?.path]).toMatchObject([{ content: [{}, { text: saidText }, {}] }, `${at}/converse`]);
  });

  it("are read all the same where a stand-in for Bedrock answers as Converse does, whole and streamed", async () => {
    const { whole, stream } = scriptedUpstreams["bedrock-converse"];
    provider.respond = json(whole);
    expect(await (await ask(body)).json()).toMatchObject({ model: body.model, content: [{ type: "thinking", signature: "c2ln" }, { text: saidText }, { type: "tool_use" }], stop_reason: "tool_use" });
    provider.respond = framed([stream]);
    const events = await (await ask({ ...body, stream: true })).text();
    expect(events).toContain(saidText);
    expect(events.trimEnd().split("\n").at(-1)).toBe('data: {"type":"message_stop"}');
  });

  it("keep the betas that Bedrock knows, and say which it does not", async () => {
    const answer = await ask({ ...body, anthropic_beta: ["effort-2025-11-24"] }, { "anthropic-beta": "claude-code-20250219, context-1m-2025-08-07" });
    expect(provider.calls[0]?.body["anthropic_beta"]).toEqual(["effort-2025-11-24", "context-1m-2025-08-07"]);
    expect(answer.headers.get("parley-warning")).toMatch(/^dropped;param="anthropic-beta.claude-code-20250219"/);
  });

  it.each([
    ["at the beginning", '{"stream":false,"model":"M","max_tokens":5,"messages":[]}', '{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,"messages":[]}'],
    ["at the end", '{ "max_tokens":5, "messages":[], "model" : "M" , "service_tier":"auto", "stream" : false }', '{ "max_tokens":5, "messages":[], "anthropic_version":"bedrock-2023-05-31"   }'],
    ["alone", '{"model":"M","stream":false}', '{"anthropic_version":"bedrock-2023-05-31"}'],
  ])("change no byte but for what stands elsewhere there: %s", async (_where, before, after) => {
    const { invokedMessages } = await import("./invoked-messages.ts");
    expect(String(invokedMessages.rewriteRequest(Buffer.from(before), {}, { model: claude, stream: false }))).toBe(after);
  });

  it.each([
    ["tools", { tools: [{ type: "web_search_20250305", name: "web_search" }] }], ["mcp_servers", { mcp_servers: [{ type: "url", name: "s", url: "https://s.example" }] }], ["container", { container: "c1" }],
  ])("are refused by name where they want what runs at Anthropic alone: %s", async (param, asked) => {
    const answer = await ask({ ...body, ...asked }, { "anthropic-beta": betas });
    expect([answer.status, await answer.json(), provider.calls.length]).toMatchObject([400, { error: { param, code: "unsupported-parameter" } }, 0]);
  });

  it.each([
    ["mcp_servers", { mcp_servers: [{ type: "url", name: "s", url: "https://s.example" }] }, claude], ["mcp_servers", { mcp_servers: [{ type: "url", name: "s", url: "https://s.example" }] }, "amazon.nova-lite-v1:0"],
    ["container", { container: "c1" }, claude], ["tools", { tools: [{ type: "code_execution_20250825", name: "code_execution" }] }, claude],
  ])("are refused by name for %s where nothing else of them needs Anthropic's own words, whichever model it is", async (param, asked, model) => {
    const answer = await ask({ model: `bedrock/${model}`, max_tokens: 10, messages: [{ role: "user", content: "Hello" }], ...asked });
    expect([answer.status, await answer.json(), provider.calls.length]).toMatchObject([400, { error: { param, code: "unsupported-parameter" } }, 0]);
  });

  it("tell errors in the caller's words with their status, whole, within a stream, and where the stream is cut", async () => {
    provider.respond = json({ message: "Too many requests, please wait before trying again." }, 429, { "x-amzn-errortype": "ThrottlingException" });
    const answer = await ask(body);
    expect([answer.status, await answer.json(), answer.headers.get("x-amzn-errortype")]).toMatchObject([429, { type: "error", error: { type: "rate_limit_error", message: "Too many requests, please wait before trying again." } }, null]);
    provider.respond = framed([...chunks(...streamed.slice(0, 7)), awsException("modelStreamErrorException", { message: "broke" })]);
    expect((await (await ask({ ...body, stream: true })).text()).trimEnd().split("\n\n").at(-1)).toMatch(/^event: error\ndata: .*"message":"broke"/);
    provider.respond = framed([...chunks(...streamed.slice(0, 7))]);
    expect((await (await ask({ ...body, stream: true })).text()).trimEnd().split("\n\n").at(-1)).toMatch(/^event: error\n/);
  });

  it("keep all of it under a guardrail, betas too", async () => {
    await gateway[Symbol.asyncDispose]();
    await start({ guardrails: { secrets: { detect: ["secrets"] } } });
    const answer = await ask(body, { "anthropic-beta": betas });
    expect(await answer.json()).toMatchObject({ content: message.content, usage: message.usage });
    const { model: _model, ...rest } = body;
    expect(provider.calls[0]).toMatchObject({ path: `${at}/invoke`, body: { anthropic_beta: betas.split(","), ...rest } });
    provider.respond = framed(chunks(...streamed));
    const events = await (await ask({ ...body, stream: true }, { "anthropic-beta": betas })).text();
    expect([events.includes(thought.signature), events.includes('"citations_delta"')]).toEqual([true, true]);
  });
});

describe("what is new at Anthropic and asked for by name", () => {
  const hello = { model: "", messages: [{ role: "user", content: "Hello" }] };
  const post = (model: string): Promise<Response> => gateway.post({ ...hello, model }, { "anthropic-beta": "context-1m-2025-08-07" });

  it("reaches Anthropic, and its models elsewhere, from callers of other APIs, and is warned of where it means nothing", async () => {
    provider.respond = json(scriptedUpstreams["bedrock-converse"].whole);
    expect((await post(`bedrock/${claude}`)).headers.get("parley-warning")).toBeNull();
    const other = await post("bedrock/us.amazon.nova-lite-v1:0");
    provider.respond = json(message);
    await post("anthropic/claude-sonnet-4-5");
    await post("vertex/claude-sonnet-4-5@20250929");
    const [converse, nova, anthropic, vertex] = provider.calls;
    expect([converse?.body["additionalModelRequestFields"], nova?.body["additionalModelRequestFields"], anthropic?.headers["anthropic-beta"], vertex?.headers["anthropic-beta"]]).toEqual([{ anthropic_beta: ["context-1m-2025-08-07"] }, undefined, "context-1m-2025-08-07", "context-1m-2025-08-07"]);
    expect(other.headers.get("parley-warning")).toMatch(/dropped;param="anthropic-beta"/);
  });
});
