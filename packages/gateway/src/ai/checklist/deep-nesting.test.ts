/** What is nested very deeply, or refers to itself, from either side: a clear refusal or the thing itself, and never a dead worker. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyProvider } from "../testing/every-provider.ts";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, From, Json } from "../testing/checklist-bench.ts";
import type { Respond } from "../testing/fake-provider.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const kinds = Object.keys(everyProvider);
const callers: readonly From[] = ["chat", "responses", "messages", "gemini"];
const depth = 6000;
const nested = (open: string, inside: string, close: string): string => open.repeat(depth) + inside + close.repeat(depth);
const deepSchema = nested('{"type":"object","properties":{"a":', '{"type":"string"}', "}}");
const deepValue = nested('{"a":', "1", "}");

const withSchema: Record<From, (model: string) => [path: string, body: string]> = {
  chat: (model) => ["/v1/chat/completions", `{"model":"${model}","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"f","parameters":${deepSchema}}}]}`],
  responses: (model) => ["/v1/responses", `{"model":"${model}","input":"Hi","tools":[{"type":"function","name":"f","parameters":${deepSchema}}]}`],
  messages: (model) => ["/v1/messages", `{"model":"${model}","max_tokens":9,"messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"f","input_schema":${deepSchema}}]}`],
  gemini: (model) => [`/v1beta/models/${model}:generateContent`, `{"contents":[{"parts":[{"text":"Hi"}]}],"tools":[{"functionDeclarations":[{"name":"f","parameters":${deepSchema}}]}]}`],
};

async function isAlive(): Promise<void> {
  expect((await bench.ask({ from: "chat", to: "anthropic", body: {} })).status).toBe(200);
}

describe("a schema that is nested 6,000 deep", () => {
  it.each(callers.flatMap((from) => kinds.map((to) => [from, to] as const)))("is the caller's mistake or goes as it came, from callers of %s to %s", async (from, to) => {
    const [path, body] = withSchema[from](`${to}/${everyProvider[to]!.model}`);
    const respond: Respond = (_call, response) => void response.writeHead(400, { "content-type": "application/json" }).end('{"error":{"message":"too deep"},"message":"too deep"}');
    // The provider's own side of the test parses no such thing.
    bench.provider.respond = respond;
    const answer = await fetch(bench.gateway.url + path, { method: "POST", body, headers: { "content-type": "text/plain" } });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("deep")]);
    await isAlive();
  });
});

describe("an answer that is nested 6,000 deep", () => {
  const answers: Record<string, string> = {
    anthropic: `{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":${deepValue}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}`,
    gemini: `{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"f","args":${deepValue}}}]},"finishReason":"STOP"}]}`,
    ollama: `{"model":"m","done":true,"done_reason":"stop","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":${deepValue}}}]}}`,
    bedrock: `{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"f","input":${deepValue}}}]}},"stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":1}}`,
    deepseek: `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":${JSON.stringify(deepValue)}}}]}}]}`,
  };

  it.each(callers.flatMap((from) => Object.keys(answers).flatMap((to) => [[from, to, false], [from, to, true]] as const)))("is an error of the provider's or comes as it is, to callers of %s from %s, asked for a stream: %s", async (from, to, stream) => {
    const { status } = await bench.ask({ from, to, stream, body: {}, respond: (_call, response) => void response.writeHead(200, { "content-type": "application/json" }).end(answers[to]) });
    expect([200, 502]).toContain(status);
    await isAlive();
  });
});

describe("a schema that refers to itself", () => {
  const node = { type: "object", properties: { next: { $ref: "#/$defs/node" }, value: { type: "string" } } };
  const schema: Json = { $defs: { node }, type: "object", properties: { first: { $ref: "#/$defs/node" } } };

  it.each(kinds)("reaches %s as it is, for none has to unroll it", async (to) => {
    const { status, sent } = await bench.ask({ from: "messages", to, body: { tools: [{ name: "f", input_schema: schema }] } });
    expect(status).toBe(200);
    expect(sent!.text).toContain('"$ref":"#/$defs/node"');
    expect(sent!.text).toContain(JSON.stringify(node));
  });
});
