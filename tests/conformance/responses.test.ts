/**
 * Providers that speak responses. To an application that speaks them too, bytes pass both ways; one that speaks chat
 * completions is told the same; and what another provider said, told as a response, is the same again.
 */
import { accumulateResponse } from "openai/lib/responses/ResponseAccumulator";
import type { Response as ModelResponse, ResponseStreamEvent } from "openai/resources/responses/responses";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, openaiClient } from "./client.ts";
import { translatedFamilies } from "./families.ts";
import { applicationKey, Gateway } from "./gateway.ts";
import { readError } from "./readings/errors.ts";
import { emptyReading, list, object, string } from "./readings/reading.ts";
import type { Reading } from "./readings/reading.ts";
import { readResponse, readResponses } from "./readings/responses.ts";
import { loadExchanges, responseBytes } from "./recordings.ts";
import type { RecordedExchange } from "./recordings.ts";
import { ReplayProvider } from "./replay-provider.ts";
import { Tally } from "./tally.ts";

const tally = new Tally();
const own = loadExchanges(process.env, ["openai.responses", "azure.responses", "xai.responses", "openrouter.responses"]);
const answered = own.filter(({ response }) => response.status === 200 && string(object(response.body).status) !== "queued");
let replay: ReplayProvider;
let gateway: Gateway;

beforeAll(async () => {
  replay = await ReplayProvider.start();
  const translated = translatedFamilies.map(({ kind, basePath }) => [kind, { kind, baseUrl: replay.origin + basePath }]);
  gateway = await Gateway.start({ ...Object.fromEntries(translated), openai: { baseUrl: `${replay.origin}/v1` }, plain: { kind: "openai-responses", baseUrl: `${replay.origin}/v1` } });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await replay[Symbol.asyncDispose]();
  process.stdout.write(`\n${tally.table()}\n`);
});

async function post(body: object): Promise<Response> {
  return await fetch(`${gateway.baseUrl}/responses`, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${applicationKey}` }, body: JSON.stringify(body) });
}

function replayed(exchange: RecordedExchange): void {
  const { status, headers } = exchange.response;
  replay.answerWith({ status, headers, body: responseBytes(exchange.response), cuts: [7, 500, 501, 5000] });
}

describe("from end to end", () => {
  it.each(own.map((exchange) => [exchange.id, exchange] as const))("%s", async (_, exchange) => {
    replayed(exchange);
    const recorded = exchange.request === null ? { input: "Hello", stream: exchange.stream } : object(exchange.request.body);
    const model = string(recorded["model"]) || "some-model";
    const { previous_response_id: _previous, ...request } = recorded;
    const answer = await post({ ...request, stream: exchange.stream, model: `openai/${model}` });
    const text = Buffer.from(await answer.arrayBuffer()).toString();
    equal(exchange, "request", JSON.parse(String(replay.received[0]?.body)), { ...request, stream: exchange.stream, model });
    if (exchange.response.status !== 200) return equal(exchange, "error", answer.status, readError(exchange.response).status);
    // The model is called what it was asked for, in whole responses.
    equal(exchange, "bytes", withoutModels(text), withoutModels(responseBytes(exchange.response).toString()));
  });
});

describe("to a caller of chat completions", () => {
  it.each(answered.map((exchange) => [exchange.id, exchange] as const))("%s", async (_, exchange) => {
    replayed(exchange);
    const request = { model: "plain/some-model", messages: [{ role: "user", content: "Hello" }], ...(exchange.stream && { stream: true, stream_options: { include_usage: true } }) };
    const { reading } = await ask(openaiClient(gateway.baseUrl), request);
    const wanted = readResponses(exchange.response);
    equal(exchange, exchange.stream ? "stream" : "answer", withoutCustom(reading), quoted(wanted));
  });
});

describe.each(translatedFamilies.map((family) => [family.title, family] as const))("a response that %s gave", (_, family) => {
  const exchanges = loadExchanges(process.env, family.endpoints).filter(({ response }) => response.status === 200 && !Array.isArray(response.body));

  it.each(exchanges.map((exchange) => [exchange.id, exchange] as const))("%s", async (__, exchange) => {
    replayed(exchange);
    const request = { model: `${family.kind}/some-model`, input: "Hello", max_output_tokens: 1000 };
    const client = openaiClient(gateway.baseUrl);
    const wanted = family.readAnswer(exchange.response);
    const reading = exchange.stream ? await streamed(client, request) : readResponse(await client.responses.create(request));
    const finish = wanted.finish === "content_filter" && reading.finish === "stop" ? "stop" : wanted.finish;
    const toolCalls = wanted.toolCalls.map((call, index) => ({ ...call, id: call.id ?? reading.toolCalls[index]?.id ?? "missing" }));
    // Where in the text a citation stands is compared for chat completions, whose text is one piece.
    equal({ ...exchange, endpoint: family.title }, exchange.stream ? "stream" : "answer", { ...reading, citations: [] }, { ...wanted, citations: [], toolCalls, finish, reasoning: wanted.reasoning });
  });
});

/** What the SDK puts together of the events, whose order and numbers are checked on the way. */
async function streamed(client: ReturnType<typeof openaiClient>, request: { model: string; input: string }): Promise<Reading> {
  let whole: ModelResponse | undefined;
  let number = 0;
  let built = emptyReading();
  let last: ResponseStreamEvent | null = null;
  for await (const event of await client.responses.create({ ...request, stream: true })) {
    expect(event.sequence_number).toBe(number++);
    whole = accumulateResponse(event, whole);
    if (!("response" in event)) built = readResponse(whole);
    last = event;
  }
  if (!last || !("response" in last)) throw new Error("the stream ended without its response");
  expect({ ...built, usage: null, finish: null }).toEqual({ ...readResponse(last.response), usage: null, finish: null });
  return readResponse(last.response);
}

function withoutModels(text: string): string {
  // Some servers end the stream as chat completions do, which clients of responses do not wait for.
  return text.replace(/data: \[DONE\]\s*$/, "").replace(/"model":\s*"[^"]*"/g, '"model":""');
}

/** Calls of custom tools are compared in the codec's own tests: the readings know functions only. */
function withoutCustom(reading: Reading): Reading {
  return { ...reading, toolCalls: reading.toolCalls.filter((call) => call.name !== ""), finish: reading.finish === "tool_calls" && reading.toolCalls.length === 0 ? "stop" : reading.finish };
}

/** Chat completions quote a file, and cite a page by where its words stand in all of the text. */
function quoted(reading: Reading): Reading {
  return { ...reading, citations: reading.citations.map((citation) => (citation.url === "" ? { ...citation, text: "" } : citation)) };
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

it("has exchanges to compare", () => {
  expect(list(own).length).toBeGreaterThan(0);
});
