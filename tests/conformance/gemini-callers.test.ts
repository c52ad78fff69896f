/**
 * Applications that speak generateContent: with Google behind, bytes pass both ways; with another provider behind, the
 * answer says what that provider said.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { translatedFamilies } from "./families.ts";
import { applicationKey, Gateway } from "./gateway.ts";
import { readError } from "./readings/errors.ts";
import { readGemini } from "./readings/gemini.ts";
import { loadExchanges, responseBytes } from "./recordings.ts";
import type { RecordedExchange } from "./recordings.ts";
import { ReplayProvider } from "./replay-provider.ts";
import { Tally } from "./tally.ts";

const tally = new Tally();
const google = loadExchanges(process.env, ["gemini.generateContent", "gemini.streamGenerateContent", "vertex.generateContent", "vertex.streamGenerateContent"]).filter(({ response }) => !Array.isArray(response.body));
let replay: ReplayProvider;
let gateway: Gateway;

beforeAll(async () => {
  replay = await ReplayProvider.start();
  gateway = await Gateway.start(Object.fromEntries(translatedFamilies.map(({ kind, basePath }) => [kind, { kind, baseUrl: replay.origin + basePath }])));
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await replay[Symbol.asyncDispose]();
  process.stdout.write(`\n${tally.table()}\n`);
});

async function ask(exchange: RecordedExchange, model: string, body: string): Promise<Response> {
  const { status, headers } = exchange.response;
  replay.answerWith({ status, headers, body: responseBytes(exchange.response), cuts: [7, 500, 501, 5000] });
  const verb = exchange.stream ? "streamGenerateContent?alt=sse" : "generateContent";
  const url = `${gateway.baseUrl.replace(/\/v1$/, "/v1beta")}/models/${model}:${verb}`;
  return await fetch(url, { method: "POST", headers: { "content-type": "application/json", "x-goog-api-key": applicationKey }, body });
}

describe("Google behind", () => {
  it.each(google.map((exchange) => [exchange.id, exchange] as const))("%s", async (_, exchange) => {
    const request = JSON.stringify(exchange.request?.body ?? { contents: [{ parts: [{ text: "Hello" }] }] });
    const answer = await ask(exchange, "gemini/some-model", request);
    const text = await answer.text();
    equal(exchange, "request", String(replay.received[0]?.body), request);
    if (exchange.response.status === 200) equal(exchange, "bytes", text, responseBytes(exchange.response).toString());
    else equal(exchange, "error", answer.status, readError(exchange.response).status);
  });
});

describe.each(translatedFamilies.filter(({ kind }) => kind !== "gemini").map((family) => [family.title, family] as const))("%s behind", (_, family) => {
  const exchanges = loadExchanges(process.env, family.endpoints).filter(({ response }) => response.status === 200);

  it.each(exchanges.map((exchange) => [exchange.id, exchange] as const))("%s", async (__, exchange) => {
    const answer = await ask(exchange, `${family.kind}/some-model`, '{"contents":[{"parts":[{"text":"Hello"}]}]}');
    const text = await answer.text();
    const reading = readGemini({ status: 200, headers: {}, ...(exchange.stream ? { text } : { body: JSON.parse(text) as unknown }) });
    const wanted = family.readAnswer(exchange.response);
    const toolCalls = wanted.toolCalls.map((call, index) => ({ ...call, id: call.id ?? reading.toolCalls[index]?.id ?? "missing" }));
    equal({ ...exchange, endpoint: family.title }, exchange.stream ? "stream" : "answer", reading, { ...wanted, toolCalls });
  });
});

function equal(exchange: RecordedExchange, what: string, got: unknown, wanted: unknown): void {
  let isEqual = false;
  try {
    expect(got).toEqual(wanted);
    isEqual = true;
  } finally {
    tally.checked(exchange.endpoint, what, isEqual);
  }
}
