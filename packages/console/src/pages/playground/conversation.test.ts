import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chatStreamReader, problemOfBody } from "./chat-stream.ts";
import { type Answer, newAnswer, noParameters, openToolCalls, requestOf, toolsFault } from "./conversation.ts";

const chunk = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const stream =
  chunk({ choices: [{ delta: { role: "assistant", content: "", reasoning_content: "hm" } }] }) +
  chunk({ choices: [{ delta: { content: "Hel" } }] }) +
  chunk({ choices: [{ delta: { content: "lo" } }] }) +
  chunk({ choices: [{ delta: { tool_calls: [{ index: 0, id: "call_1", function: { name: "weather", arguments: "" } }] } }] }) +
  chunk({ choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }, { index: 1, id: "call_2", function: { name: "time", arguments: "{}" } }] } }] }) +
  chunk({ choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '"Rome"}' } }] }, finish_reason: "tool_calls" }] }) +
  chunk({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 9 } }) +
  "data: [DONE]\n\n";

describe("a stream", () => {
  test("makes one answer, wherever it is cut", () => {
    fc.assert(
      fc.property(fc.nat(stream.length), fc.nat(stream.length), (one, other) => {
        const read = chatStreamReader();
        const [first, second] = [Math.min(one, other), Math.max(one, other)];
        const answer = [stream.slice(0, first), stream.slice(first, second), stream.slice(second)].reduce(read, newAnswer());
        expect(answer).toMatchObject({ text: "Hello", reasoning: "hm", finishReason: "tool_calls", usage: { input: 7, output: 9 } });
        expect(answer.toolCalls).toEqual([{ id: "call_1", name: "weather", arguments: '{"city":"Rome"}' }, { id: "call_2", name: "time", arguments: "{}" }]);
      }),
    );
  });

  test("that ends with an error keeps what was said", () => {
    const answer = chatStreamReader()({ ...newAnswer(), text: "so far" }, chunk({ error: { message: "cut", code: "provider-broken", fix: "Try again." } }));
    expect(answer).toMatchObject({ state: "failed", text: "so far", problem: { code: "provider-broken", detail: "cut", fix: "Try again." } });
  });
});

test("a refusal is told in its own words, in either shape, and as text where it has none", () => {
  expect(problemOfBody('{"error":{"message":"no such model","code":"unknown-model","fix":"Use another."}}', 404)).toMatchObject({ code: "unknown-model", detail: "no such model", fix: "Use another." });
  expect(problemOfBody('{"title":"Budget","detail":"spent","code":"budget-exhausted"}', 429)).toMatchObject({ title: "Budget", detail: "spent", code: "budget-exhausted" });
  expect(problemOfBody("<html>", 502)).toMatchObject({ detail: "<html>", code: "502" });
});

describe("a request", () => {
  const called: Answer = { ...newAnswer(), state: "done", toolCalls: [{ id: "call_1", name: "weather", arguments: "{}" }] };

  test("goes on with tools' results, images and the system's text, and leaves out what failed", () => {
    const entries = [{ role: "user", text: "See", images: ["data:image/png;base64,AA"] }, { ...newAnswer(), state: "failed" }, { role: "user", text: "Again", images: [] }, called, { role: "tool", id: "call_1", name: "weather", text: "sunny" }] as const;
    expect(requestOf("assistant", entries, { ...noParameters, system: "Be short.", temperature: 0, tools: '[{"type":"function","function":{"name":"weather"}}]' })).toEqual({
      model: "assistant", stream: true, stream_options: { include_usage: true }, temperature: 0, tools: [{ type: "function", function: { name: "weather" } }],
      messages: [
        { role: "system", content: "Be short." },
        { role: "user", content: [{ type: "text", text: "See" }, { type: "image_url", image_url: { url: "data:image/png;base64,AA" } }] },
        { role: "user", content: "Again" },
        { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } }] },
        { role: "tool", tool_call_id: "call_1", content: "sunny" },
      ],
    });
  });

  test("waits for the results of the tools that were called", () => {
    expect(openToolCalls([called])).toHaveLength(1);
    expect(openToolCalls([called, { role: "tool", id: "call_1", name: "weather", text: "" }])).toEqual([]);
    expect(openToolCalls([{ ...called, state: "stopped" }])).toEqual([]);
  });

  test.each([["", null], ["[]", null], ["{}", /array/], ["[", /JSON/], ["[{}]", /function/], ["[null]", /function/]])("has tools that are %j", (text, fault) => {
    if (fault === null) expect(toolsFault(text)).toBeNull();
    else expect(toolsFault(text)).toMatch(fault);
  });
});
