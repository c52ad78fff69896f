import { describe, expect, it } from "vitest";
import type { Conversation } from "../../conversation/conversation.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { RefusalError } from "../../../exchange/answer.ts";
import { writeRequest } from "./request.ts";

function write(asked: Partial<Conversation>) {
  const notes = new TranslationNotes();
  const conversation: Conversation = { dialect: "openai-chat", model: "m", stream: false, messages: [], tools: [], sampling: {}, extensions: [], ...asked };
  const request = writeRequest(conversation, { model: "qwen3:4b", stream: conversation.stream }, notes);
  return { body: JSON.parse(JSON.stringify(request.body)) as JsonObject, warned: notes.warnings.map((warning) => `${warning.kind} ${warning.parameter}`) };
}

const now = { type: "function", name: "now", strict: true } as const;

describe("a request to Ollama", () => {
  it("says whether to stream, and leaves out everything else that the caller did not say", () => {
    expect(write({}).body).toEqual({ model: "qwen3:4b", messages: [], stream: false });
  });

  it("puts parameters into the options, before the caller's own ones of the same name", () => {
    const { body } = write({
      maxOutputTokens: 9,
      stop: ["END"],
      sampling: { seed: 4, temperature: 0.5, topK: 3 },
      extensions: [{ name: "options", value: { num_ctx: 8192, seed: 1 }, effect: "hint" }, { name: "keep_alive", value: "5m", effect: "hint" }],
    });
    expect(body["options"]).toEqual({ num_ctx: 8192, seed: 4, num_predict: 9, stop: ["END"], temperature: 0.5, top_k: 3 });
    expect(body["keep_alive"]).toBe("5m");
  });

  it("writes images as bare base64 beside one text", () => {
    const parts = [{ type: "text", text: "What?" }, { type: "image", source: { type: "base64", mediaType: "image/png", data: "QQ==" } }, { type: "text", text: "Quick." }] as const;
    expect(write({ messages: [{ role: "user", parts }] }).body["messages"]).toEqual([{ role: "user", content: "What?\nQuick.", images: ["QQ=="] }]);
  });

  it("writes arguments as objects, and results with the tool's name and the call's id", () => {
    const { body } = write({
      messages: [
        { role: "assistant", parts: [{ type: "reasoning", text: "Hm." }, { type: "tool-call", id: "call_1", name: "now", arguments: '{"zone":"UTC"}' }] },
        { role: "tool", parts: [{ type: "tool-result", callId: "call_1", content: [{ type: "text", text: "9" }] }] },
      ],
    });
    expect(body["messages"]).toEqual([
      { role: "assistant", content: "", thinking: "Hm.", tool_calls: [{ id: "call_1", type: "function", function: { name: "now", arguments: { zone: "UTC" } } }] },
      { role: "tool", content: "9", tool_name: "now", tool_call_id: "call_1" },
    ]);
  });

  it("keeps every digit of a number in the arguments", () => {
    const call = { type: "tool-call", id: "call_1", name: "now", arguments: '{"id":12345678901234567890}' } as const;
    const conversation: Conversation = { dialect: "openai-chat", model: "m", stream: false, messages: [{ role: "assistant", parts: [call] }], tools: [], sampling: {}, extensions: [] };
    const { body } = writeRequest(conversation, { model: "m", stream: false }, new TranslationNotes());
    expect(JSON.stringify(body)).toContain('{"id":12345678901234567890}');
  });

  it("offers no tools where none may be called, and only those that may", () => {
    expect(write({ tools: [now], toolChoice: { type: "none" } }).body).not.toHaveProperty("tools");
    const { body, warned } = write({ tools: [{ type: "function", name: "other" }, now], toolChoice: { type: "allowed", names: ["now"], required: false } });
    expect(body["tools"]).toEqual([{ type: "function", function: { name: "now", description: "", parameters: { type: "object", properties: {} } } }]);
    expect(warned).toEqual(["dropped tools[0].function.strict"]);
  });

  it.each([
    [{ type: "json" }, "json"],
    [{ type: "json-schema", schema: { type: "object" } }, { type: "object" }],
  ] as const)("writes the format %o", (responseFormat, format) => {
    expect(write({ responseFormat }).body["format"]).toEqual(format);
  });

  it.each([
    [{ effort: "none" }, false],
    [{ effort: "minimal" }, "low"],
    [{ effort: "high" }, "high"],
    [{ effort: "max" }, "max"],
    [{ budgetTokens: 0 }, false],
    [{ budgetTokens: 2048 }, true],
  ])("thinks as %o says", (reasoning, think) => {
    expect(write({ reasoning }).body["think"]).toBe(think);
  });

  it.each<[string, Partial<Conversation>]>([
    ["a forced tool", { tools: [now], toolChoice: { type: "required" } }],
    ["a named tool", { tools: [now], toolChoice: { type: "tool", name: "now" } }],
    ["several answers", { choiceCount: 2 }],
    ["an image's address", { messages: [{ role: "user", parts: [{ type: "image", source: { type: "url", url: "https://example.com/a.png" } }] }] }],
    ["a PDF", { messages: [{ role: "user", parts: [{ type: "document", source: { type: "base64", mediaType: "application/pdf", data: "QQ==" } }] }] }],
    ["arguments that are no object", { messages: [{ role: "assistant", parts: [{ type: "tool-call", id: "1", name: "now", arguments: "[" }] }] }],
  ])("refuses %s by name", (_, asked) => {
    expect(() => write(asked)).toThrow(RefusalError);
  });
});
