import { CohereClientV2 } from "cohere-ai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "../../testing/ai-gateway.ts";
import type { AiGateway } from "../../testing/ai-gateway.ts";
import { cutAfter, json, sse, startProvider } from "../../testing/fake-provider.ts";
import type { FakeProvider } from "../../testing/fake-provider.ts";

const usage = { billed_units: { input_tokens: 7, output_tokens: 2 }, tokens: { input_tokens: 70, output_tokens: 4 } };
const answer = '{"id":"c1", "finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"text","text":"Hello."}]},"usage":' + JSON.stringify(usage) + ',"new_member":{"kept": 1.0}}';
const event = (type: string, rest: object): string => `event: ${type}\r\ndata: ${JSON.stringify({ type, ...rest })}\r\n\r\n`;
const begun = event("message-start", { id: "c1", delta: { message: { role: "assistant" } } }) + event("content-start", { index: 0, delta: { message: { content: { type: "text", text: "" } } } }) + event("content-delta", { index: 0, delta: { message: { content: { text: "Hello." } } }, new_member: 1 });
const stream = `${begun}${event("content-end", { index: 0 })}${event("message-end", { id: "c1", delta: { finish_reason: "COMPLETE", usage } })}data: [DONE]\n\n`;
const request = '{ "model":"fast", "messages":[{"role":"user","content":"Hi"}], "citation_options":{"mode":"OFF"}, "a_new_one": 1.50 }';
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(answer));
  gateway = await startAi({ cohere: { apiKey: "co", baseUrl: provider.url } }, { fast: { targets: [{ model: "cohere/command-a-03-2025" }] } });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

function ask(body: string): Promise<Response> {
  return fetch(`${gateway.url}/v2/chat`, { method: "POST", headers: { "content-type": "application/json", "x-client-name": "shop" }, body });
}

describe("Cohere's chat before Cohere", () => {
  it("passes as it came but for the model's name, whole and as a stream, and what was used is counted", async () => {
    expect(await (await ask(request)).text()).toBe(answer);
    expect(provider.calls[0]).toMatchObject({ path: "/v2/chat", text: request.replace('"fast"', '"command-a-03-2025"'), headers: { authorization: "Bearer co", "x-client-name": "shop" } });
    provider.respond = sse(stream);
    expect(await (await ask(request.replace("{", '{"stream":true,'))).text()).toBe(stream);
    const [whole, streamed] = await gateway.records();
    expect([whole, streamed]).toMatchObject([{ inputTokens: 7, outputTokens: 2, dialectOut: "cohere-chat" }, { inputTokens: 7, outputTokens: 2, finishReason: "COMPLETE" }]);
  });

  it("ends a stream that breaks off, or holds garbage, as an error and not as if it were whole", async () => {
    for (const respond of [cutAfter(begun), sse(begun), sse(`${begun}data: {"type":\n\n`)]) {
      provider.respond = respond;
      const text = await (await ask(request.replace("{", '{"stream":true,'))).text();
      expect(text.startsWith(begun)).toBe(true);
      expect(text).not.toContain("COMPLETE");
      expect(text).toContain('"finish_reason":"ERROR"');
    }
  });

  it("is understood by Cohere's own client", async () => {
    const client = new CohereClientV2({ token: "unused", environment: gateway.url });
    expect((await client.chat({ model: "fast", messages: [{ role: "user", content: "Hi" }] })).message.content).toEqual([{ type: "text", text: "Hello." }]);
    provider.respond = sse(stream);
    const types: string[] = [];
    for await (const { type } of await client.chatStream({ model: "fast", messages: [{ role: "user", content: "Hi" }] })) types.push(type ?? "");
    expect(types).toEqual(["message-start", "content-start", "content-delta", "content-end", "message-end"]);
  });
});
