import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { AwsEventStreamReader } from "../../framing/aws-event-stream-reader.ts";
import { BrokenFramingError } from "../../framing/frame-reader.ts";
import { startAi } from "../../testing/ai-gateway.ts";
import type { AiGateway } from "../../testing/ai-gateway.ts";
import { json, startProvider } from "../../testing/fake-provider.ts";
import type { FakeProvider } from "../../testing/fake-provider.ts";
import { awsEvent, awsException, scriptedUpstreams } from "../../testing/scripted-upstreams.ts";

const whole = scriptedUpstreams["bedrock-converse"].stream;
const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

function read(chunks: readonly Buffer[]): unknown[] {
  const reader = new AwsEventStreamReader(1024 * 1024);
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.finish()];
}

describe("AWS's event stream", () => {
  it("gives the same messages wherever its bytes are cut", () => {
    const expected = read([whole]);
    expect(expected).toHaveLength(11);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 40 }), (places) => {
        const edges = [0, ...places.toSorted((one, other) => one - other), whole.length];
        expect(read(edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge)))).toEqual(expected);
      }),
    );
  });

  it("takes no message of which any bit was changed", () => {
    const message = awsEvent("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Kōbe" } });
    fc.assert(
      fc.property(fc.nat(message.length * 8 - 1), (bit) => {
        const altered = Buffer.from(message);
        altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => read([altered])).toThrow(BrokenFramingError);
      }),
    );
  });

  it("holds no more than its bound", () => {
    const reader = new AwsEventStreamReader(100);
    expect(() => reader.push(awsEvent("x", { text: "y".repeat(200) }).subarray(0, 20))).toThrow(BrokenFramingError);
  });
});

async function start(): Promise<{ provider: FakeProvider; gateway: AiGateway }> {
  const provider = await startProvider(json(scriptedUpstreams["bedrock-converse"].whole));
  const gateway = await startAi({ bedrock: { accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "session", region: "us-east-1", baseUrl: provider.url } });
  opened.push(provider, gateway);
  return { provider, gateway };
}

const hello = { model: "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", messages: [{ role: "user", content: "Hello" }] };

function streaming(body: Buffer): FakeProvider["respond"] {
  return (_call, response) => void response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" }).end(body);
}

describe("a call to Bedrock", () => {
  it("is signed, with the model's id or ARN as one segment of the path", async () => {
    const { provider, gateway } = await start();
    await gateway.post(hello);
    await gateway.post({ ...hello, model: "bedrock/arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0" });
    expect(provider.calls.map(({ path }) => path)).toEqual([
      "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse",
      "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse",
    ]);
    expect(provider.calls[0]?.headers).toMatchObject({ "x-amz-security-token": "session", authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/us-east-1\/bedrock\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/) as string });
  });

  it("has cache points, structured output, a guardrail and thinking in Bedrock's form", async () => {
    const { provider, gateway } = await start();
    const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
    await gateway.post({
      ...hello, max_completion_tokens: 5000, reasoning_effort: "low", guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" }, metadata: { team: "a" }, service_tier: "flex",
      response_format: { type: "json_schema", json_schema: { name: "place", schema } },
      messages: [{ role: "system", content: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral", ttl: "1h" } }] }, ...hello.messages],
    });
    expect(provider.calls[0]?.body).toEqual({
      system: [{ text: "Be brief." }, { cachePoint: { type: "default", ttl: "1h" } }],
      messages: [{ role: "user", content: [{ text: "Hello" }] }],
      inferenceConfig: { maxTokens: 5000 },
      outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema: { schema: JSON.stringify(schema), name: "place" } } } },
      additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2048 } },
      guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" }, requestMetadata: { team: "a" }, serviceTier: { type: "flex" },
    });
  });

  it("names tools of earlier turns where the request has none, and says so", async () => {
    const { provider, gateway } = await start();
    const answer = await gateway.post({ ...hello, messages: [...hello.messages, { role: "assistant", content: null, tool_calls: [{ id: "a.1", type: "function", function: { name: "lookup", arguments: "" } }] }, { role: "tool", tool_call_id: "a.1", content: "" }] });
    expect(answer.headers.get("parley-warning")).toContain('added;param="tools"');
    expect(provider.calls[0]?.body).toMatchObject({
      toolConfig: { tools: [{ toolSpec: { name: "lookup" } }] },
      messages: [{}, { content: [{ toolUse: { toolUseId: "a_1", input: {} } }] }, { content: [{ toolResult: { toolUseId: "a_1", content: [{ text: "(no output)" }] } }] }],
    });
  });

  it.each([["n", { n: 2 }], ["logprobs", { logprobs: true }], ["response_format", { response_format: { type: "json_object" } }]])("is refused with %s, by its name", async (param, more) => {
    const { provider, gateway } = await start();
    const answer = await gateway.post({ ...hello, ...more });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: "unsupported-parameter", param } }]);
    expect(provider.calls).toHaveLength(0);
  });

  it("tells of a guardrail that stepped in", async () => {
    const { provider, gateway } = await start();
    provider.respond = json({ output: { message: { role: "assistant", content: [{ text: "No." }] } }, stopReason: "guardrail_intervened", usage: { inputTokens: 1, outputTokens: 1 } });
    expect(await (await gateway.post(hello)).json()).toMatchObject({ choices: [{ finish_reason: "content_filter", message: { content: "No." } }] });
  });

  it.each<[string, number, string]>([["throttlingException", 429, "rate_limit_exceeded"], ["modelStreamErrorException", 502, ""], ["validationException", 400, ""]])("answers %s before any content with status %d", async (type, status) => {
    const { provider, gateway } = await start();
    provider.respond = streaming(Buffer.concat([awsEvent("messageStart", { role: "assistant" }), awsException(type, { message: "the words" })]));
    const answer = await gateway.post({ ...hello, stream: true });
    expect([answer.status, await answer.json()]).toMatchObject([status, { error: { message: "the words" } }]);
  });

  it.each<[string, Buffer, string]>([
    ["an exception", awsException("serviceUnavailableException", { message: "the words" }), "the words"],
    ["a checksum that is wrong", Buffer.from(whole.subarray(0, whole.readUInt32BE(0))).fill(0, 20, 30), "checksum"],
    ["a cut", whole.subarray(0, 30), "ended before"],
  ])("ends with an error event after %s within an answer, and never as if it were complete", async (_what, rest, words) => {
    const { provider, gateway } = await start();
    provider.respond = streaming(Buffer.concat([awsEvent("messageStart", { role: "assistant" }), awsEvent("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Kōbe" } }), rest]));
    const text = await (await gateway.post({ ...hello, stream: true })).text();
    expect(text).toContain("Kōbe");
    expect(text).toContain(words);
    expect(text).not.toContain("[DONE]");
    expect(text).not.toContain('"finish_reason":"stop"');
  });
});
