/** A stream that breaks off, or that holds an error, never looks to the application like an answer that is complete. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, openaiClient } from "./client.ts";
import { translatedFamilies } from "./families.ts";
import { Gateway } from "./gateway.ts";
import { loadExchanges, responseBytes } from "./recordings.ts";
import type { RecordedExchange } from "./recordings.ts";
import { ReplayProvider } from "./replay-provider.ts";
import type { ReplayAnswer } from "./replay-provider.ts";

let replay: ReplayProvider;
let gateway: Gateway;

beforeAll(async () => {
  replay = await ReplayProvider.start();
  const translated = translatedFamilies.map(({ kind, basePath }) => [kind, { kind, baseUrl: replay.origin + basePath }]);
  gateway = await Gateway.start({ ...Object.fromEntries(translated), openai: { kind: "openai", baseUrl: `${replay.origin}/v1` } });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await replay[Symbol.asyncDispose]();
});

/** An event stream's message of type exception, serviceUnavailableException, with the words in its payload. */
const bedrockException = "AAAAngAAAGk/ep/kDzpleGNlcHRpb24tdHlwZQcAG3NlcnZpY2VVbmF2YWlsYWJsZUV4Y2VwdGlvbg06Y29udGVudC10eXBlBwAQYXBwbGljYXRpb24vanNvbg06bWVzc2FnZS10eXBlBwAJZXhjZXB0aW9ueyJtZXNzYWdlIjoiVGhlIHNlcnZlciBoYWQgYW4gZXJyb3IifSYPiZc=";

const errorEvents: Readonly<Record<string, string>> = {
  cohere: 'event: message-end\ndata: {"type":"message-end","delta":{"finish_reason":"ERROR","error":"The server had an error"}}\n\n',
  openai: 'data: {"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}\n\n',
  anthropic: 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"The server had an error"}}\n\n',
  gemini: 'data: {"error":{"code":503,"message":"The server had an error","status":"UNAVAILABLE"}}\n\n',
  mistral: 'data: {"object":"error","message":"The server had an error","type":"internal_server_error","code":1000}\n\n',
  ollama: '{"error":"The server had an error"}\n',
};

const kinds = [...translatedFamilies.map(({ kind, endpoints }) => [kind, endpoints] as const), ["openai", ["openai.chat"]] as const];

function errorEvent(kind: string): Buffer {
  return kind === "bedrock" ? Buffer.from(bedrockException, "base64") : Buffer.from(errorEvents[kind] ?? "");
}

/** The first three events of a stream, as they came. */
function firstEvents(kind: string, body: Buffer): Buffer {
  if (kind !== "bedrock") return Buffer.from(body.toString().split(/(?<=\n\r?\n)|(?<=\}\n)(?=\{)/).slice(0, 3).join(""));
  let end = 0;
  for (let message = 0; message < 3; message++) end += body.readUInt32BE(end);
  return body.subarray(0, end);
}

/** The hand-written stream of a family. */
function streamOf(endpoints: readonly string[]): RecordedExchange {
  const found = loadExchanges({}, endpoints).find((exchange) => exchange.stream);
  if (found === undefined) throw new Error(`no fixture streams as ${endpoints.join()} does`);
  return found;
}

async function asked(kind: string, answer: ReplayAnswer): Promise<unknown> {
  replay.answerWith(answer);
  const messages = [{ role: "user", content: "Hello" }];
  return await ask(openaiClient(gateway.baseUrl), { model: `${kind}/x`, stream: true, max_completion_tokens: 10, messages });
}

describe.each(kinds)("%s", (kind, endpoints) => {
  const exchange = streamOf(endpoints);
  const body = responseBytes(exchange.response);
  const { status, headers } = exchange.response;

  it.each([0.2, 0.5, 0.8])("fails at the client where the connection is torn after %d of the stream", async (share) => {
    await expect(asked(kind, { status, headers, body, tornAfterBytes: Math.floor(body.length * share) })).rejects.toThrow();
  });

  it("fails at the client where the stream ends cleanly and too early", async () => {
    await expect(asked(kind, { status, headers, body: firstEvents(kind, body) })).rejects.toThrow();
  });

  it("passes on an error inside of the stream, in the provider's words", async () => {
    await expect(asked(kind, { status, headers, body: Buffer.concat([firstEvents(kind, body), errorEvent(kind)]) })).rejects.toThrow("The server had an error");
  });

  it("turns an error before any content into an error's status", async () => {
    await expect(asked(kind, { status, headers, body: errorEvent(kind) })).rejects.toMatchObject({ status: expect.toSatisfy((value: number) => value >= 500) });
  });
});
