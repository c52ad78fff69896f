import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TranslatedStream } from "./calls/stream-stage.ts";
import type { ProviderDialect } from "./conversation/dialect.ts";
import type { PassThroughStream } from "./conversation/pass-through.ts";
import { anthropicMessagesProvider } from "./dialects/anthropic-messages/dialect.ts";
import { openAiChatCaller, openAiChatProvider } from "./dialects/openai-chat/dialect.ts";
import { openAiChatPassThrough } from "./dialects/openai-chat/pass-through.ts";
import { frameReader } from "./framing/readers.ts";
import { messageEvents } from "./testing/anthropic-fixtures.ts";
import { events, namedEvents } from "./testing/fake-provider.ts";
import { chunk, textChunks, usageChunk } from "./testing/openai-fixtures.ts";

const chat = events(...textChunks, chunk({ tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: '{"data: ":"[DONE]\\n\\n"}' } }] }), usageChunk, "[DONE]");

function translated(dialect: ProviderDialect): PassThroughStream {
  return new TranslatedStream({
    reader: frameReader(dialect.framing),
    decoder: dialect.streamDecoder({ makeId: (prefix) => prefix }),
    encoder: openAiChatCaller.streamEncoder({ model: "m", callId: "c", nowSeconds: 1, includeUsage: true }),
  });
}

const streams: [string, string, () => PassThroughStream][] = [
  ["translated from messages", namedEvents(...messageEvents), () => translated(anthropicMessagesProvider)],
  ["translated from chat completions", chat, () => translated(openAiChatProvider)],
  ["passed through", chat, () => openAiChatPassThrough.stream({ rename: null, includeUsage: false })],
  ["passed through and renamed", chat, () => openAiChatPassThrough.stream({ rename: "assistant", includeUsage: true })],
];

function run(stream: PassThroughStream, chunks: readonly Buffer[]): object {
  const bytes = Buffer.concat([...chunks.map((each) => stream.push(each)), stream.finish()]);
  return { text: bytes.toString(), ended: stream.ended, error: stream.error, usage: stream.usage, finish: stream.finishReason, hasContent: stream.hasContent };
}

describe("a stream", () => {
  it.each(streams)("that is %s is the same wherever its bytes are cut and whatever ends its lines", (_how, text, make) => {
    fc.assert(
      fc.property(fc.constantFrom("\n", "\r\n"), fc.array(fc.nat(), { maxLength: 20 }), (end, cuts) => {
        const bytes = Buffer.from(text.replaceAll("\n", end));
        const places = [0, ...cuts.map((place) => place % bytes.length).sort((one, other) => one - other), bytes.length];
        const whole = run(make(), [bytes]);
        expect(whole).toMatchObject({ ended: true, error: null });
        expect(run(make(), places.slice(1).map((place, index) => bytes.subarray(places[index], place)))).toEqual(whole);
      }),
    );
  });

  it.each(streams)("that is %s has no clean end before its last event, wherever it breaks off", (_how, text, make) => {
    const bytes = Buffer.from(text);
    for (let length = 0; length < bytes.length; length += 7) {
      const stream = make();
      const sent = run(stream, [bytes.subarray(0, length)]);
      if (stream.ended) expect(stream.finishReason).toBeDefined();
      else expect(JSON.stringify(sent)).not.toContain("data: [DONE]");
    }
  });
});
