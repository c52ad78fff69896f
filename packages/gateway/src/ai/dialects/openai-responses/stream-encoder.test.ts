import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { ResponsesStreamEncoder } from "./stream-encoder.ts";

const context = { model: "m", callId: "c", nowSeconds: 1, includeUsage: true };

function encode(events: readonly StreamEvent[]): Record<string, unknown>[] {
  const encoder = new ResponsesStreamEncoder(context);
  return [{ type: "start" } as const, ...events, { type: "end" } as const].flatMap((event) => encoder.step(event)).map(({ data }) => JSON.parse(data) as Record<string, unknown>);
}

const start = (block: number, content: Extract<StreamEvent, { type: "block-start" }>["content"]): StreamEvent => ({ type: "block-start", choice: 0, block, content });
const end = (block: number): StreamEvent => ({ type: "block-end", choice: 0, block });

describe("ResponsesStreamEncoder", () => {
  it("keeps interleaved calls apart, and numbers every event", () => {
    const call = (id: string) => ({ type: "tool-call", id, name: "f" }) as const;
    const json = (block: number, text: string): StreamEvent => ({ type: "arguments-delta", choice: 0, block, json: text });
    const events = encode([start(0, call("a")), start(1, call("b")), json(0, '{"x":'), json(1, "{}"), json(0, "1}"), end(1), end(0)]);
    expect(events.map((event) => event["sequence_number"])).toEqual(events.map((_, index) => index));
    expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { output: [{ call_id: "a", arguments: '{"x":1}', status: "completed" }, { call_id: "b", arguments: "{}" }] } });
  });

  it("puts texts in a row into one message, and closes it before a call", () => {
    const text = (block: number, words: string): StreamEvent[] => [start(block, { type: "text" }), { type: "text-delta", choice: 0, block, text: words }, end(block)];
    const events = encode([...text(0, "A"), ...text(1, "B"), start(2, { type: "tool-call", id: "a", name: "f" }), end(2), ...text(3, "C")]);
    const items = events.filter(({ type }) => type === "response.output_item.added" || type === "response.output_item.done").map(({ type, output_index: index }) => [type, index]);
    const [added, done] = ["response.output_item.added", "response.output_item.done"];
    expect(items).toEqual([[added, 0], [done, 0], [added, 1], [done, 1], [added, 2], [done, 2]]);
    expect(events.at(-1)).toMatchObject({ response: { output: [{ content: [{ text: "A" }, { text: "B" }] }, { arguments: "{}" }, { content: [{ text: "C" }] }] } });
  });

  it("tells of reasoning that is encrypted and not shown", () => {
    const events = encode([{ type: "part", choice: 0, block: 0, part: { type: "reasoning", text: "", redacted: { dialect: "anthropic-messages", value: "eA==" } } }]);
    expect(events.at(-1)).toMatchObject({ response: { output: [{ type: "reasoning", summary: [], encrypted_content: "parley.redacted.parley.anthropic-messages:eA==" }] } });
  });
});
