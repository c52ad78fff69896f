import type { ChatCompletionCreateParams } from "openai/resources/chat/completions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAi } from "../testing/ai-gateway.ts";
import type { AiGateway } from "../testing/ai-gateway.ts";

let gateway: AiGateway;
beforeAll(async () => void (gateway = await startAi({ sandbox: {} })));
afterAll(() => gateway[Symbol.asyncDispose]());

const model = "sandbox/echo";
const tool = (name: string) => ({
  type: "function" as const,
  function: { name, parameters: { type: "object", required: ["city", "days"], properties: { city: { type: "string", enum: ["Köln"] }, days: { type: "integer", minimum: 3 }, note: { type: "string" } } } },
});

describe("sandbox/echo", () => {
  it("answers with the last user message and counts its words", async () => {
    const answer = await gateway.client.chat.completions.create({ model, messages: [{ role: "system", content: "Be kind" }, { role: "user", content: "Hello  there, world" }] });
    expect(answer).toMatchObject({
      model, object: "chat.completion", choices: [{ message: { role: "assistant", content: "Hello  there, world" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
    });
  });

  it("streams word by word, with usage", async () => {
    const stream = await gateway.client.chat.completions.create({ model, messages: [{ role: "user", content: "one two  three\n" }], stream: true, stream_options: { include_usage: true } });
    const words: string[] = [];
    let usage: unknown;
    for await (const part of stream) {
      if (part.choices[0]?.delta.content) words.push(part.choices[0].delta.content);
      usage = part.usage ?? usage;
    }
    expect(words).toEqual(["one", " two", "  three\n"]);
    expect(usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 3 });
  });

  it("calls the tools that it is told to, or that the message names, and then speaks again", async () => {
    const messages = [{ role: "user" as const, content: "please" }];
    const forced = await gateway.client.chat.completions.create({ model, messages, tools: [tool("weather"), tool("news")], tool_choice: { type: "function", function: { name: "news" } } });
    expect(forced.choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null, tool_calls: [{ type: "function", function: { name: "news", arguments: '{"city":"Köln","days":3}' } }] } });
    const named = await gateway.client.chat.completions.create({ model, messages: [{ role: "user", content: "weather and news" }], tools: [tool("weather"), tool("news")] });
    const calls = named.choices[0]!.message.tool_calls!;
    expect(calls).toHaveLength(2);
    const answer = await gateway.client.chat.completions.create({
      model, tools: [tool("weather")],
      messages: [{ role: "user", content: "weather" }, named.choices[0]!.message, ...calls.map((call) => ({ role: "tool" as const, tool_call_id: call.id, content: "sun" }))],
    });
    expect(answer.choices[0]?.message.content).toContain("sun");
    const none = await gateway.client.chat.completions.create({ model, messages: [{ role: "user", content: "weather" }], tools: [tool("weather")], tool_choice: "none" });
    expect(none.choices[0]?.message.content).toBe("weather");
  });

  it("asked for JSON, answers with what fits the schema, or with the message if that is JSON", async () => {
    const schema = { type: "object", required: ["name", "address"], properties: { name: { type: "string" }, address: { $ref: "#/$defs/Address" } }, $defs: { Address: { type: "object", properties: { city: { enum: ["Köln"] }, next: { $ref: "#/$defs/Address" } }, required: ["city"] } } };
    const say = async (content: string, response_format: NonNullable<ChatCompletionCreateParams["response_format"]>) =>
      JSON.parse((await gateway.client.chat.completions.create({ model, messages: [{ role: "user", content }], response_format })).choices[0]!.message.content!);
    expect(await say("who?", { type: "json_schema", json_schema: { name: "person", schema } })).toEqual({ name: "text", address: { city: "Köln" } });
    expect(await say('{"name":"Ada"}', { type: "json_schema", json_schema: { name: "person", schema } })).toEqual({ name: "Ada" });
    expect(await say("who?", { type: "json_object" })).toEqual({ text: "who?" });
  });

  it("says what image it got, and stops at the caller's limit", async () => {
    const content = [{ type: "text" as const, text: "Look" }, { type: "image_url" as const, image_url: { url: "data:image/png;base64,AAAA" } }];
    expect((await gateway.client.chat.completions.create({ model, messages: [{ role: "user", content }] })).choices[0]?.message.content).toBe("Look\n[image: image/png, 3 bytes]");
    const short = await gateway.client.chat.completions.create({ model, messages: [{ role: "user", content: "a b c" }], max_tokens: 2 });
    expect(short.choices[0]).toMatchObject({ message: { content: "a b" }, finish_reason: "length" });
  });

  it("a call that names no model, and that no provider answers without one, is told so", async () => {
    await expect(gateway.client.moderations.create({ input: "x" })).rejects.toMatchObject({ status: 404, message: expect.stringContaining("names no model") });
  });

  it("gives the error that it is asked for", async () => {
    const answer = await gateway.post({ model: "sandbox/error-429", messages: [{ role: "user", content: "x" }] });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await answer.json()).toMatchObject({ error: { code: "rate_limit_exceeded", type: "rate_limit_error" } });
  });
});

describe("sandbox/embed", () => {
  it("gives vectors of length 1 that are the same every time, near where words are shared", async () => {
    const texts = ["What is the capital of France?", "Please tell me: France's capital", "How do I bake bread?", ""];
    const embed = async () => (await gateway.client.embeddings.create({ model: "sandbox/embed", input: texts })).data.map(({ embedding }) => embedding);
    const [first, same, other, nothing] = await embed();
    const near = (one: number[], another: number[]) => one.reduce((sum, value, index) => sum + value * (another[index] as number), 0);
    for (const vector of [first, same, other, nothing]) expect(near(vector as number[], vector as number[])).toBeCloseTo(1, 4);
    expect(near(first as number[], same as number[])).toBeGreaterThan(0.9);
    expect(near(first as number[], other as number[])).toBeLessThan(0.3);
    expect((await embed())[0]).toEqual(first);
    await expect(gateway.client.embeddings.create({ model: "sandbox/echo", input: "x" })).rejects.toMatchObject({ status: 404 });
  });
});

describe("sandbox/image and sandbox/tts", () => {
  it("make a picture and a sound that are the same every time and differ with the words", async () => {
    const picture = async (prompt: string) => Buffer.from((await gateway.client.images.generate({ model: "sandbox/image", prompt })).data?.[0]?.b64_json ?? "", "base64");
    const cat = await picture("a cat");
    expect([cat.subarray(1, 4).toString("latin1"), cat.readUInt32BE(16), cat.readUInt32BE(20)]).toEqual(["PNG", 256, 256]);
    expect(await picture("a cat")).toEqual(cat);
    expect(await picture("a dog")).not.toEqual(cat);
    const speech = await gateway.client.audio.speech.create({ model: "sandbox/tts", voice: "alloy", input: "one two three" });
    const sound = Buffer.from(await speech.arrayBuffer());
    expect([speech.headers.get("content-type"), sound.toString("latin1", 0, 4), sound.length]).toEqual(["audio/wav", "RIFF", 44 + 3 * 1200]);
    await expect(gateway.client.images.generate({ model: "sandbox/echo", prompt: "x" })).rejects.toMatchObject({ status: 400, code: "unsupported-parameter" });
    await expect(gateway.client.images.generate({ model: "sandbox/image", prompt: "x", n: 9 })).rejects.toMatchObject({ status: 400 });
  });
});
