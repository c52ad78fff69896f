import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "../../testing/ai-gateway.ts";
import type { AiGateway } from "../../testing/ai-gateway.ts";
import { json, startProvider } from "../../testing/fake-provider.ts";
import type { FakeProvider, Respond } from "../../testing/fake-provider.ts";
import { awsEvent, awsException } from "../../testing/scripted-upstreams.ts";
import { bedrockClient } from "../../testing/vendor-callers.ts";
import { hash } from "node:crypto";

const nova = "us.amazon.nova-lite-v1:0";
const usage = { inputTokens: 7, outputTokens: 2, totalTokens: 9 };
const answer = `{"output" : {"message":{"role":"assistant","content":[{"text":"Hello."}, {"a_new_block":{"n": 1.0}}]}},"stopReason":"end_turn","usage":${JSON.stringify(usage)},"metrics":{"latencyMs":12}}`;
const request = '{ "messages":[{"role":"user","content":[{"text":"H\\u0069"},{"a_new_block":{"n": 1.50}}]}], "inferenceConfig":{"maxTokens":5},"a_new_one": null }';
const begun = Buffer.concat([awsEvent("messageStart", { role: "assistant", p: "abc" }), awsEvent("aNewEvent", { n: 1 }), awsEvent("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hello." }, p: "abcdefg" })]);
const stream = Buffer.concat([begun, awsEvent("contentBlockStop", { contentBlockIndex: 0 }), awsEvent("messageStop", { stopReason: "end_turn" }), awsEvent("metadata", { usage, metrics: { latencyMs: 1 } })]);
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(answer));
  const own = { kind: "bedrock", baseUrl: provider.url, region: "eu-west-1" };
  gateway = await startAi(
    { bedrock: { ...own, accessKeyId: "AKID", secretAccessKey: "secret" }, spare: { ...own, apiKey: "k" } },
    { fast: { targets: [{ model: `bedrock/${nova}` }] }, twice: { targets: [{ model: `bedrock/${nova}` }, { model: "spare/other" }] } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

function ask(verb: string, model = "fast", body = request): Promise<Response> {
  return fetch(`${gateway.url}/model/${model}/${verb}`, { method: "POST", headers: { "content-type": "application/json" }, body });
}

/** In pieces that are cut anywhere, and then either a clean end or a broken connection. */
function framed(bytes: Buffer, { size = bytes.length, breaks = false } = {}): Respond {
  return async (_call, response) => {
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    for (let at = 0; at < bytes.length; at += size) await new Promise<void>((resolve) => void response.write(bytes.subarray(at, at + size), () => resolve()));
    if (breaks) response.socket?.resetAndDestroy();
    else response.end();
  };
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

describe("Converse before Bedrock", () => {
  it("passes as it came, the model in the path, signed anew over the bytes that go out, whole and as a stream", async () => {
    expect(await (await ask("converse")).text()).toBe(answer);
    provider.respond = framed(stream, { size: 11 });
    const streamed = await ask("converse-stream");
    expect([streamed.headers.get("content-type"), await bytesOf(streamed)]).toEqual(["application/vnd.amazon.eventstream", stream]);
    const path = `/model/${encodeURIComponent(nova)}`;
    expect(provider.calls.map(({ path: at, text, headers }) => [at, text, headers["x-amz-content-sha256"], headers.accept])).toEqual([
      [`${path}/converse`, request, hash("sha256", request), "application/json"], [`${path}/converse-stream`, request, hash("sha256", request), "application/vnd.amazon.eventstream"],
    ]);
    expect(provider.calls[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, /);
    const both = { inputTokens: 7, outputTokens: 2, finishReason: "end_turn", dialectOut: "bedrock-converse" };
    expect(await gateway.records()).toMatchObject([both, both]);
  });

  it("keeps an error's type, which the SDKs read from a header field, and its body", async () => {
    provider.respond = json('{"message": "Slow\\u0020down"}', 429, { "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/coral/" });
    const refused = await ask("converse");
    expect([refused.status, refused.headers.get("x-amzn-errortype"), await refused.text()]).toEqual([429, "ThrottlingException:http://internal.amazon.com/coral/", '{"message": "Slow\\u0020down"}']);
  });

  it("goes to the next target on an exception before the first content", async () => {
    provider.respond = (call, response) => framed(call.path.includes("/other/") ? stream : Buffer.concat([awsEvent("messageStart", { role: "assistant" }), awsException("throttlingException", { message: "slow" })]))(call, response);
    expect(await bytesOf(await ask("converse-stream", "twice"))).toEqual(stream);
  });

  it("ends a stream that breaks off, is garbled, or has an exception inside as an exception of the framing's own, and not as if it were whole", async () => {
    const garbled = Buffer.from(stream);
    garbled[begun.length + 20] = (garbled[begun.length + 20] as number) ^ 1;
    const torn = stream.subarray(0, begun.length + 30);
    for (const respond of [framed(torn, { breaks: true }), framed(torn), framed(begun), framed(garbled), framed(Buffer.concat([begun, awsException("modelStreamErrorException", { message: "lost" })]))]) {
      provider.respond = respond;
      const { stream: said = [] } = await bedrockClient(gateway.url).send(new ConverseStreamCommand({ modelId: "fast", messages: [{ role: "user", content: [{ text: "Hi" }] }] }));
      let text = "";
      const read = async (): Promise<void> => {
        for await (const event of said as AsyncIterable<{ contentBlockDelta?: { delta?: { text?: string } } }>) text += event.contentBlockDelta?.delta?.text ?? "";
      };
      await expect(read()).rejects.toMatchObject({ name: expect.stringMatching(/Exception$/) as string });
      expect(text).toBe("Hello.");
    }
  });

  it("passes a large body without parsing it", async () => {
    const large = request.replace('"H', `"${"x".repeat(300_000)}`).replace("1.50", "1.50e0");
    expect(await (await ask("converse", "fast", large)).text()).toBe(answer);
    expect(provider.calls[0]?.text).toBe(large);
  });

  it("is written anew where it holds another provider's signature", async () => {
    const thought = { reasoningContent: { reasoningText: { text: "Hm.", signature: "parley.gemini:c2ln" } } };
    const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hi" }] }, { role: "assistant", content: [thought, { text: "Hello." }] }, { role: "user", content: [{ text: "Go on" }] }] });
    expect((await ask("converse", "fast", body)).status).toBe(200);
    expect(provider.calls[0]?.text).not.toContain("parley.");
  });
});
