import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { parseError } from "./error.ts";
import { streamDecoder } from "./stream-decoder.ts";

function decode(...lines: object[]): StreamEvent[] {
  let made = 0;
  const decoder = streamDecoder({ makeId: (prefix) => `${prefix}${++made}` });
  const events = lines.flatMap((line) => decoder.step({ event: "", data: JSON.stringify(line) }));
  return [...events, ...decoder.finish()];
}

function line(message: object): object {
  return { model: "qwen3:4b", created_at: "2026-01-02T03:04:05.6Z", message: { role: "assistant", content: "", ...message }, done: false };
}

const last = { ...line({}), done: true, done_reason: "stop", prompt_eval_count: 3, eval_count: 5 };

describe("a stream of Ollama's", () => {
  it("starts a new block where thinking becomes text, and gives calls ids", () => {
    const call = { function: { name: "now", arguments: { zone: "UTC" } } };
    const events = decode(line({ thinking: "Hm." }), line({ content: "Yes." }), line({ tool_calls: [call, call] }), last);
    expect(events.map((event) => ("block" in event ? `${event.type} ${event.block}` : event.type))).toEqual([
      "start", "block-start 0", "text-delta 0", "block-end 0", "block-start 1", "text-delta 1", "block-end 1",
      "block-start 2", "arguments-delta 2", "block-end 2", "block-start 3", "arguments-delta 3", "block-end 3", "usage", "finish", "end",
    ]);
    expect(events[0]).toEqual({ type: "start", model: "qwen3:4b", createdAt: 1_767_323_045 });
    expect(events.at(-3)).toEqual({ type: "usage", usage: { inputTokens: 3, outputTokens: 5 } });
    expect(events.at(-2)).toEqual({ type: "finish", choice: 0, reason: { unified: "tool-calls", raw: "stop" } });
  });

  it("turns an error inside of it into one, and gives nothing after it", () => {
    expect(decode(line({ content: "Ye" }), { error: "an error was encountered while running the model" }, last).at(-1)).toMatchObject({
      type: "error",
      error: { kind: "server", status: 500, message: "an error was encountered while running the model" },
    });
  });

  it("does not end cleanly before its last line", () => {
    expect(decode(line({ content: "Ye" })).map((event) => event.type)).not.toContain("end");
  });
});

describe("an error of Ollama's", () => {
  it.each([
    [404, { error: 'model "x" not found, try pulling it first' }, "not-found"],
    [400, { error: "x does not support tools" }, "invalid-request"],
    [400, { error: "the input length exceeds the context length" }, "context-length"],
    [503, { error: "server busy, please try again. maximum pending requests exceeded" }, "overloaded"],
    [500, { error: "llama runner process has terminated" }, "server"],
    [502, "<html>secret</html>", "server"],
  ])("of status %i is told apart: %o", (status, body, kind) => {
    const error = parseError(status, body);
    expect(error).toMatchObject({ status, kind, raw: body });
    expect(error.message).not.toContain("secret");
  });
});
