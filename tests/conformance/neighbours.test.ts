/** What is next to a recorded answer never ends the gateway, is no nonsense to any caller, and gives no tokens back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallerDialect, ProviderDialect } from "../../packages/gateway/src/ai/conversation/dialect.ts";
import type { StreamEvent } from "../../packages/gateway/src/ai/conversation/stream-event.ts";
import { anthropicMessagesCaller } from "../../packages/gateway/src/ai/dialects/anthropic-messages/dialect.ts";
import { bedrockConverseCaller } from "../../packages/gateway/src/ai/dialects/bedrock-converse/caller.ts";
import { cohereChatCaller } from "../../packages/gateway/src/ai/dialects/cohere-chat/caller.ts";
import { geminiCaller } from "../../packages/gateway/src/ai/dialects/gemini/dialect.ts";
import { ollamaChatCaller } from "../../packages/gateway/src/ai/dialects/ollama-chat/caller.ts";
import { openAiChatCaller } from "../../packages/gateway/src/ai/dialects/openai-chat/dialect.ts";
import { openAiResponsesCaller } from "../../packages/gateway/src/ai/dialects/openai-responses/dialect.ts";
import { providerDialects as dialects } from "../../packages/gateway/src/ai/dialects/provider-dialects.ts";
import { frameReader } from "../../packages/gateway/src/ai/framing/readers.ts";
import { providerDialects } from "./decoding.ts";
import { compatibleEndpoints } from "./families.ts";
import { changed, changes, type Json, placesIn } from "./neighbours.ts";
import { loadExchanges, recordingsFolder, recordingsNotice, responseBytes } from "./recordings.ts";
import type { RecordedExchange } from "./recordings.ts";

const spoken: Readonly<Record<string, ProviderDialect>> = {
  ...Object.fromEntries(compatibleEndpoints.map((endpoint) => [endpoint, dialects["openai-chat"]])),
  ...providerDialects,
  "gemini.generateContent": dialects.gemini, "vertex.generateContent": dialects.gemini, "bedrock.converse": dialects["bedrock-converse"],
};
const callers: readonly CallerDialect[] = [openAiChatCaller, openAiResponsesCaller, anthropicMessagesCaller, geminiCaller, bedrockConverseCaller, ollamaChatCaller, cohereChatCaller];
const encoding = { model: "m", callId: "c", nowSeconds: 1, includeUsage: true, request: {} };
/** As words: amid the letters of a signature they are chance. */
const nonsense = /\bundefined\b|(?<![\w+/=-])NaN(?![\w+/=-])|\[object Object\]/;
const answered = loadExchanges(process.env, Object.keys(spoken)).filter(({ response }) => response.status === 200 && !nonsense.test(responseBytes(response).toString("latin1")));
const neighbour = fc.tuple(fc.nat(), fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[])));

const counters = new Set(["prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "promptTokenCount", "candidatesTokenCount", "inputTokens", "outputTokens", "prompt_eval_count", "eval_count", "cached_tokens", "cache_read_input_tokens", "cacheReadInputTokens"]);

function expectSense(text: string): void {
  expect(text).not.toMatch(nonsense);
  for (const [, name = "", count] of text.matchAll(/"(\w+)":(-[\d.e+]+|[\d.]+e\+\d+)/g)) if (counters.has(name)) expect.fail(`${name} is ${count}`);
}

function decoding(): { makeId(prefix: string): string } {
  let made = 0;
  return { makeId: (prefix) => `${prefix}${++made}` };
}

function written(dialect: ProviderDialect, body: Json): string[] {
  const answer = dialect.parseAnswer(body, decoding());
  return "kind" in answer ? [] : callers.map((caller) => JSON.stringify(caller.writeAnswer(answer, encoding)));
}

interface Told {
  readonly event: string;
  readonly data: string;
}

function streamed(dialect: ProviderDialect, caller: CallerDialect, frames: readonly Told[]): string {
  const decoder = dialect.streamDecoder(decoding());
  const encoder = caller.streamEncoder(encoding);
  let text = "";
  const tell = (events: readonly StreamEvent[]): boolean => {
    for (const event of events) {
      if (event.type === "error" || event.type === "end") return false;
      if (event.type !== "keep-alive") text += encoder.step(event).map(({ data }) => data).join("\n");
    }
    return true;
  };
  if (frames.every((frame) => tell(decoder.step(frame)))) tell(decoder.finish());
  return text;
}

const wholes = answered.filter(({ stream }) => !stream);
const streams = answered.filter(({ stream }) => stream);

describe(`a neighbour of a recorded answer${recordingsFolder(process.env) === null ? ` (${recordingsNotice(process.env)})` : ""}`, () => {
  it("is an answer or an error, and sense to every caller", () => {
    for (const { dialect, body } of wholes.flatMap(parsed)) {
      const places = placesIn(body);
      fc.assert(fc.property(neighbour, ([which, change]) => written(dialect, changed(body, places[which % places.length] ?? [], change)).forEach(expectSense)), { numRuns: 6 });
    }
  });

  it("that streams is events or an error, and sense to every caller", () => {
    for (const exchange of streams) {
      const dialect = spoken[exchange.endpoint] as ProviderDialect;
      const reader = frameReader(dialect.framing);
      const frames = [...reader.push(responseBytes(exchange.response)), ...reader.finish()];
      const changeable = frames.flatMap(({ data }, index) => (data.startsWith("{") ? [index] : []));
      if (changeable.length === 0) continue;
      const altered = fc.tuple(fc.nat({ max: changeable.length - 1 }), neighbour, fc.nat({ max: callers.length - 1 })).map(([which, [place, change], caller]) => {
        const at = changeable[which] as number;
        const value = JSON.parse((frames[at] as Told).data) as Json;
        const places = placesIn(value);
        const data = places.length === 0 ? "{}" : JSON.stringify(changed(value, places[place % places.length] ?? [], change));
        return { caller: callers[caller] as CallerDialect, frames: frames.map((frame, index) => (index === at ? { ...frame, data } : frame)) };
      });
      fc.assert(fc.property(altered, ({ caller, frames: told }) => expectSense(streamed(dialect, caller, told))), { numRuns: 6 });
    }
  });

  it("with members that nobody knows says what it said without them", () => {
    for (const { dialect, body } of wholes.flatMap(parsed)) {
      const holder = body as Record<string, Json>;
      expect(written(dialect, { ...holder, zz_new: { a: [1] }, zz_more: null }).filter((_, index) => callers[index]?.name !== dialect.name)).toEqual(written(dialect, body).filter((_, index) => callers[index]?.name !== dialect.name));
    }
  });
});

function parsed(exchange: RecordedExchange): { dialect: ProviderDialect; body: Json }[] {
  const body = JSON.parse(responseBytes(exchange.response).toString()) as Json;
  return body === null || typeof body !== "object" ? [] : [{ dialect: spoken[exchange.endpoint] as ProviderDialect, body }];
}
