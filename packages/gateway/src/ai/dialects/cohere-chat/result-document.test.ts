import { expect, it } from "vitest";
import type { JsonObject } from "../../conversation/json.ts";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { noteUnsaidParts } from "../../conversation/unsaid-parts.ts";
import { writeMessages } from "./messages.ts";
import { parseCohereRequest } from "./parse-request.ts";

const call = { role: "assistant", tool_calls: [{ id: "c1", type: "function", function: { name: "look", arguments: "{}" } }] };
const result = (...documents: readonly JsonObject[]): JsonObject => ({ role: "tool", tool_call_id: "c1", content: documents.map((document) => ({ type: "document", document })) });
const asked = (...documents: readonly JsonObject[]) => parseCohereRequest({ model: "m", messages: [{ role: "user", content: "Look." }, call, result(...documents)] });

it.each<[string, JsonObject[]]>([
  ["one", [{ id: "d1", data: { output: "5" } }]],
  ["one whose data is a text", [{ id: "d1", data: "5 of them" }]],
  ["several", [{ id: "d1", data: { output: "5" } }, { id: "d2", data: { output: [6] } }]],
])("a tool's documents come to Cohere by their ids again where the request is written anew: %s", (_which, documents) => {
  const notes = new TranslationNotes();
  expect(writeMessages(asked(...documents).messages, notes).at(-1)).toEqual(result(...documents));
  noteUnsaidParts(asked(...documents), "cohere-chat", notes);
  expect(notes.warnings).toEqual([]);
});

it("an id of a tool's document is named where another provider has no place for it, and one without is a text", () => {
  const warned = (documents: JsonObject): unknown[] => {
    const notes = new TranslationNotes();
    noteUnsaidParts(asked(documents), "anthropic-messages", notes);
    return notes.warnings.map(({ kind, parameter }) => [kind, parameter]);
  };
  expect(warned({ id: "d1", data: { output: "5" } })).toEqual([["dropped", "messages[].content[].document.id"]]);
  expect(warned({ data: { output: "5" } })).toEqual([]);
  expect(writeMessages(asked({ data: { output: "5" } }).messages, new TranslationNotes()).at(-1)).toMatchObject({ content: '{"output":"5"}' });
});
