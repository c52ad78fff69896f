/**
 * An application that speaks chat completions, and providers that do not: what the SDK gets equals what the provider said,
 * and what the provider is asked equals what it was asked in the recording.
 */
import type { CallRecord } from "@parley/contract/call-record";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, askForError, openaiClient } from "./client.ts";
import { translatedFamilies } from "./families.ts";
import type { TranslatedFamily } from "./families.ts";
import { applicationKey, Gateway } from "./gateway.ts";
import { readError } from "./readings/errors.ts";
import type { Reading } from "./readings/reading.ts";
import { loadExchanges, recordingsFolder, recordingsNotice, responseBytes } from "./recordings.ts";
import type { RecordedExchange } from "./recordings.ts";
import { ReplayProvider } from "./replay-provider.ts";
import { emptySaying } from "./sayings/saying.ts";
import type { Saying } from "./sayings/saying.ts";
import { writeOpenai } from "./sayings/write-openai.ts";
import { Tally } from "./tally.ts";

const tally = new Tally();
/** What the record of each call has to say, in the order of the calls. */
const expectedRecords: Pick<CallRecord, "status" | "provider" | "stream" | "inputTokens" | "outputTokens" | "cacheReadTokens">[] = [];
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

describe.each(translatedFamilies.map((family) => [family.title, family] as const))("%s", (_, family) => {
  const exchanges = loadExchanges(process.env, family.endpoints);

  it.each(exchanges.map((exchange) => [exchange.id, exchange] as const))("%s", async (__, exchange) => {
    const said = exchange.request === null ? hello() : family.readRequest(exchange.request.body);
    const request = writeOpenai(said, { model: `${family.kind}/${exchange.model ?? "some-model"}`, stream: exchange.stream, dialect: family.dialect });
    replay.answerWith({ status: exchange.response.status, headers: exchange.response.headers, body: streamable(exchange), cuts: everyThousandth(exchange) });
    const client = openaiClient(gateway.baseUrl);
    expectedRecords.push(recordOf(family, exchange));
    if (exchange.response.status === 200) {
      const { reading } = await ask(client, request);
      equal(family, exchange.stream ? "stream" : "answer", reading, withIdsOf(reading, family.readAnswer(exchange.response)));
    } else {
      const { status, message } = await askForError(client, request);
      const wanted = readError(exchange.response);
      equal(family, "error", { status, message: wanted.message === null ? null : message }, wanted);
    }
    const [received] = replay.received;
    expect(replay.received).toHaveLength(1);
    expect(JSON.stringify(received?.headers)).not.toContain(applicationKey);
    // Nothing is left out that can be said, and nothing is invented.
    equal(family, "request", family.readRequest(JSON.parse(String(received?.body))), { ...said, unsayable: new Set() });
  });
});

it("accounts for every call as the provider did", async () => {
  const records = await gateway.stop();
  expect(records).toMatchObject(expectedRecords);
});

if (recordingsFolder(process.env) === null) it.skip(`recorded exchanges: ${recordingsNotice(process.env)}`, () => {});

function equal(family: TranslatedFamily, what: string, got: unknown, wanted: unknown): void {
  let isEqual = false;
  try {
    expect(got).toEqual(wanted);
    isEqual = true;
  } finally {
    tally.checked(family.title, what, isEqual);
  }
}

/** What the provider billed, where it answered. */
function recordOf(family: TranslatedFamily, exchange: RecordedExchange): (typeof expectedRecords)[number] {
  const call = { provider: family.kind, stream: exchange.stream };
  if (exchange.response.status !== 200) return { ...call, status: readError(exchange.response).status };
  const { usage } = family.readAnswer(exchange.response);
  if (usage === null) return { ...call, status: 200 };
  return { ...call, status: 200, inputTokens: usage.input, outputTokens: usage.output, ...(usage.cacheRead > 0 ? { cacheReadTokens: usage.cacheRead } : {}) };
}

function hello(): Saying {
  return { ...emptySaying(), turns: [{ role: "user", parts: [{ kind: "text", text: "Hello" }] }], settings: { maxTokens: 1000 } };
}

/** A call to which the provider gave no id has one that the gateway made. */
function withIdsOf(got: Reading, wanted: Reading): Reading {
  const toolCalls = wanted.toolCalls.map((call, index) => ({ ...call, id: call.id ?? got.toolCalls[index]?.id ?? "missing" }));
  return { ...wanted, toolCalls };
}

/** Google streams a JSON list to those who do not ask for events, which the gateway does: the same as events. */
function streamable(exchange: RecordedExchange): Buffer {
  const { body } = exchange.response;
  if (!Array.isArray(body) || exchange.response.status !== 200) return responseBytes(exchange.response);
  exchange.response.headers["content-type"] = "text/event-stream";
  return Buffer.from(body.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
}

function everyThousandth(exchange: RecordedExchange): number[] {
  const { length } = responseBytes(exchange.response);
  return exchange.stream ? Array.from({ length: Math.min(Math.floor(length / 1000), 50) }, (_, index) => (index + 1) * 1000) : [];
}
