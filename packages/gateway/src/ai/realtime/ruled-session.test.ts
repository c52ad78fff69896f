import { once } from "node:events";
import type { Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heapBytes } from "../../main/heap-bytes.ts";
import { startAi } from "../testing/ai-gateway.ts";
import type { AiGatewayOptions } from "../testing/ai-gateway.ts";
import { frame, startRealtimeProvider } from "../testing/realtime-provider.ts";
import { type Message, MessageReader, MessageTooLongError, textMessage, writeFrame } from "./messages.ts";

type Event = Record<string, unknown> & { type: string };

/** Both ends of a connection through the gateway, each with what it has heard. */
async function session(options: Pick<AiGatewayOptions, "ai"> & { tokens?: number } = {}) {
  const provider = await startRealtimeProvider();
  const limits = options.tokens === undefined ? [] : [{ tokens: options.tokens, per: "day" as const }];
  const gateway = await startAi({ openai: { apiKey: "sk", baseUrl: `${provider.url}/v1` } }, {}, { ledger: true, ai: { access: "key", ...options.ai }, consumers: { acme: { key: "acme-key", limits } } });
  const connect = () => new WebSocket(`${gateway.url.replace("http", "ws")}/v1/realtime?model=openai/gpt-realtime`, ["realtime", "openai-insecure-api-key.acme-key"]);
  const switched = provider.switched();
  const client = connect();
  const upstream: Socket = await switched;
  await once(client as unknown as EventTarget, "open");
  const heard: Event[] = [];
  client.addEventListener("message", ({ data }) => void heard.push(JSON.parse(String(data)) as Event));
  const asked: Event[] = [];
  const reader = new MessageReader(({ opcode, payload }) => void (opcode === textMessage && asked.push(JSON.parse(payload.toString("utf8")) as Event)));
  upstream.on("data", (chunk: Buffer) => reader.push(chunk));
  return {
    gateway, provider, client, upstream, heard, asked, connect,
    say: (...events: Event[]) => upstream.write(Buffer.concat(events.map((event) => frame(JSON.stringify(event))))),
    ask: (event: Event) => client.send(JSON.stringify(event)),
    until: (list: Event[], type: string) => expect.poll(() => list.find((event) => event.type === type), { timeout: 10_000 }).toBeDefined(),
    [Symbol.asyncDispose]: async () => {
      client.close();
      upstream.destroy();
      await gateway[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

const done = (tokens: number): Event => ({ type: "response.done", response: { status: "completed", output: [], usage: { total_tokens: tokens, input_tokens: tokens - 10, output_tokens: 10 } } });
const delta = (text: string): Event => ({ type: "response.output_audio_transcript.delta", item_id: "i", content_index: 0, delta: text });
const texts = (events: Event[]): unknown[] => events.filter(({ type }) => type.endsWith(".delta")).map((event) => event["delta"]);

describe("a realtime connection under a budget", () => {
  it("is settled answer by answer, and ends with the right event when nothing is left", async () => {
    await using open = await session({ tokens: 500 });
    open.say({ type: "session.created" }, { type: "response.created" }, delta("Hello"), done(300));
    await open.until(open.heard, "response.done");
    const closed = once(open.client as unknown as EventTarget, "close") as Promise<[CloseEvent]>;
    open.say({ type: "response.created" }, delta("more"), done(250));
    const [{ code, reason }] = await closed;
    expect([code, reason]).toEqual([1008, "token-limit"]);
    expect(open.heard.at(-1)).toMatchObject({ type: "error", event_id: expect.any(String), error: { code: "token-limit", message: expect.stringContaining("consumer-day"), event_id: null } });
    const again = open.connect();
    const [refused] = (await once(again as unknown as EventTarget, "error")) as [unknown];
    expect(refused).toBeDefined();
    const records = await open.gateway.records();
    expect(records[0]).toMatchObject({ kind: "websocket", error: "token-limit", inputTokens: 530, outputTokens: 20, cutBy: "gateway" });
    expect(records[1]).toMatchObject({ status: 429, error: "token-limit" });
  });

  it("gives back what it has reserved when it ends without an answer", async () => {
    await using open = await session({ tokens: 500 });
    const closed = once(open.upstream, "close");
    open.client.close();
    open.upstream.end();
    await closed;
    for (let count = 0; count < 2; count++) {
      const switched = open.provider.switched();
      const next = open.connect();
      await once(next as unknown as EventTarget, "open");
      const over = once(next as unknown as EventTarget, "close");
      (await switched).end();
      await over;
    }
  });
});

describe("a realtime connection under guardrails", () => {
  const privacy = { ai: { guardrails: { privacy: { detect: ["email" as const] } } } };
  const secrets = { ai: { guardrails: { secrets: { detect: ["secrets" as const], action: "block" as const } } } };

  it("has texts and transcripts blacked out, both ways, wherever they are cut", async () => {
    await using open = await session(privacy);
    open.ask({ type: "conversation.item.create", item: { type: "message", role: "user", content: [{ type: "input_text", text: "I am jane@example.com" }] } });
    open.ask({ type: "input_audio_buffer.append", audio: "AAAA" });
    await open.until(open.asked, "input_audio_buffer.append");
    expect(JSON.stringify(open.asked[0])).toContain("I am [redacted: email]");
    open.say(delta("Write to bo"), delta("b@example"), delta(".org now"), { type: "response.output_audio_transcript.done", item_id: "i", content_index: 0, transcript: "Write to bob@example.org now" }, done(20));
    await open.until(open.heard, "response.done");
    expect(texts(open.heard).join("")).toBe("Write to [redacted: email] now");
    expect(open.heard.find(({ type }) => type.endsWith("transcript.done"))).toMatchObject({ transcript: "Write to [redacted: email] now" });
    expect(JSON.stringify(open.heard)).not.toContain("bob@");
  });

  it("is told of what is refused: the client's event is not sent, an answer is cut off", async () => {
    await using open = await session(secrets);
    open.ask({ type: "conversation.item.create", event_id: "mine", item: { content: [{ type: "input_text", text: "AKIAIOSFODNN7EXAMPLE" }] } } as Event);
    await open.until(open.heard, "error");
    expect(open.heard[0]).toMatchObject({ error: { code: "guardrail-blocked", event_id: "mine" } });
    expect(open.asked).toEqual([]);
    const spoken = { type: "response.output_audio.delta", delta: "UklGRg==" };
    open.say({ type: "response.created" }, delta("It is AKIAIOSF"), delta("ODNN7EXAMPLE"), delta(" and more"), spoken, { ...done(20), response: { status: "completed", output: [{ content: [{ transcript: "It is AKIAIOSFODNN7EXAMPLE" }] }], usage: { input_tokens: 5, output_tokens: 5 } } });
    await open.until(open.heard, "response.done");
    await open.until(open.asked, "response.cancel");
    expect(open.heard.map(({ type }) => type)).not.toContain("response.output_audio.delta");
    expect(open.heard.at(-1)).toMatchObject({ type: "response.done", response: { status: "cancelled", output: [] } });
    expect(JSON.stringify(open.heard)).not.toContain("AKIA");
    open.say({ type: "response.created" }, delta("All is well. "), done(20));
    await expect.poll(() => open.heard.filter(({ type }) => type === "response.done").length).toBe(2);
    open.upstream.end();
    expect((await open.gateway.records())[0]).toMatchObject({ guardrails: ["secrets input block api-key", "secrets output block api-key ×2"] });
  });

  it("passes nothing on that the guardrails cannot read: binary messages are read as text, and what is no JSON is refused", async () => {
    await using open = await session(secrets);
    open.client.send(Buffer.from(JSON.stringify({ type: "conversation.item.create", item: { content: [{ type: "input_text", text: "AKIAIOSFODNN7EXAMPLE" }] } })));
    open.client.send('{"type":"conversation.item.create","x":NaN,"item":{"content":[{"type":"input_text","text":"AKIAIOSFODNN7EXAMPLE"}]}}');
    await expect.poll(() => open.heard.filter(({ type }) => type === "error").length, { timeout: 10_000 }).toBe(2);
    expect(open.heard.map(({ error }) => (error as { code: string }).code)).toEqual(["guardrail-blocked", "invalid-request"]);
    expect(open.asked).toEqual([]);
  });

  it("is not opened where a webhook would have to be asked, unless that may fail", async () => {
    const hook = (onError: "block" | "pass") => ({ ai: { guardrails: { hook: { webhook: { url: "http://127.0.0.1:9/", onError } } } } });
    await using open = await session(hook("pass"));
    expect(open.heard).toEqual([]);
    const provider = await startRealtimeProvider();
    await using gateway = await startAi({ openai: { apiKey: "sk", baseUrl: `${provider.url}/v1` } }, {}, { ai: { access: "open", ...hook("block").ai } });
    await once(new WebSocket(`${gateway.url.replace("http", "ws")}/v1/realtime?model=openai/gpt-realtime`) as unknown as EventTarget, "error");
    expect(provider.requests).toEqual([]);
    expect((await gateway.records())[0]).toMatchObject({ error: "guardrail-blocked" });
    await provider[Symbol.asyncDispose]();
  });
});

describe("messages", () => {
  it("come out whole, wherever their bytes are cut, masked or not", () => {
    const long = Buffer.alloc(70_000, "é");
    const sent: Message[] = [{ opcode: 1, payload: Buffer.from("short") }, { opcode: 9, payload: Buffer.alloc(0) }, { opcode: 2, payload: long }, { opcode: 1, payload: Buffer.alloc(300, "x") }];
    fc.assert(
      fc.property(fc.boolean(), fc.array(fc.nat(71_000), { maxLength: 20 }), (isMasked, cuts) => {
        const bytes = Buffer.concat([...sent.map((message) => writeFrame(message, isMasked ? Buffer.from([1, 2, 3, 4]) : null)), frame("in ", { isFinal: false }), frame("ping", { opcode: 9 }), frame("two", { opcode: 0 })]);
        const found: Message[] = [];
        const reader = new MessageReader((message) => found.push({ ...message, payload: Buffer.from(message.payload) }));
        const edges = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
        for (const [index, edge] of edges.slice(1).entries()) reader.push(bytes.subarray(edges[index], edge));
        expect(found).toEqual([...sent, { opcode: 9, payload: Buffer.from("ping") }, { opcode: 1, payload: Buffer.from("in two") }]);
      }),
      { numRuns: 30 },
    );
  });

  it("cost their length, in however many pieces they come, and pieces without a byte cost nothing", () => {
    const read: number[] = [];
    const reader = new MessageReader(({ payload }) => read.push(payload.length));
    const long = writeFrame({ opcode: textMessage, payload: Buffer.alloc(4 * 1024 * 1024) }, null);
    for (let at = 0; at < long.length; at += 100) reader.push(long.subarray(at, at + 100));
    const before = heapBytes();
    reader.push(Buffer.from([0x01, 0]));
    for (let count = 0; count < 300; count++) reader.push(Buffer.alloc(2_000, Buffer.from([0x00, 0])));
    expect(heapBytes() - before).toBeLessThan(20_000_000);
    reader.push(Buffer.from([0x80, 1, 65]));
    expect(read).toEqual([4 * 1024 * 1024, 1]);
  });

  it("are not held without end", () => {
    const head = Buffer.alloc(10);
    head.writeUInt16BE(0x827f, 0);
    head.writeBigUInt64BE(1n << 40n, 2);
    expect(() => new MessageReader(() => {}).push(head)).toThrow(MessageTooLongError);
  });
});
