import { describe, expect, it } from "vitest";
import type { StreamDecoder } from "../../conversation/dialect.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { messagesStreamDecoder } from "../anthropic-messages/stream-decoder.ts";
import { converseStreamDecoder } from "../bedrock-converse/stream-decoder.ts";
import { messagesChunkDecoder } from "../bedrock-invoke/chunk-decoder.ts";
import { cohereStreamDecoder } from "../cohere-chat/stream-decoder.ts";
import { streamDecoder as geminiStreamDecoder } from "../gemini/stream-decoder.ts";
import { streamDecoder as mistralStreamDecoder } from "../mistral-chat/stream-decoder.ts";
import { streamDecoder as ollamaStreamDecoder } from "../ollama-chat/stream-decoder.ts";
import { chatStreamDecoder } from "../openai-chat/stream-decoder.ts";
import { responsesStreamDecoder } from "../openai-responses/stream-decoder.ts";

const context = { makeId: (prefix: string): string => prefix };
const chat = [{ data: '{"id":"c","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}' }, { data: "[DONE]" }];
const converse = [{ event: "messageStart", data: "{}" }, { event: "contentBlockDelta", data: '{"contentBlockIndex":0,"delta":{"text":"Hi"}}' }, { event: "messageStop", data: '{"stopReason":"end_turn"}' }, { event: "metadata", data: '{"usage":{}}' }];
const messages = [
  { data: '{"type":"message_start","message":{"id":"m"}}' }, { data: '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hi"}}' },
  { data: '{"type":"message_delta","delta":{"stop_reason":"end_turn"}}' }, { data: '{"type":"message_stop"}' },
];
const chunks = messages.map(({ data }) => ({ event: "chunk", data: JSON.stringify({ bytes: Buffer.from(data).toString("base64") }) }));

/** Of each dialect a decoder and the frames of a whole answer. */
const dialects: readonly [string, () => StreamDecoder, readonly { event?: string; data: string }[]][] = [
  ["chat completions", () => chatStreamDecoder(context), chat],
  ["Mistral", () => mistralStreamDecoder(context), chat],
  ["Ollama", () => ollamaStreamDecoder(context), [{ data: '{"message":{"content":"Hi"},"done":true,"done_reason":"stop"}' }]],
  ["Cohere", () => cohereStreamDecoder(context), [{ data: '{"type":"content-delta","delta":{"message":{"content":{"text":"Hi"}}}}' }, { data: '{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}' }]],
  ["Gemini", () => geminiStreamDecoder(context), [{ data: '{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}' }]],
  ["messages", () => messagesStreamDecoder(context), messages],
  ["responses", () => responsesStreamDecoder(context), [{ data: '{"type":"response.created","response":{}}' }, { data: '{"type":"response.output_text.delta","delta":"Hi"}' }, { data: '{"type":"response.completed","response":{"status":"completed"}}' }]],
  ["Converse", () => converseStreamDecoder(context), converse],
  ["messages in Bedrock's chunks", () => messagesChunkDecoder(context), chunks],
];

function stepAll(decoder: StreamDecoder, frames: readonly { event?: string; data: string }[]): StreamEvent[] {
  return frames.flatMap(({ event = "", data }) => decoder.step({ event, data }));
}

function types(events: readonly StreamEvent[]): string[] {
  return events.map(({ type }) => type);
}

describe.each(dialects)("a decoder of %s", (_name, decoderOf, frames) => {
  it("ends once, after a block that has its start, its text and its end", () => {
    const decoder = decoderOf();
    const events = [...stepAll(decoder, frames), ...decoder.finish()];
    expect(types(events).filter((type) => type !== "usage").sort()).toEqual(["block-end", "block-start", "end", "finish", "start", "text-delta"]);
    expect(types(events).at(-1)).toBe("end");
    expect([...stepAll(decoder, frames), ...decoder.finish()]).toEqual([]);
  });

  it("gives garbage as one error, and nothing of what comes after it", () => {
    const decoder = decoderOf();
    const chunked = frames === chunks;
    const garbage = chunked ? { event: "chunk", data: "{}" } : { event: frames[0]?.event ?? "", data: "[]" };
    const begun = stepAll(decoder, frames.slice(0, -1));
    expect(types(begun)).not.toContain("error");
    expect(stepAll(decoder, [garbage])).toMatchObject([{ type: "error", error: { kind: "broken", status: 502 } }]);
    expect([...stepAll(decoder, [...frames, garbage]), ...decoder.finish()]).toEqual([]);
  });
});
