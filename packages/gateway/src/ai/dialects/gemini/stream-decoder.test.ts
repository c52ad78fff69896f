import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { streamDecoder } from "./stream-decoder.ts";

function decode(...chunks: object[]): StreamEvent[] {
  let made = 0;
  const decoder = streamDecoder({ makeId: (prefix) => `${prefix}${++made}` });
  const events = chunks.flatMap((chunk) => decoder.step({ event: "", data: JSON.stringify(chunk) }));
  return [...events, ...decoder.finish()];
}

function chunk(parts: object[], more: object = {}): object {
  return { candidates: [{ content: { role: "model", parts }, ...more }] };
}

describe("a stream of Gemini's", () => {
  it("ends cleanly whatever numbers its candidates have, however great", () => {
    const events = decode({ candidates: [{ index: 4_000_000_000, content: { parts: [{ text: "Hi" }] }, finishReason: "STOP" }] });
    expect(events.at(-1)).toEqual({ type: "end" });
  });

  it("keeps two identical calls two, each with an id of its own", () => {
    const call = { functionCall: { name: "now", args: {} } };
    const events = decode(chunk([call, call], { finishReason: "STOP" }));
    expect(events.filter((event) => event.type === "block-start").map((event) => event.content)).toEqual([
      { type: "tool-call", id: "call_1", name: "now", signature: undefined },
      { type: "tool-call", id: "call_2", name: "now", signature: undefined },
    ]);
    expect(events.at(-2)).toEqual({ type: "finish", choice: 0, reason: { unified: "tool-calls", raw: "STOP" } });
    expect(events.at(-1)).toEqual({ type: "end" });
  });

  it("starts a new block where thought becomes text, and closes each before the next", () => {
    const events = decode(chunk([{ text: "Hm", thought: true }, { text: "m.", thought: true }, { text: "Yes." }]), chunk([], { finishReason: "STOP" }));
    expect(events.map((event) => ("block" in event ? `${event.type} ${event.block}` : event.type))).toEqual([
      "start", "block-start 0", "text-delta 0", "text-delta 0", "block-end 0", "block-start 1", "text-delta 1", "block-end 1", "finish", "end",
    ]);
  });

  it("gives a signature that comes with empty text to the text before it", () => {
    const events = decode(chunk([{ text: "Yes." }]), chunk([{ text: "", thoughtSignature: "c2ln" }], { finishReason: "STOP" }));
    expect(events.find((event) => event.type === "signature")).toEqual({ type: "signature", choice: 0, block: 0, signature: { dialect: "gemini", value: "c2ln" } });
  });

  it("counts a citation's bytes as characters of the text", () => {
    const grounding = {
      groundingChunks: [{ web: { uri: "https://example.com", title: "Example" } }],
      groundingSupports: [{ segment: { startIndex: 6, endIndex: 9, text: "ja." }, groundingChunkIndices: [0] }],
    };
    const events = decode(chunk([{ text: "Cafés" }]), chunk([{ text: "ja." }], { groundingMetadata: grounding, finishReason: "STOP" }));
    expect(events.find((event) => event.type === "citation")?.citation).toMatchObject({ url: "https://example.com", startIndex: 5, endIndex: 8 });
  });

  it("ends with the content filter where the prompt was blocked", () => {
    const events = decode({ promptFeedback: { blockReason: "SAFETY" }, usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 } });
    expect(events.slice(-2)).toEqual([{ type: "finish", choice: 0, reason: { unified: "content-filter", raw: "SAFETY" } }, { type: "end" }]);
  });

  it("turns an error inside of it into one, and gives nothing after it", () => {
    const events = decode(chunk([{ text: "Ye" }]), { error: { code: 503, status: "UNAVAILABLE", message: "overloaded" } }, chunk([{ text: "s" }], { finishReason: "STOP" }));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { kind: "overloaded", status: 503, message: "overloaded" } });
  });

  it("keeps the blocks of several candidates apart, and ends when all have finished", () => {
    const candidate = (index: number, text: string, more: object = {}) => ({ index, content: { parts: [{ text }] }, ...more });
    const first = { candidates: [candidate(0, "A"), candidate(1, "B")] };
    const unfinished = decode(first, { candidates: [candidate(0, "a", { finishReason: "STOP" })] });
    expect(unfinished.map((event) => event.type)).not.toContain("end");
    const events = decode(first, { candidates: [candidate(1, "b", { finishReason: "MAX_TOKENS" }), candidate(0, "a", { finishReason: "STOP" })] });
    const deltas = events.flatMap((event) => (event.type === "text-delta" ? [`${event.choice}.${event.block} ${event.text}`] : []));
    expect(deltas).toEqual(["0.0 A", "1.0 B", "1.0 b", "0.0 a"]);
    expect(events.flatMap((event) => (event.type === "finish" ? [`${event.choice} ${event.reason.unified}`] : []))).toEqual(["1 length", "0 stop"]);
    expect(events.at(-1)).toEqual({ type: "end" });
  });

  it("does not end cleanly before its candidate has finished", () => {
    expect(decode(chunk([{ text: "Ye" }])).map((event) => event.type)).not.toContain("end");
    expect(decode()).toEqual([]);
  });
});
