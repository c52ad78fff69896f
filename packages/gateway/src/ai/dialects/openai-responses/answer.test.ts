import { describe, expect, it } from "vitest";
import { findUnknown } from "../../conversation/known-members.ts";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { noteUnsaidAnswer } from "../../conversation/unsaid-answer.ts";
import { knownResponse } from "./known-answer.ts";
import { parseResponsesAnswer } from "./parse-answer.ts";

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

  it("is a verdict on the content", () => {
    expect(warned(call, { moderation: { input: { flagged: true } } })).toEqual(["answer.moderation"]);
  });
});
