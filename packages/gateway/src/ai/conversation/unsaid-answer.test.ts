import { describe, expect, it } from "vitest";
import type { FinishReason } from "./answer.ts";
import { eventsOfAnswer } from "./answer-events.ts";
import type { AssistantPart, DialectName } from "./content.ts";
import type { JsonValue } from "./json.ts";
import { TranslationNotes } from "./translation-notes.ts";
import { noteUnsaidAnswer, UnsaidOfStream } from "./unsaid-answer.ts";

/** What is said to be missing of a whole answer, and of the same as a stream. */
function unsaid(dialect: DialectName, { finish, parts = [], logprobs }: { finish: FinishReason; parts?: AssistantPart[]; logprobs?: JsonValue }): [string[], string[]] {
  const answer = { choices: [{ finish, parts, logprobs }] };
  const [whole, streamed] = [new TranslationNotes(), new TranslationNotes()];
  noteUnsaidAnswer(answer, { dialect, notes: whole });
  const stream = new UnsaidOfStream({ dialect, notes: streamed });
  for (const event of eventsOfAnswer(answer)) stream.step(event);
  return [whole.warnings.map(({ parameter }) => parameter), streamed.warnings.map(({ parameter }) => parameter)];
}

const stop: FinishReason = { unified: "stop", raw: "stop" };

describe("an end that the caller's API has no word for", () => {
  const named = ["answer.finish_reason"];

  it.each<[DialectName, FinishReason["unified"], string]>([
    ["ollama-chat", "content-filter", "SAFETY"], ["ollama-chat", "refusal", "refusal"], ["anthropic-messages", "error", "MALFORMED_FUNCTION_CALL"], ["bedrock-converse", "pause", "pause_turn"],
    ["cohere-chat", "unknown", "model_new"], ["openai-responses", "pause", "pause_turn"], ["gemini", "pause", "pause_turn"],
  ])("is named to a caller of %s: %s", (dialect, unified, raw) => expect(unsaid(dialect, { finish: { unified, raw } })).toEqual([named, named]));

  it.each<[DialectName, FinishReason["unified"]]>([["openai-chat", "error"], ["anthropic-messages", "content-filter"], ["gemini", "error"], ["ollama-chat", "length"], ["ollama-chat", "tool-calls"]])("is none where it is told: %s, %s", (dialect, unified) => {
    expect(unsaid(dialect, { finish: { unified, raw: "x" } })).toEqual([[], []]);
  });
});

describe("arguments that are no JSON object, such as those that the limit of tokens cut off", () => {
  const cut: AssistantPart = { type: "tool-call", id: "1", name: "now", arguments: '{"zone": "U' };
  const named = ["answer.content[].tool_call.arguments"];

  it.each<[DialectName, string[], string[]]>([["anthropic-messages", named, []], ["bedrock-converse", named, []], ["gemini", named, named], ["ollama-chat", named, named], ["openai-chat", [], []], ["openai-responses", [], []], ["cohere-chat", [], []]])("are named where %s has them as objects only", (dialect, whole, streamed) => {
    expect(unsaid(dialect, { finish: stop, parts: [cut] })).toEqual([whole, streamed]);
    expect(unsaid(dialect, { finish: stop, parts: [{ ...cut, arguments: "" }, { ...cut, arguments: '{"zone":"UTC"}' }] })).toEqual([[], []]);
  });
});

it("names log probabilities of a refusal where only those of a text can be told", () => {
  const logprobs = { content: null, refusal: [{ token: "No", logprob: -1 }] };
  expect(unsaid("openai-responses", { finish: stop, logprobs })).toEqual([["answer.logprobs.refusal"], ["answer.logprobs.refusal"]]);
  expect(unsaid("openai-chat", { finish: stop, logprobs })).toEqual([[], []]);
});
