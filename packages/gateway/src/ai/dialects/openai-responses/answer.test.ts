import { describe, expect, it } from "vitest";
import { findUnknown } from "../../conversation/known-members.ts";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { noteUnsaidAnswer } from "../../conversation/unsaid-answer.ts";
import { openAiResponsesCaller } from "./dialect.ts";
import { knownResponse } from "./known-answer.ts";
import { knownResponseRequest } from "./known-request.ts";
import { parseResponsesAnswer } from "./parse-answer.ts";
import { responsesStreamDecoder } from "./stream-decoder.ts";

function warned(item: object, rest: object = {}): string[] {
  const body = { id: "resp_1", object: "response", status: "completed", output: [item], ...rest } as never;
  const notes = new TranslationNotes();
  const answer = parseResponsesAnswer(body);
  if ("kind" in answer) throw new Error(answer.message);
  findUnknown(body, knownResponse, (path) => notes.dropped(`answer.${path}`, ""));
  noteUnsaidAnswer(answer, { dialect: "openai-chat", notes });
  return notes.warnings.map(({ parameter }) => parameter);
}

const call = { type: "function_call", call_id: "call_1", name: "now", arguments: "{}" };

describe("what a caller of another API is told to be missing of a response", () => {
  it("is a picture that could not be drawn", () => {
    expect(warned({ type: "image_generation_call", id: "ig_1", status: "failed", result: null, error: { code: "moderation_blocked" } })).toEqual(["answer.content[].image_generation_call"]);
    expect(warned({ type: "image_generation_call", id: "ig_1", status: "completed", result: "iVBORw0KGgo=" })).toEqual([]);
  });

  it("is who calls a tool, where it is not the model itself", () => {
    expect(warned({ ...call, caller: { type: "program", caller_id: "p1" } })).toEqual(["answer.content[].caller"]);
    expect(warned({ ...call, caller: { type: "direct" } })).toEqual([]);
  });

  it("is what was thought in something else than text", () => {
    expect(warned({ type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_image", image: "iVBORw0KGgo=" }] })).toContain("answer.content[].reasoning");
    for (const content of [undefined, null, "", [], [{ type: "reasoning_text", text: "" }]]) expect(warned({ type: "reasoning", id: "rs_1", summary: [], content })).toEqual([]);
  });

  it("is a verdict on the content", () => {
    expect(warned(call, { moderation: { input: { flagged: true } } })).toEqual(["answer.moderation"]);
  });
});

describe("an item of a response from a server that resembles OpenAI's", () => {
  it.each<[string, unknown]>([["a text", "Hi"], ["a list of texts", ["Hi"]], ["one part", { type: "output_text", text: "Hi" }], ["a list of parts", [{ type: "output_text", text: "Hi" }]]])("says what it says: content that is %s", (_what, content) => {
    const answer = parseResponsesAnswer({ status: "completed", output: [{ type: "reasoning", summary: [], content }, { type: "message", role: "assistant", content }] } as never);
    expect(answer).toMatchObject({ choices: [{ parts: [{ type: "reasoning", text: "Hi" }, { type: "text", text: "Hi" }] }] });
  });

  it("comes through in a stream where what was thought is no text, and is said to be missing elsewhere", () => {
    const item = { type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_image", image: "iVBORw0KGgo=" }] };
    const decoder = responsesStreamDecoder({ makeId: (prefix) => prefix });
    decoder.step({ event: "", data: JSON.stringify({ type: "response.created", response: { id: "resp_1" } }) });
    const events = decoder.step({ event: "", data: JSON.stringify({ type: "response.output_item.done", output_index: 0, item }) });
    expect(events).toContainEqual(expect.objectContaining({ type: "part", part: { type: "native", dialect: "openai-responses", kind: "reasoning", value: item } }));
  });
});

describe("reasoning that a caller returns", () => {
  const read = (members: object): unknown => openAiResponsesCaller.parseRequest({ model: "m", input: [{ type: "reasoning", ...members }] } as never);

  it.each<[string, object]>([["a text", { summary: "Hm" }], ["a list of texts", { content: ["Hm"] }], ["parts", { summary: [], content: [{ type: "reasoning_text", text: "Hm" }] }]])("is read where it is %s", (_what, members) => {
    expect(read(members)).toMatchObject({ messages: [{ role: "assistant", parts: [{ type: "reasoning", text: "Hm" }] }] });
  });

  it.each<[string, object]>([["input[0].content", { content: 5 }], ["input[0].summary[].text", { summary: [{ type: "summary_text", text: { of: "Hm" } }] }]])("is refused by name where it is no text: %s", (at, members) => {
    expect(() => read(members)).toThrow(expect.objectContaining({ message: expect.stringContaining(at) as string }) as Error);
  });

  it("has nothing beside its texts that is lost in silence", () => {
    const found: string[] = [];
    findUnknown({ input: [{ type: "reasoning", summary: [], content: [{ type: "reasoning_image", image: "iVBORw0KGgo=" }] }] }, knownResponseRequest, (path) => found.push(path));
    expect(found).toEqual(["input[].content[].image"]);
  });
});
