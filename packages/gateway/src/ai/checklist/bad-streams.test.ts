/** Providers that break off, lie, say nothing or say garbage: the caller gets an error of its own dialect, and never what looks like an end. */
import { connect, createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyProvider, saidTo } from "../testing/every-provider.ts";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, From, Json } from "../testing/checklist-bench.ts";
import { startAi } from "../testing/ai-gateway.ts";
import { json, startProvider } from "../testing/fake-provider.ts";
import type { Respond } from "../testing/fake-provider.ts";
import { framesOf } from "../testing/heard.ts";
import { awsEvent, awsException, saidText, scriptedUpstreams } from "../testing/scripted-upstreams.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const kinds = Object.keys(everyProvider);
const callers: readonly From[] = ["chat", "responses", "messages", "gemini"];
const pairs = callers.flatMap((from) => kinds.map((to) => [from, to] as const));

/** What each dialect's clients take for a whole answer. */
const cleanEnd: Record<From, (text: string) => boolean> = {
  chat: (text) => text.includes("[DONE]"),
  responses: (text) => /"type":"response\.(?:completed|incomplete)"/.test(text),
  messages: (text) => text.includes('"message_stop"'),
  gemini: (text) => /"finishReason":"/.test(text),
};
const isError: Record<From, (frame: Json | undefined) => boolean> = {
  chat: (frame) => frame?.["error"] !== undefined,
  responses: (frame) => frame?.["type"] === "error" || frame?.["type"] === "response.failed",
  messages: (frame) => frame?.["type"] === "error",
  gemini: (frame) => frame?.["error"] !== undefined,
};

/** An error event at the end, or an error status where nothing was sent: and in neither case an end that looks whole. */
function expectError(from: From, { status, text, body }: { status: number; text: string; body: Json }): void {
  expect([from, cleanEnd[from](text)]).toEqual([from, false]);
  if (status === 200) expect([from, isError[from](framesOf(text).at(-1)), text.slice(-300)]).toEqual([from, true, expect.any(String)]);
  else expect([status >= 400, body["error"]]).toEqual([true, expect.any(Object)]);
}

function bytesFor(to: string, path: string): { stream: Buffer; contentType: string } {
  return scriptedUpstreams[saidTo(path, everyProvider[to]!.says)];
}

/** Where caller and provider speak the same. */
function isPassed(from: From, to: string): boolean {
  const own: Record<From, readonly string[]> = { chat: ["openai", "deepseek", "azure"], responses: ["openai", "responses", "azure"], messages: ["anthropic", "vertex-claude"], gemini: ["gemini", "vertex"] };
  return own[from].includes(to);
}

/** Where the text is over, but nothing that ends the answer has come. */
function beforeTheEnd(stream: Buffer): number {
  return stream.indexOf(Buffer.from("it is.")) + 6;
}

const breaks: Record<string, (stream: Buffer) => Buffer> = {
  "is cut in the midst": (stream) => stream.subarray(0, beforeTheEnd(stream)),
  "is cut before anything was said": (stream) => stream.subarray(0, 20),
  "turns into garbage": (stream) => Buffer.concat([stream.subarray(0, beforeTheEnd(stream) + 40), Buffer.from("\n\ndata: {\"no\": json\n\n\u0000\u00ff{{{\n")]),
  "is garbage from the start": () => Buffer.from("<html>it works</html>\n\ndata: <xml>\n\n"),
  "is empty": () => Buffer.alloc(0),
};

describe("43: a stream that", () => {
  for (const [what, alter] of Object.entries(breaks)) {
    it.each(pairs)(`${what} is an error to callers of %s before %s`, async (from, to) => {
      const respond: Respond = (call, response) => {
        const { stream, contentType } = bytesFor(to, call.path);
        response.writeHead(200, { "content-type": contentType }).end(alter(stream));
      };
      expectError(from, await bench.ask({ from, to, stream: true, body: {}, respond }));
    });
  }

  it.each(pairs.filter(([from, to]) => isPassed(from, to)))("has garbage between its events is an error to callers of %s before %s, also where bytes pass as they come", async (from, to) => {
    const respond: Respond = async (call, response) => {
      const { stream, contentType } = bytesFor(to, call.path);
      response.writeHead(200, { "content-type": contentType });
      const half = stream.indexOf("\n\n", beforeTheEnd(stream)) + 2;
      for (const piece of [stream.subarray(0, half), Buffer.from("data: oops {\n\n"), stream.subarray(half)]) {
        await new Promise<void>((resolve) => void response.write(piece, () => resolve()));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    };
    const answer = await bench.ask({ from, to, stream: true, body: {}, respond });
    expect(answer.text).not.toContain("data: oops {");
    expectError(from, answer);
  });

  it.each(pairs)("is torn by its connection is an error to callers of %s before %s", async (from, to) => {
    const respond: Respond = async (call, response) => {
      const { stream, contentType } = bytesFor(to, call.path);
      response.writeHead(200, { "content-type": contentType });
      await new Promise<void>((resolve) => void response.write(stream.subarray(0, beforeTheEnd(stream)), () => resolve()));
      response.socket?.resetAndDestroy();
    };
    expectError(from, await bench.ask({ from, to, stream: true, body: {}, respond }));
  });
});

/** A 200 that is an error, as each provider is known to send it. */
const errorsInside: Record<string, unknown> = {
  openai: { error: { message: "inside", type: "server_error", code: null } }, deepseek: { error: { message: "inside" } }, responses: { id: "resp_1", object: "response", status: "failed", error: { code: "server_error", message: "inside" }, output: [], model: "m" },
  anthropic: { type: "error", error: { type: "api_error", message: "inside" } }, gemini: { error: { code: 500, message: "inside", status: "INTERNAL" } }, mistral: { object: "error", message: "inside", type: "internal", raw_status_code: 500 },
  ollama: { error: "inside" }, bedrock: { message: "inside" }, cohere: { message: "inside" },
};

describe("44: an error with status 200", () => {
  it.each(callers.flatMap((from) => Object.keys(errorsInside).flatMap((to) => [[from, to, false], [from, to, true]] as const)))("is an error status for callers of %s before %s, with its words; asked for a stream: %s", async (from, to, stream) => {
    const passed = from === "responses" && (to === "openai" || to === "responses") ? errorsInside["responses"] : errorsInside[to];
    const answer = await bench.ask({ from, to, stream, body: {}, respond: json(passed) });
    // OpenAI's own API answers with a response that has failed.
    if (answer.status === 200) return expect([from, answer.text]).toEqual(["responses", expect.stringMatching(/"failed"[^]*inside/)]);
    expect([answer.status >= 500, JSON.stringify(answer.body["error"])]).toEqual([true, expect.stringContaining("inside")]);
  });

  it.each(callers)("that is the first event of a stream is one as well: callers of %s (BerriAI/litellm#26015)", async (from) => {
    const events: Record<string, Respond> = {
      anthropic: (_call, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).end('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"inside"}}\n\n'),
      deepseek: (_call, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).end('data: {"error":{"message":"inside"}}\n\n'),
      gemini: (_call, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).end('data: {"error":{"code":503,"message":"inside","status":"UNAVAILABLE"}}\n\n'),
      ollama: (_call, response) => void response.writeHead(200, { "content-type": "application/x-ndjson" }).end('{"error":"inside"}\n'),
      bedrock: (_call, response) => void response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" }).end(Buffer.concat([awsEvent("messageStart", { role: "assistant" }), awsException("throttlingException", { message: "inside" })])),
    };
    for (const [to, respond] of Object.entries(events)) {
      const answer = await bench.ask({ from, to, stream: true, body: {}, respond });
      expect([to, answer.status >= 400, answer.text]).toEqual([to, true, expect.stringContaining("inside")]);
    }
  });
});

describe("44 and 46: an error with status 200 that says what it is", () => {
  const said = { chat: { error: { message: "inside", type: "rate_limit_error", code: "rate_limit_exceeded" } }, responses: { id: "resp_1", object: "response", status: "failed", error: { code: "rate_limit_exceeded", message: "inside" }, output: [], model: "m" } };

  it.each(callers.flatMap((from) => [[from, false], [from, true]] as const))("has that status, how long to wait and the provider's id: callers of %s, asked for a stream: %s", async (from, stream) => {
    const event = `data: ${JSON.stringify(said.chat)}\n\n`;
    const fields = { "retry-after": "7", "x-request-id": "req_in" };
    const answer = await bench.ask({ from, to: "deepseek", stream, body: {}, respond: stream ? (_call, response) => void response.writeHead(200, { "content-type": "text/event-stream", ...fields }).end(event) : json(said.chat, 200, fields) });
    expect([answer.status, answer.headers.get("content-type"), answer.headers.get("retry-after"), answer.headers.get("x-request-id")]).toEqual([429, "application/json", "7", "req_in"]);
    expect(answer.text).toContain("inside");
  });

  it("is a rate limit as well where a response failed", async () => {
    const answer = await bench.ask({ from: "messages", to: "responses", body: {}, respond: json(said.responses) });
    expect([answer.status, answer.body["error"]]).toEqual([429, expect.objectContaining({ type: "rate_limit_error", message: "inside" })]);
  });
});

/** A server that says how long its answer is and then sends something else. */
async function startLiar(announced: number, sent: string): Promise<{ url: string; server: Server }> {
  const server = createServer((socket) => void socket.on("error", () => {}).once("data", () => socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${announced}\r\n\r\n${sent}`)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe("a Content-Length that lies", () => {
  const whole = JSON.stringify(scriptedUpstreams["anthropic-messages"].whole);

  it.each([["more than comes", whole.length + 100], ["less than comes", whole.length - 20]])("by saying %s is an error to every caller, and no half of an answer", async (_what, announced) => {
    const liar = await startLiar(announced, whole);
    await using gateway = await startAi({ anthropic: { apiKey: "k", baseUrl: liar.url } });
    const asks: [string, Json][] = [
      ["/v1/chat/completions", { model: "anthropic/claude-sonnet-4-5", messages: [{ role: "user", content: "Hi" }] }], ["/v1/messages", { model: "anthropic/claude-sonnet-4-5", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] }],
      ["/v1/responses", { model: "anthropic/claude-sonnet-4-5", input: "Hi" }], ["/v1beta/models/anthropic/claude-sonnet-4-5:generateContent", { contents: [{ parts: [{ text: "Hi" }] }] }],
    ];
    for (const [path, body] of asks) {
      const answer = await fetch(gateway.url + path, { method: "POST", body: JSON.stringify(body) });
      expect([path, answer.status, await answer.text()]).toEqual([path, 502, expect.not.stringContaining(saidText)]);
    }
    liar.server.close();
  });

  it("of a caller's request is refused, and the provider is not asked", async () => {
    await using provider = await startProvider(json({}));
    await using gateway = await startAi({ anthropic: { apiKey: "k", baseUrl: provider.url } });
    const { port } = new URL(gateway.url);
    const said = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () => socket.end("POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n{}"));
      let text = "";
      socket.on("data", (chunk) => (text += chunk.toString("latin1")));
      socket.on("close", () => resolve(text));
    });
    expect(said === "" || /^HTTP\/1\.1 4\d\d/.test(said)).toBe(true);
    expect(provider.calls).toHaveLength(0);
  });
});

describe("a provider that says nothing", () => {
  const silent: Respond = (_call, response) => response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();

  it("within the time for the first token is left for the next target", async () => {
    await using mute = await startProvider(silent);
    await using other = await startProvider((_call, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).end(scriptedUpstreams["anthropic-messages"].stream));
    await using gateway = await startAi(
      { deepseek: { apiKey: "k", baseUrl: mute.url }, anthropic: { apiKey: "k", baseUrl: other.url } },
      { assistant: { targets: [{ model: "deepseek/deepseek-chat", timeouts: { firstToken: "100ms" } }, { model: "anthropic/claude-sonnet-4-5" }], timeouts: { firstToken: "60s" } } },
    );
    const text = await (await gateway.post({ model: "assistant", stream: true, messages: [{ role: "user", content: "Hi" }] })).text();
    expect(text).toContain(saidText);
    await mute.calls[0]?.abandoned;
  });

  it.each(callers)("is an error status to callers of %s where there is no other target", async (from) => {
    await using mute = await startProvider(silent);
    await using gateway = await startAi({ deepseek: { apiKey: "k", baseUrl: mute.url } }, { assistant: { targets: [{ model: "deepseek/deepseek-chat" }], timeouts: { firstToken: "100ms" } } });
    const paths: Record<From, [string, Json]> = {
      chat: ["/v1/chat/completions", { model: "assistant", stream: true, messages: [{ role: "user", content: "Hi" }] }], messages: ["/v1/messages", { model: "assistant", stream: true, max_tokens: 9, messages: [{ role: "user", content: "Hi" }] }],
      responses: ["/v1/responses", { model: "assistant", stream: true, input: "Hi" }], gemini: ["/v1beta/models/assistant:streamGenerateContent?alt=sse", { contents: [{ parts: [{ text: "Hi" }] }] }],
    };
    const [path, body] = paths[from];
    const answer = await fetch(gateway.url + path, { method: "POST", body: JSON.stringify(body) });
    expect([answer.status, await answer.text()]).toEqual([504, expect.stringContaining("provider-timeout")]);
  });
});
