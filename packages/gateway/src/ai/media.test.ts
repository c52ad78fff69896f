import { toFile } from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { cutAfter, events, json, namedEvents, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const usage = { total_tokens: 30, input_tokens: 10, output_tokens: 20, input_tokens_details: { text_tokens: 4, image_tokens: 6 } };
const images = { created: 1, data: [{ b64_json: "aGk=" }], usage };
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(images));
  gateway = await startAi(
    { openai: { kind: "openai", apiKey: "sk", baseUrl: `${provider.url}/v1` }, anthropic: { apiKey: "sk-ant", baseUrl: provider.url }, deepseek: { apiKey: "sk-ds", baseUrl: provider.url }, sandbox: {} },
    { painter: { targets: [{ model: "openai/gpt-image-1" }] }, ear: { targets: [{ model: "openai/gpt-4o-transcribe" }] } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

describe("images", () => {
  it("are made by the model's provider, and counted", async () => {
    expect(await gateway.client.images.generate({ model: "painter", prompt: "A cat", size: "1024x1024" })).toMatchObject(images);
    expect(provider.calls[0]).toMatchObject({ method: "POST", path: "/v1/images/generations", headers: { authorization: "Bearer sk" }, body: { model: "gpt-image-1", prompt: "A cat", size: "1024x1024" } });
    expect((await gateway.records())[0]).toMatchObject({ provider: "openai", model: "gpt-image-1", inputTokens: 10, outputTokens: 20 });
  });

  it("go to the first provider of the dialect where no model is named", async () => {
    await gateway.client.images.generate({ prompt: "A cat" });
    expect(provider.calls[0]?.body).toEqual({ prompt: "A cat" });
  });

  it("to edit keep every byte of a large form but the model's name", async () => {
    const picture = Buffer.alloc(6 * 1024 * 1024, "\r\n--x\r\n\r\n\u0000");
    await gateway.client.images.edit({ image: await toFile(picture, "cat.png", { type: "image/png" }), model: "painter", prompt: "Blue" });
    const [call] = provider.calls;
    const form = await new Response(new Uint8Array(call?.bytes ?? []), { headers: { "content-type": String(call?.headers["content-type"]) } }).formData();
    expect([form.get("model"), form.get("prompt")]).toEqual(["gpt-image-1", "Blue"]);
    expect(Buffer.from(await (form.get("image") as File).arrayBuffer()).equals(picture)).toBe(true);
  });

  it("stream as they are painted, with the usage of the last", async () => {
    const painted = namedEvents({ type: "image_generation.partial_image", b64_json: "A".repeat(100_000) } as never, { type: "image_generation.completed", b64_json: "B".repeat(9000), usage } as never);
    provider.respond = sse(painted);
    const stream = await gateway.client.images.generate({ model: "painter", prompt: "A cat", stream: true });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual(["image_generation.partial_image", "image_generation.completed"]);
    expect((await gateway.records())[0]).toMatchObject({ outputTokens: 20 });
  });

  it.each([
    ["a cut", cutAfter(namedEvents({ type: "image_generation.partial_image" }))],
    ["an end in the midst", sse(namedEvents({ type: "image_generation.partial_image" }))],
  ])("tell of %s with an error event", async (_what, respond) => {
    provider.respond = respond;
    const stream = await gateway.client.images.generate({ model: "painter", prompt: "A cat", stream: true });
    await expect((async () => { for await (const event of stream) void event; })()).rejects.toThrow();
    expect((await gateway.records())[0]).toMatchObject({ cutBy: "upstream" });
  });

  it("answer an error in the place of the first event, and one with status 200, with its status", async () => {
    provider.respond = sse(namedEvents({ type: "error", error: { type: "x", code: "rate_limit_exceeded", message: "Slow" } } as never));
    await expect(gateway.client.images.generate({ model: "painter", prompt: "A cat", stream: true })).rejects.toMatchObject({ status: 429 });
    provider.respond = json({ error: { message: "Moderated", code: 400 } });
    await expect(gateway.client.images.generate({ model: "painter", prompt: "A cat" })).rejects.toMatchObject({ status: 400 });
  });

  it("are refused by name where the model's provider has none", async () => {
    await expect(gateway.client.images.generate({ model: "anthropic/claude-sonnet-4-5", prompt: "A cat" })).rejects.toMatchObject({ status: 400, code: "unsupported-parameter" });
    await expect(gateway.client.images.generate({ model: "deepseek/deepseek-chat", prompt: "A cat" })).rejects.toMatchObject({ status: 400, code: "unsupported-parameter" });
    await expect(gateway.client.images.generate({ model: "sandbox/echo", prompt: "A cat" })).rejects.toMatchObject({ status: 400, code: "unsupported-parameter" });
    await expect(gateway.client.images.generate({ model: "nobody-has-it", prompt: "A cat" })).rejects.toMatchObject({ status: 404, code: "unknown-model" });
  });
});

describe("audio", () => {
  it("is spoken as the bytes come", async () => {
    const sound = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    provider.respond = (_call, response) => void response.writeHead(200, { "content-type": "audio/mpeg" }).end(sound);
    const answer = await gateway.client.audio.speech.create({ model: "openai/gpt-4o-mini-tts", voice: "alloy", input: "Hello" });
    expect(answer.headers.get("content-type")).toBe("audio/mpeg");
    expect(Buffer.from(await answer.arrayBuffer()).equals(sound)).toBe(true);
    expect(provider.calls[0]?.body).toEqual({ model: "gpt-4o-mini-tts", voice: "alloy", input: "Hello" });
  });

  it("that breaks off is cut off, and no shorter sound", async () => {
    provider.respond = async (_call, response) => {
      response.writeHead(200, { "content-type": "audio/mpeg" });
      await new Promise<void>((resolve) => void response.write("half", () => resolve()));
      response.socket?.resetAndDestroy();
    };
    const answer = await gateway.client.audio.speech.create({ model: "openai/tts-1", voice: "alloy", input: "Hello" });
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });

  it("is written down, whole, as text, and as a stream", async () => {
    const file = await toFile(Buffer.from("RIFF"), "a.wav");
    provider.respond = json({ text: "Hé", usage: { type: "tokens", input_tokens: 14, output_tokens: 4, total_tokens: 18, input_token_details: { audio_tokens: 14 } } });
    expect(await gateway.client.audio.transcriptions.create({ file, model: "ear" })).toMatchObject({ text: "Hé" });
    expect(provider.calls[0]?.text).toContain("gpt-4o-transcribe");
    provider.respond = (_call, response) => void response.writeHead(200, { "content-type": "text/plain" }).end("Hé\n");
    expect(await gateway.client.audio.transcriptions.create({ file, model: "ear", response_format: "srt" })).toBe("Hé\n");
    provider.respond = sse(events({ type: "transcript.text.delta", delta: "Hé" }, { type: "transcript.text.done", text: "Hé", usage: { type: "tokens", input_tokens: 14, output_tokens: 4 } }));
    const stream = await gateway.client.audio.transcriptions.create({ file, model: "ear", stream: true });
    const deltas: string[] = [];
    for await (const event of stream) if (event.type === "transcript.text.delta") deltas.push(event.delta);
    expect(deltas).toEqual(["Hé"]);
    expect((await gateway.records()).map(({ inputTokens, stream: isStream }) => [inputTokens, isStream])).toEqual([[14, false], [undefined, false], [14, true]]);
  });

  it("needs a model, and a form that is one", async () => {
    const post = (body: string, contentType: string): Promise<Response> => fetch(`${gateway.url}/v1/audio/transcriptions`, { method: "POST", headers: { "content-type": contentType }, body });
    const without = await post('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n', "multipart/form-data; boundary=b");
    expect([without.status, await without.json()]).toMatchObject([400, { error: { code: "invalid-request", param: "model" } }]);
    const broken = await post("nothing", "multipart/form-data; boundary=b");
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { code: "invalid-request" } }]);
    expect(provider.calls).toEqual([]);
  });

  it("is sent only where every parser reads the same model: not with two of them, nor with two boundaries", async () => {
    const part = (model: string): string => `Content-Disposition: form-data; name="model"\r\n\r\n${model}\r\n`;
    const post = (body: string, contentType: string): Promise<Response> => fetch(`${gateway.url}/v1/audio/transcriptions`, { method: "POST", headers: { "content-type": contentType }, body });
    const twice = await post(`--b\r\n${part("openai/another")}--b\r\n${part("ear")}--b--\r\n`, "multipart/form-data; boundary=b");
    expect([twice.status, await twice.json()]).toMatchObject([400, { error: { code: "invalid-request", message: expect.stringContaining("`model` 2 times") as string } }]);
    const two = await post(`--b\r\n${part("ear")}--b--\r\n`, "multipart/form-data; boundary=a; boundary=b");
    expect([two.status, await two.json()]).toMatchObject([400, { error: { code: "invalid-request" } }]);
    expect(provider.calls).toEqual([]);
  });
});
