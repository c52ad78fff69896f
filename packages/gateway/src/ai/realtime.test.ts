import { once } from "node:events";
import { request } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { frame, startRealtimeProvider } from "./testing/realtime-provider.ts";
import type { RealtimeProvider } from "./testing/realtime-provider.ts";

let provider: RealtimeProvider;
let second: RealtimeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startRealtimeProvider();
  second = await startRealtimeProvider();
  gateway = await startAi(
    { openai: { apiKey: "sk", baseUrl: `${provider.url}/v1` }, other: { kind: "openai", apiKey: "sk-2", baseUrl: `${second.url}/v1` }, anthropic: { apiKey: "sk-ant", baseUrl: provider.url } },
    { voice: { targets: [{ model: "openai/gpt-realtime" }, { model: "other/gpt-realtime-mini" }] } },
    { ai: { access: "key" }, consumers: { acme: { key: "acme-key" } } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

function connect(model: string, protocols = ["realtime", "openai-insecure-api-key.acme-key", "openai-beta.realtime-v1"]): WebSocket {
  return new WebSocket(`${gateway.url.replace("http", "ws")}/v1/realtime?model=${model}`, protocols);
}

async function text(socket: WebSocket): Promise<string> {
  return ((await once(socket as unknown as EventTarget, "message")) as [{ data: string }])[0].data;
}

function connectRaw(url: string, protocols = "realtime, openai-insecure-api-key.acme-key"): ClientRequest {
  const asked = request(url, { headers: { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "AQIDBAUGBwgJCgsMDQ4PEA==", "sec-websocket-protocol": protocols } });
  asked.end();
  return asked;
}

async function answerTo(path: string, protocols: string): Promise<{ status: number | undefined; retryAfter: string | undefined; body: unknown }> {
  const [answer] = (await once(connectRaw(gateway.url + path, protocols), "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of answer) body += String(chunk);
  return { status: answer.statusCode, retryAfter: answer.headers["retry-after"], body: JSON.parse(body) as unknown };
}

const done = (output: number): string => JSON.stringify({ type: "response.done", response: { usage: { total_tokens: 10 + output, input_tokens: 10, output_tokens: output, input_token_details: { cached_tokens: 4, audio_tokens: 6 }, output_token_details: { audio_tokens: output } } } });

describe("a realtime connection", () => {
  it("goes to the model's provider with the gateway's key, both ways, and is counted", async () => {
    const switched = provider.switched();
    const client = connect("voice");
    const upstream = await switched;
    await once(client as unknown as EventTarget, "open");
    const [request] = provider.requests;
    expect(request?.url).toBe("/v1/realtime?model=gpt-realtime");
    expect(request?.headers).toMatchObject({ authorization: "Bearer sk", "sec-websocket-protocol": "realtime, openai-beta.realtime-v1" });
    expect(JSON.stringify(request?.rawHeaders)).not.toContain("acme-key");
    expect(client.protocol).toBe("realtime");
    const got = text(client);
    upstream.write(frame('{"type":"session.created"}'));
    expect(await got).toBe('{"type":"session.created"}');
    const sent = once(upstream, "data");
    client.send('{"type":"response.create"}');
    await sent;
    for (const output of [3, 5]) {
      const counted = text(client);
      upstream.write(frame(done(output)));
      await counted;
    }
    const closed = once(upstream, "close");
    client.close();
    upstream.end();
    await closed;
    expect((await gateway.records())[0]).toMatchObject({ kind: "websocket", consumer: "acme", provider: "openai", model: "gpt-realtime", status: 101, inputTokens: 20, outputTokens: 8, cacheReadTokens: 8 });
  });

  it("ends for the client when the provider goes away", async () => {
    const switched = provider.switched();
    const client = connect("voice");
    const upstream = await switched;
    await once(client as unknown as EventTarget, "open");
    const closed = once(client as unknown as EventTarget, "close");
    upstream.destroy();
    await closed;
  });

  it("goes to the next target where a provider refuses or cannot be reached", async () => {
    provider.status = 503;
    const switched = second.switched();
    const client = connect("voice");
    await switched;
    await once(client as unknown as EventTarget, "open");
    expect(second.requests[0]?.url).toBe("/v1/realtime?model=gpt-realtime-mini");
    const closed = once(client as unknown as EventTarget, "close");
    second.sockets[0]?.destroy();
    await closed;
  });

  it("goes on with another key where one is refused or has to wait, and says when to come again where all have to", async () => {
    await gateway[Symbol.asyncDispose]();
    gateway = await startAi({ openai: { keys: [{ name: "one", apiKey: "sk-one" }, { name: "two", apiKey: "sk-two" }], baseUrl: `${provider.url}/v1` } }, {}, { ai: { access: "open" } });
    provider.status = ({ headers }) => (headers.authorization === "Bearer sk-one" ? 401 : 101);
    for (let round = 0; round < 3; round++) {
      const switched = provider.switched();
      const client = connect("openai/gpt-realtime");
      await Promise.all([switched, once(client as unknown as EventTarget, "open")]);
      const closed = once(client as unknown as EventTarget, "close");
      provider.sockets.at(-1)?.destroy();
      await closed;
    }
    expect(provider.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer sk-one", ...Array.from({ length: 3 }, () => "Bearer sk-two")]);
    provider.status = 429;
    const refused = await answerTo("/v1/realtime?model=openai/gpt-realtime", "realtime");
    expect([refused.status, refused.retryAfter, provider.requests.slice(4).map(({ headers }) => headers.authorization)]).toEqual([429, "7", ["Bearer sk-two", "Bearer sk-one"]]);
  });

  it.each(["client", "provider"])("is over when the %s says no more, whether or not the other side ends too", async (who) => {
    const switched = provider.switched();
    const client = connectRaw(`${gateway.url}/v1/realtime?model=voice`);
    const upstream = await switched;
    const [, downstream] = (await once(client, "upgrade")) as [IncomingMessage, Socket];
    // What the other side still says when its turn to end has come is heard by nobody, and holds nothing up.
    const [ending, other] = who === "client" ? [downstream, upstream] : [upstream, downstream];
    other.write(frame("unheard"));
    const ended = once(other, "end");
    ending.end(frame("the last"));
    let last = "";
    other.on("data", (chunk: Buffer) => (last += chunk.toString("latin1")));
    await ended;
    expect(last).toContain("the last");
    if (who === "provider") downstream.end();
    const [record] = await gateway.records();
    expect(record).toMatchObject({ status: 101, kind: "websocket" });
    expect(record?.cutBy).toBeUndefined();
  });

  it.each([
    ["without a key of ours", "/v1/realtime?model=voice", "openai-insecure-api-key.wrong", { status: 401, code: "unknown-key" }],
    ["of a model that nobody has", "/v1/realtime?model=nobody", "openai-insecure-api-key.acme-key", { status: 404, code: "unknown-model" }],
    ["without a model", "/v1/realtime", "openai-insecure-api-key.acme-key", { status: 400, code: "invalid-request" }],
    ["of a provider that has none", "/v1/realtime?model=anthropic/claude-sonnet-4-5", "openai-insecure-api-key.acme-key", { status: 400, code: "unsupported-parameter" }],
  ])("%s is refused", async (_what, path, protocol, { status, code }) => {
    const { status: told, body } = await answerTo(path, `realtime, ${protocol}`);
    expect([told, body]).toMatchObject([status, { error: { code } }]);
  });

  it("is told to be one where it is asked for as a page", async () => {
    const answer = await fetch(`${gateway.url}/v1/realtime?model=voice`, { headers: { authorization: "Bearer acme-key" } });
    expect(answer.status).toBe(426);
  });
});
