import { describe, expect, it } from "vitest";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { noteUnsaidParts } from "../../conversation/unsaid-parts.ts";
import { geminiProvider } from "../gemini/dialect.ts";
import { openAiChatCaller } from "./dialect.ts";

const asked = (more: object) => openAiChatCaller.parseRequest({ model: "m", messages: [{ role: "user", content: "A" }], ...more } as never);

describe("thinking that is only switched", () => {
  it.each([
    [{ reasoning: { enabled: false } }, "none"], [{ thinking: { type: "disabled" } }, "none"],
    [{ reasoning: { enabled: true } }, "medium"], [{ thinking: { type: "enabled" } }, "medium"],
    [{ reasoning: { enabled: true, effort: "low" } }, "low"],
  ])("%j is an effort of %s", (more, effort) => expect(asked(more).reasoning?.effort).toBe(effort));

  it("leaves a budget alone", () => expect(asked({ thinking: { type: "enabled", budget_tokens: 2000 } }).reasoning).toMatchObject({ effort: undefined, budgetTokens: 2000 }));
});

it.each(["data_sources", "documents", "guided_json", "guided_regex", "guided_choice", "guided_grammar", "structured_outputs", "grammar", "json_schema"])("%s is refused by name where a provider of another dialect does not have it: the answer would be another one", (name) => {
  expect(() => geminiProvider.writeRequest(asked({ [name]: ["x"] }), { model: "gemini-2.5-flash", stream: false }, new TranslationNotes())).toThrow(name);
});

it("has nothing that a provider could not be told where an answer is sent back with its empty members", () => {
  const notes = new TranslationNotes();
  const answered = { role: "assistant", content: "B", refusal: null, annotations: [], audio: null, function_call: null, tool_calls: [] };
  const conversation = asked({ messages: [{ role: "user", content: "A" }, answered, { role: "user", content: "C" }], metadata: {} });
  geminiProvider.writeRequest(conversation, { model: "gemini-2.5-flash", stream: false }, notes);
  noteUnsaidParts(conversation, "gemini", notes);
  expect(notes.warnings).toEqual([]);
});
