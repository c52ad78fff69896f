import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "../../testing/ai-gateway.ts";
import type { AiGateway } from "../../testing/ai-gateway.ts";
import { json, startProvider } from "../../testing/fake-provider.ts";
import type { FakeProvider, Respond } from "../../testing/fake-provider.ts";

const end = '"done":true,"done_reason":"stop","total_duration":51,"prompt_eval_count":7,"eval_count":2,"a_new_one": 1.0}';
const answer = `{"model" : "qwen3", "message":{"role":"assistant","content":"Hello."},${end}`;
const generated = `{"model":"qwen3","response":"Hello.","context":[1,2],${end}`;
const request = '{ "model":"fast", "messages":[{"role":"user","content":"H\\u0069"}], "keep_alive":"10m", "options":{"num_predict": -1, "num_ctx": 4096}, "a_new_one": 1.50 }';
const begun = '{"model":"qwen3","created_at":"2026-01-01T00:00:00.5Z", "message":{"role":"assistant","content":"Hello."},"done":false}\r\n';
const stream = `${begun}\n{"model":"qwen3","message":{"role":"assistant","content":""},${end}\n`;
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(lines(stream));
  gateway = await startAi({ ollama: { baseUrl: provider.url } }, { fast: { targets: [{ model: "ollama/qwen3" }] } });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

function lines(text: string): Respond {
  return async (_call, response) => {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    for (let at = 0; at < text.length; at += 13) await new Promise<void>((resolve) => void response.write(text.slice(at, at + 13), () => resolve()));
    response.end();
  };
}

function ask(body: string, verb = "chat"): Promise<Response> {
  return fetch(`${gateway.url}/api/${verb}`, { method: "POST", headers: { "content-type": "application/json" }, body });
}

const asFast = (text: string): string => text.replaceAll('"qwen3"', '"fast"');

describe("Ollama's API before Ollama", () => {
  it("passes as it came but for the model's name, in lines unless told not to, and what was used is counted", async () => {
    const streamed = await ask(request);
    expect([streamed.headers.get("content-type"), await streamed.text()]).toEqual(["application/x-ndjson", asFast(stream)]);
    provider.respond = json(answer);
    const whole = request.replace("{", '{"stream":false,');
    expect(await (await ask(whole)).text()).toBe(asFast(answer));
    expect(provider.calls.map(({ path, text }) => [path, text])).toEqual([["/api/chat", request.replace('"fast"', '"qwen3"')], ["/api/chat", whole.replace('"fast"', '"qwen3"')]]);
    const both = { inputTokens: 7, outputTokens: 2, finishReason: "stop", dialectOut: "ollama-chat" };
    expect(await gateway.records()).toMatchObject([both, both]);
  });

  it("passes generate to generate, with what no chat can say", async () => {
    provider.respond = json(generated);
    const whole = '{"model":"fast","prompt":"a","suffix":"b","raw":true,"context":[1],"stream":false}';
    expect(await (await ask(whole, "generate")).text()).toBe(asFast(generated));
    provider.respond = lines(`{"model":"qwen3","response":"Hel","done":false}\n${generated}\n`);
    expect(await (await ask('{"model":"fast","prompt":"a"}', "generate")).text()).toBe(asFast(`{"model":"qwen3","response":"Hel","done":false}\n${generated}\n`));
    expect(provider.calls.map(({ path, text }) => [path, text])).toEqual([["/api/generate", whole.replace('"fast"', '"qwen3"')], ["/api/generate", '{"model":"qwen3","prompt":"a"}']]);
    expect(await gateway.records()).toMatchObject([{ outputTokens: 2 }, { outputTokens: 2, finishReason: "stop" }]);
  });

  it("ends a stream that breaks off, holds garbage, or an error, as an error and not as if it were whole", async () => {
    for (const text of [begun, `${begun}{"model":\n`, `${begun}{"model":"qwen3","message":{"con`, `${begun}{"error":"out of memory"}\n`]) {
      provider.respond = lines(text);
      const said = await (await ask(request)).text();
      expect(said.startsWith(asFast(begun))).toBe(true);
      const last = JSON.parse(said.slice(asFast(begun).length)) as Record<string, unknown>;
      expect([typeof last["error"], last["done"]]).toEqual(["string", undefined]);
    }
    provider.respond = lines('{"error":"out of memory"}\n');
    const refused = await ask(request);
    expect([refused.status, await refused.json()]).toMatchObject([500, { error: "out of memory" }]);
  });

  it("tells a whole answer as lines where a stream was asked for", async () => {
    provider.respond = json(answer);
    const said = (await (await ask(request)).text()).trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect([said.at(0)?.["message"], said.at(-1)]).toMatchObject([{ content: "Hello." }, { done: true, eval_count: 2, model: "fast" }]);
  });
});
