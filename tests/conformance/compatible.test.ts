/**
 * Providers that speak chat completions themselves: what the application sends arrives as it was, but for usage that is
 * always asked for, and the answer's bytes come back untouched; the SDK reads from them what the provider said.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, askForError, openaiClient } from "./client.ts";
import { compatibleEndpoints } from "./families.ts";
import { applicationKey, Gateway, providerKey } from "./gateway.ts";
import { readError } from "./readings/errors.ts";
import { readOpenai } from "./readings/openai.ts";
import { object } from "./readings/reading.ts";
import { loadExchanges, responseBytes } from "./recordings.ts";
import type { RecordedExchange } from "./recordings.ts";
import { ReplayProvider } from "./replay-provider.ts";
import type { ChatRequest } from "./sayings/write-openai.ts";
import { Tally } from "./tally.ts";

const tally = new Tally();
const exchanges = loadExchanges(process.env, compatibleEndpoints);
let replay: ReplayProvider;
let gateway: Gateway;

beforeAll(async () => {
  replay = await ReplayProvider.start();
  const baseUrl = `${replay.origin}/v1`;
  const models = [...new Set(exchanges.map(modelOf))];
  gateway = await Gateway.start({ first: { kind: "openai", baseUrl }, other: { kind: "openai-compatible", baseUrl, models } });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await replay[Symbol.asyncDispose]();
  process.stdout.write(`\n${tally.table()}\n`);
});

/** Without recordings the fixtures stand for some of the providers only. */
const presentEndpoints = compatibleEndpoints.filter((endpoint) => exchanges.some((exchange) => exchange.endpoint === endpoint));

describe.each(presentEndpoints)("%s", (endpoint) => {
  it.each(exchanges.filter((exchange) => exchange.endpoint === endpoint).map((exchange) => [exchange.id, exchange] as const))("%s", async (_, exchange) => {
    const { status, headers } = exchange.response;
    const request = requestOf(exchange);
    replay.answerWith({ status, headers, body: responseBytes(exchange.response), cuts: [7, 500, 501, 5000] });

    const body = JSON.stringify({ ...request, model: modelOf(exchange) });
    const answer = await fetch(`${gateway.baseUrl}/chat/completions`, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${applicationKey}` }, body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(replay.received[0]?.headers.authorization).toBe(`Bearer ${providerKey}`);
    equal(exchange, "request", JSON.parse(String(replay.received[0]?.body)), JSON.parse(body));

    const client = openaiClient(gateway.baseUrl);
    const asked = { ...request, model: `${exchange.endpoint === "openai.chat" ? "first" : "other"}/${modelOf(exchange)}` };
    const failure = errorInside(exchange);
    if (failure !== null) {
      equal(exchange, "bytes", bytes.toString().slice(0, failure.at), responseBytes(exchange.response).toString().slice(0, failure.at));
      const told = JSON.parse(bytes.toString().slice(failure.at).replace(/^data: /, "")) as { error: object };
      expect(told.error).toMatchObject(failure.error);
      equal(exchange, "error", (await askForError(client, asked)).message, failure.error.message);
    } else if (status === 200) {
      equal(exchange, "bytes", bytes.toString(), responseBytes(exchange.response).toString());
      equal(exchange, exchange.stream ? "stream" : "answer", (await ask(client, asked)).reading, readOpenai(exchange.response));
    } else {
      const wanted = readError(exchange.response);
      const heard = await askForError(client, asked);
      equal(exchange, "error", { status: heard.status, message: wanted.message === null ? null : heard.message }, wanted);
      expect(answer.status).toBe(wanted.status);
    }
  });
});

/** An error inside of a stream, which the gateway tells in a frame of its own, with all that the provider said. */
function errorInside(exchange: RecordedExchange): { at: number; error: { message: string } } | null {
  const { text } = exchange.response;
  const at = exchange.stream && text !== undefined ? text.indexOf("event: error\n") : -1;
  if (at === -1 || text === undefined) return null;
  const { error } = JSON.parse(text.slice(at).replace(/^event: error\ndata: /, "").split("\n")[0] ?? "") as { error: { message: string } };
  return { at, error };
}

function modelOf(exchange: RecordedExchange): string {
  return (object(exchange.request?.body).model as string | undefined) ?? exchange.model ?? "some-model";
}

/** As it was recorded, and with usage asked for where it streams. */
function requestOf(exchange: RecordedExchange): ChatRequest {
  const recorded = exchange.request === null ? { messages: [{ role: "user", content: "Hello" }] } : object(exchange.request.body);
  const streaming = exchange.stream ? { stream: true, stream_options: { include_usage: true } } : {};
  return { ...recorded, ...streaming } as unknown as ChatRequest;
}

function equal(exchange: RecordedExchange, what: string, got: unknown, wanted: unknown): void {
  let isEqual = false;
  try {
    expect(got).toEqual(wanted);
    isEqual = true;
  } finally {
    tally.checked(exchange.endpoint, what, isEqual);
  }
}
