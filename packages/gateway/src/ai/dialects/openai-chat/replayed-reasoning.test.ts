import { describe, expect, it } from "vitest";
import type { CallerDialect, ProviderTarget } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { anthropicMessagesCaller } from "../anthropic-messages/dialect.ts";
import { bedrockConverseCaller } from "../bedrock-converse/caller.ts";
import { geminiCaller } from "../gemini/dialect.ts";
import { openAiResponsesCaller } from "../openai-responses/dialect.ts";
import { openAiChatProvider } from "./dialect.ts";

/** As OpenRouter gives them: with formats and ids of its own. */
const details = [
  { type: "reasoning.encrypted", data: "RU5D", id: "rs_1", format: "openai-responses-v1", index: 0 },
  { type: "reasoning.text", text: "Hm.", signature: "c2ln", format: "anthropic-claude-v1", index: 1 },
];
const call = { id: "call_1", type: "function", function: { name: "now", arguments: "{}" } };
const encoding = { model: "m", callId: "1", nowSeconds: 1, includeUsage: true };
type Body = Record<string, never>;

/** The next turn of a caller who gives the answer back as it was told. */
const turns: [string, CallerDialect, (told: Body) => unknown][] = [
  ["messages", anthropicMessagesCaller, (told) => ({ model: "m", max_tokens: 99, messages: [{ role: "user", content: "A" }, { role: "assistant", content: told["content"] }] })],
  ["responses", openAiResponsesCaller, (told) => ({ model: "m", input: [{ role: "user", content: "A" }, ...(told["output"] as unknown as object[])] })],
  ["gemini", geminiCaller, (told) => ({ contents: [{ role: "user", parts: [{ text: "A" }] }, told["candidates"]![0]!["content"]] })],
  ["bedrock", bedrockConverseCaller, (told) => ({ messages: [{ role: "user", content: [{ text: "A" }] }, told["output"]!["message"]] })],
];

function replayed(turn: (typeof turns)[number], message: object, takesReasoning: ProviderTarget["takesReasoning"]): { said: JsonObject; warned: string[] } {
  const [, caller, next] = turn;
  const answer = openAiChatProvider.parseAnswer({ id: "c", choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop" }] } as never, { makeId: (prefix) => prefix });
  if ("kind" in answer) throw new Error(answer.message);
  const told = JSON.parse(JSON.stringify(caller.writeAnswer(answer, encoding))) as Body;
  const notes = new TranslationNotes();
  const { body } = openAiChatProvider.writeRequest(caller.parseRequest(next(told) as JsonObject), { model: "vendor/m", stream: false, takesReasoning }, notes);
  return { said: (body["messages"] as JsonObject[])[1]!, warned: notes.warnings.map(({ parameter }) => parameter) };
}

describe("what a model thought, given back by a caller of another API", () => {
  it.each(turns)("is the very entries, for a provider that takes these: %s", (...turn) => {
    const { said, warned } = replayed(turn, { content: "B", reasoning: "Hm.", reasoning_details: details }, "reasoning_details");
    expect(said["reasoning_details"]).toEqual(details);
    expect(warned.filter((each) => each.includes("reasoning"))).toEqual([]);
  });

  it.each(turns)("is the text beside the calls that it led to, for a provider that takes this: %s", (...turn) => {
    expect(replayed(turn, { content: null, reasoning_content: "Hm.", tool_calls: [call] }, "reasoning_content").said).toMatchObject({ reasoning_content: "Hm.", tool_calls: [call] });
  });

  it.each(turns)("is left out with a warning where no tool was called, or where the provider refuses it: %s", (...turn) => {
    for (const [message, takes] of [[{ content: "B", reasoning_content: "Hm." }, "reasoning_content"], [{ content: "B", reasoning_content: "Hm.", tool_calls: [call] }, undefined]] as const) {
      const { said, warned } = replayed(turn, message, takes);
      expect(said).not.toHaveProperty("reasoning_content");
      expect(warned).toContain("messages[].reasoning_content");
    }
  });
});
