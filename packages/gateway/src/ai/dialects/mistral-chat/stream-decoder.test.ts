import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { streamDecoder } from "./stream-decoder.ts";

function decode(...data: (object | string)[]): StreamEvent[] {
  const decoder = streamDecoder({ makeId: (prefix) => `${prefix}made` });
  const events = data.flatMap((datum) => decoder.step({ event: "", data: typeof datum === "string" ? datum : JSON.stringify(datum) }));
  return [...events, ...decoder.finish()];
}

function chunk(delta: object, finish: string | null = null): object {
  return { id: "1", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason: finish }] };
}

function call(id: string, index: number, text: string): object {
  return { id, index, function: { name: "now", arguments: text } };
}

function calls(events: readonly StreamEvent[]): unknown[] {
  return events.flatMap((event) => {
    if (event.type === "block-start" && event.content.type === "tool-call") return [event.content.id];
    return event.type === "arguments-delta" ? [event.json] : [];
  });
}

describe("a stream of Mistral's", () => {
  it("ends cleanly whatever numbers its choices have, however great", () => {
    expect(decode({ id: "1", choices: [{ index: 4_000_000_000, delta: { content: "Hi" }, finish_reason: "stop" }] }).at(-1)).toEqual({ type: "end" });
  });

  it("keeps calls apart by their ids where all have the index 0", () => {
    const events = decode(chunk({ tool_calls: [call("aaaaaaaa1", 0, "{}"), call("aaaaaaaa2", 0, "{}")] }, "tool_calls"), "[DONE]");
    expect(calls(events)).toEqual(["aaaaaaaa1", "{}", "aaaaaaaa2", "{}"]);
  });

  it("joins a call that comes in pieces", () => {
    const events = decode(chunk({ tool_calls: [call("aaaaaaaa1", 0, '{"a"')] }), chunk({ tool_calls: [call("null", 0, ":1}")] }, "tool_calls"), "[DONE]");
    expect(calls(events)).toEqual(["aaaaaaaa1", '{"a"', ":1}"]);
  });

  it("makes an id where there is none", () => {
    expect(calls(decode(chunk({ tool_calls: [call("null", 0, "{}")] }, "tool_calls")))).toEqual(["call_made", "{}"]);
  });

  it("tells thinking from text, and attaches references to the text before them", () => {
    const thinking = { type: "thinking", thinking: [{ type: "text", text: "Hm." }] };
    const events = decode(chunk({ content: [thinking] }), chunk({ content: [{ type: "text", text: "Yes." }, { type: "reference", reference_ids: [1] }] }, "stop"), "[DONE]");
    expect(events.map((event) => ("block" in event ? `${event.type} ${event.block}` : event.type))).toEqual([
      "start", "block-start 0", "text-delta 0", "block-end 0", "block-start 1", "text-delta 1", "citation 1", "block-end 1", "finish", "end",
    ]);
  });

  it("turns an error inside of it into one, and gives nothing after it", () => {
    const events = decode(chunk({ content: "Ye" }), { object: "error", message: "overloaded", type: "internal", raw_status_code: 503 }, chunk({ content: "s" }, "stop"));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { status: 503, message: "overloaded", kind: "overloaded" } });
  });

  it("does not end cleanly before its finish reason", () => {
    expect(decode(chunk({ content: "Ye" })).map((event) => event.type)).not.toContain("end");
    expect(decode(chunk({ content: "Yes" }, "stop")).at(-1)).toEqual({ type: "end" });
  });
});
