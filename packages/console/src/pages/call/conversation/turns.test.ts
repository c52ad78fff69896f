import { describe, expect, test } from "vitest";
import { turnsOfAnswer } from "./turns-of-answer.ts";
import { turnsOfRequest } from "./turns-of-request.ts";

const said = (who: string, ...texts: string[]) => ({ who, parts: texts.map((text) => ({ kind: "text", text })) });

describe("a request", () => {
  test.each([
    ["chat completions", { messages: [{ role: "developer", content: "Be short." }, { role: "user", content: [{ type: "text", text: "Hi" }] }] }],
    ["messages", { system: [{ type: "text", text: "Be short." }], messages: [{ role: "user", content: "Hi" }] }],
    ["responses", { instructions: "Be short.", input: [{ role: "user", content: [{ type: "input_text", text: "Hi" }] }] }],
    ["responses with a text", { instructions: "Be short.", input: "Hi" }],
    ["Gemini", { systemInstruction: { parts: [{ text: "Be short." }] }, contents: [{ role: "user", parts: [{ text: "Hi" }] }] }],
  ])("of %s is the same conversation", (_dialect, body) => {
    expect(turnsOfRequest(body)).toEqual([said("system", "Be short."), said("user", "Hi")]);
  });

  test.each([
    ["chat completions", { messages: [{ role: "assistant", content: null, tool_calls: [{ function: { name: "weather", arguments: '{"city":"Rome"}' } }] }, { role: "tool", tool_call_id: "c1", content: "sunny" }] }],
    ["messages", { messages: [{ role: "assistant", content: [{ type: "tool_use", name: "weather", input: { city: "Rome" } }] }, { role: "user", content: [{ type: "tool_result", tool_use_id: "c1", content: [{ type: "text", text: "sunny" }] }] }] }],
    ["responses", { input: [{ type: "function_call", name: "weather", arguments: '{"city":"Rome"}' }, { type: "function_call_output", call_id: "c1", output: "sunny" }] }],
  ])("of %s has its tools", (_dialect, body) => {
    expect(turnsOfRequest(body)?.flatMap(({ parts }) => parts)).toEqual([{ kind: "tool-call", name: "weather", text: '{"city":"Rome"}' }, { kind: "tool-result", name: "c1", text: "sunny" }]);
  });

  test("tells of pictures and documents, and holds none of their bytes", () => {
    const body = { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }, { type: "image", source: { type: "url", media_type: "image/jpeg", url: "https://a.example/b.jpg" } }] }] };
    expect(turnsOfRequest(body)).toEqual([{ who: "user", parts: [{ kind: "attachment", text: "image/png" }, { kind: "attachment", text: "image/jpeg: https://a.example/b.jpg" }] }]);
  });

  test.each([[null], ["text"], [{}], [{ model: "text-embedding-3-small", input: "Hi" }], [{ messages: "none" }]])("that is none is none: %j", (body) => {
    expect(turnsOfRequest(body)).toBeNull();
  });
});

describe("an answer", () => {
  const stream = (...events: unknown[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  test.each([
    ["chat completions", JSON.stringify({ choices: [{ message: { role: "assistant", content: "Hello" } }] })],
    ["messages", JSON.stringify({ type: "message", role: "assistant", content: [{ type: "text", text: "Hello" }] })],
    ["responses", JSON.stringify({ output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello" }] }] })],
    ["Gemini", JSON.stringify({ candidates: [{ content: { role: "model", parts: [{ text: "Hello" }] } }] })],
    ["a prompt", JSON.stringify({ prompt: "x", output: "Hello" })],
    ["chat completions, streamed", stream({ choices: [{ delta: { content: "Hel" } }] }, { choices: [{ delta: { content: "lo" } }] }, "[DONE]")],
    ["messages, streamed", stream({ type: "content_block_start", content_block: { type: "text" } }, { type: "content_block_delta", delta: { type: "text_delta", text: "Hel" } }, { type: "content_block_delta", delta: { text: "lo" } })],
    ["responses, streamed", stream({ type: "response.output_text.delta", delta: "Hel" }, { type: "response.completed", response: { output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello" }] }] } })],
    ["responses, cut", stream({ type: "response.output_text.delta", delta: "Hel" }, { type: "response.output_text.delta", delta: "lo" })],
    ["Gemini, streamed", stream({ candidates: [{ content: { role: "model", parts: [{ text: "Hel" }] } }] }, { candidates: [{ content: { role: "model", parts: [{ text: "lo" }] } }] })],
  ])("of %s is the same", (_dialect, text) => {
    expect(turnsOfAnswer(text)).toEqual([said("assistant", "Hello")]);
  });

  test("puts a streamed tool call together, beside what was thought", () => {
    const text = stream({ choices: [{ delta: { reasoning_content: "hm" } }] }, { choices: [{ delta: { tool_calls: [{ index: 0, function: { name: "weather", arguments: "" } }] } }] }, { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: "{}" } }] } }] });
    expect(turnsOfAnswer(text)).toEqual([{ who: "assistant", parts: [{ kind: "reasoning", text: "hm" }, { kind: "tool-call", name: "weather", text: "{}" }] }]);
  });

  test.each(["", "<html>", '{"error":{"message":"no"}}', '{"choices":[', "data: garbage\n\n"])("that is none is none: %j", (text) => {
    expect(turnsOfAnswer(text) ?? []).toEqual([]);
  });
});
