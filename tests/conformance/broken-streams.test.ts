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

const errorEvents: Readonly<Record<string, string>> = {
  openai: 'data: {"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}\n\n',
  anthropic: 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"The server had an error"}}\n\n',
  gemini: 'data: {"error":{"code":503,"message":"The server had an error","status":"UNAVAILABLE"}}\n\n',
  mistral: 'data: {"object":"error","message":"The server had an error","type":"internal_server_error","code":1000}\n\n',
  ollama: '{"error":"The server had an error"}\n',
};

const kinds = [...translatedFamilies.map(({ kind, endpoints }) => [kind, endpoints] as const), ["openai", ["openai.chat"]] as const];

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
    const text = body.toString();
    const separator = kind === "ollama" ? "\n" : /\r?\n\r?\n/;
    const first = text.split(separator).slice(0, 3).join(kind === "ollama" ? "\n" : "\n\n");
    await expect(asked(kind, { status, headers, body: Buffer.from(`${first}\n\n`) })).rejects.toThrow();
  });

  it("passes on an error inside of the stream, in the provider's words", async () => {
    const text = body.toString();
    const events = text.split(/(?<=\n\r?\n)|(?<=\}\n)(?=\{)/).slice(0, 3).join("");
    await expect(asked(kind, { status, headers, body: Buffer.from(events + errorEvents[kind]) })).rejects.toThrow("The server had an error");
  });

  it("turns an error before any content into an error's status", async () => {
    await expect(asked(kind, { status, headers, body: Buffer.from(errorEvents[kind] ?? "") })).rejects.toMatchObject({ status: expect.toSatisfy((value: number) => value >= 500) });
  });
});
