/**
 * How much of what recorded exchanges say comes through, for every dialect of callers before every dialect of providers,
 * field by field. Nothing is judged here: what a dialect has no words for counts as not come through, too, so the figures
 * are a state to be kept, and bettered, rather than a mark.
 */
import { isDeepStrictEqual } from "node:util";
import { compatibleEndpoints, translatedFamilies } from "../families.ts";
import { applicationKey, Gateway } from "../gateway.ts";
import { readChunks, readCompletion } from "../readings/openai.ts";
import { serverSentData } from "../readings/reading.ts";
import type { Reading } from "../readings/reading.ts";
import { readResponses } from "../readings/responses.ts";
import { loadExchanges, responseBytes } from "../recordings.ts";
import type { RecordedExchange, RecordedResponse } from "../recordings.ts";
import { ReplayProvider } from "../replay-provider.ts";
import type { Saying } from "../sayings/saying.ts";
import { writeOpenai } from "../sayings/write-openai.ts";
import { callers } from "./callers.ts";
import type { Caller } from "./callers.ts";
import { Counts } from "./counts.ts";

interface Family {
  /** Whose signatures its exchanges hold. */
  dialect: string;
  kind: string;
  basePath: string;
  endpoints: readonly string[];
  readAnswer(response: RecordedResponse): Reading;
  readRequest?: (body: unknown) => Saying;
}

const families: readonly Family[] = [
  { dialect: "openai-chat", kind: "openai-compatible", basePath: "/v1", endpoints: compatibleEndpoints, readAnswer: ({ text, body }) => (text === undefined ? readCompletion(body) : readChunks(serverSentData(text))) },
  { dialect: "openai-responses", kind: "openai-responses", basePath: "/v1", endpoints: ["openai.responses", "azure.responses", "xai.responses", "openrouter.responses"], readAnswer: readResponses },
  ...translatedFamilies,
];

/** `environment` may name a folder of recordings; the hand-written exchanges are always among them. */
export async function measureFidelity(environment: NodeJS.ProcessEnv): Promise<Counts> {
  await using replay = await ReplayProvider.start();
  await using gateway = await Gateway.start(Object.fromEntries(families.map(({ kind, basePath }) => [kind, { kind, baseUrl: replay.origin + basePath }])));
  const origin = gateway.baseUrl.replace(/\/v1$/, "");
  const counts = new Counts();
  for (const family of families) {
    const exchanges = loadExchanges(environment, family.endpoints);
    for (const exchange of exchanges.filter(isAnswered)) {
      for (const caller of callers) await measureAnswer({ exchange, family, caller }, { replay, origin, counts });
    }
    for (const exchange of exchanges) if (family.readRequest && exchange.request?.body) await measureRequest(exchange, family, { replay, origin, counts });
  }
  return counts;
}

interface Bench {
  replay: ReplayProvider;
  origin: string;
  counts: Counts;
}

function isAnswered({ response }: RecordedExchange): boolean {
  return response.status === 200 && !Array.isArray(response.body) && (response.body as { status?: string } | undefined)?.status !== "queued";
}

async function measureAnswer({ exchange, family, caller }: { exchange: RecordedExchange; family: Family; caller: Caller }, { replay, origin, counts }: Bench): Promise<void> {
  const wanted = said(family.readAnswer(exchange.response));
  replay.answerWith({ status: 200, headers: exchange.response.headers, body: responseBytes(exchange.response) });
  const asked = { model: `${family.kind}/some-model`, stream: exchange.stream };
  const got = said(await readingOf(caller, await post(origin + caller.path(asked), caller.hello(asked)), exchange.stream));
  const pair = `${caller.dialect} < ${family.kind}`;
  for (const [field, value] of Object.entries(wanted)) counts.add(pair, field, isDeepStrictEqual(got[field], value));
}

async function readingOf(caller: Caller, answer: Response, stream: boolean): Promise<Reading | null> {
  const text = await answer.text();
  try {
    return caller.read({ status: answer.status, headers: {}, ...(stream ? { text } : { body: JSON.parse(text) as unknown }) });
  } catch {
    return null;
  }
}

/** What a reading says, by field; what it is silent about is left out. Ids are the gateway's own where a provider gave none. */
function said(reading: Reading | null): Record<string, unknown> {
  if (!reading) return {};
  const { usage, toolCalls, ...rest } = reading;
  const calls = toolCalls.map(({ name, arguments: given }) => ({ name, arguments: given }));
  // OpenAI says stop where the caller forced the call: its callers know it by the call.
  const finish = rest.finish === "stop" && calls.length > 0 ? "tool_calls" : rest.finish;
  const fields = { ...rest, finish, toolCalls: calls, ...Object.fromEntries(Object.entries(usage ?? {}).map(([name, count]) => [`usage.${name}`, count])) };
  return Object.fromEntries(Object.entries<unknown>(fields).filter(([, value]) => value !== null && value !== "" && value !== 0 && !(Array.isArray(value) && value.length === 0)));
}

/** The recorded request, asked for in its own dialect where callers may speak that, and in the words of a chat completion. */
async function measureRequest(exchange: RecordedExchange, family: Family, { replay, origin, counts }: Bench): Promise<void> {
  const saying = family.readRequest?.(exchange.request?.body);
  if (!saying) return;
  const own = callers.find(({ ownKind }) => ownKind === family.kind);
  for (const target of families) {
    if (!target.readRequest) continue;
    // Names with a colon are Bedrock's and Ollama's, and no name that a model of Google's can have.
    const name = exchange.model ?? "some-model";
    const model = `${target.kind}/${target.kind === "gemini" ? name.replaceAll(":", "-") : name}`;
    const asked = { model, stream: exchange.stream };
    const chat = writeOpenai(saying, { ...asked, dialect: family.dialect });
    const requests: [string, string, object][] = [["openai-chat", "/v1/chat/completions", chat]];
    if (own) requests.push([own.dialect, own.path(asked), { ...(exchange.request?.body as object), ...(own.dialect === "gemini" ? {} : { model }) }]);
    for (const [dialect, path, body] of requests) {
      replay.answerWith({ status: 503, headers: {}, body: Buffer.from("{}") });
      const answer = await post(origin + path, body);
      const refusal = refusedParameter(await answer.json().catch(() => null));
      const [received] = replay.received;
      if (!received && refusal !== null) {
        counts.refuse(`${dialect} > ${target.kind}`, refusal);
        continue;
      }
      countRequest({ pair: `${dialect} > ${target.kind}`, wanted: saying, got: received && target.readRequest(JSON.parse(received.body.toString("utf8"))) }, counts);
    }
  }
}

/** What the gateway's own refusal says cannot be expressed; null for any other answer. */
function refusedParameter(body: unknown): string | null {
  const { error } = (body ?? {}) as { error?: { code?: unknown; message?: string; param?: string; details?: { reason?: string }[] } };
  const told = JSON.stringify(error ?? null);
  return told.includes("unsupported-parameter") ? (error?.param ?? /[\w.[\]]+/.exec(error?.message ?? "")?.[0] ?? "") : null;
}

function countRequest({ pair, wanted, got }: { pair: string; wanted: Saying; got: Saying | undefined }, counts: Counts): void {
  counts.add(pair, "not refused", got !== undefined);
  if (!got) return;
  for (const field of ["system", "turns", "tools", "toolChoice"] as const) if (hasContent(wanted[field])) counts.add(pair, field, isSame(plain(got[field]), plain(wanted[field])));
  for (const [name, value] of Object.entries(wanted.settings)) counts.add(pair, name, isDeepStrictEqual((got.settings as Record<string, unknown>)[name], value));
}

/** A choice that is left to the model is what every API does that is told of none. */
function isSame(got: unknown, wanted: unknown): boolean {
  return isDeepStrictEqual(got, wanted) || (wanted === "auto" && (got === null || got === undefined));
}

function hasContent(value: unknown): boolean {
  return value !== null && !(Array.isArray(value) && value.length === 0);
}

/** Without what is one provider's to give and to take back. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, member: unknown) => (name === "signature" || name === "redacted" ? undefined : member))) as unknown;
}

async function post(url: string, body: object): Promise<Response> {
  return await fetch(url, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${applicationKey}` }, body: JSON.stringify(body) });
}
