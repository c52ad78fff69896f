import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../conversation/json.ts";
import { findUnknown } from "../../conversation/known-members.ts";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { openAiChatCaller } from "../openai-chat/dialect.ts";
import { parseAnswer } from "./answer.ts";
import { knownMistralAnswer } from "./known-answer.ts";
import { writeRequest } from "./request.ts";
import { streamDecoder } from "./stream-decoder.ts";

const thinking = { type: "thinking", thinking: [{ type: "text", text: "Hm." }], signature: "c2ln" };
const cited = [{ type: "text", text: "Paris." }, { type: "reference", reference_ids: [3, "atlas"] }];
const answer = (content: readonly JsonObject[]): JsonObject => ({ id: "1", model: "m", choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }] });
const context = { makeId: (prefix: string) => prefix };
const signature = { dialect: "mistral-chat", value: "c2ln" };

describe("an answer of Mistral's", () => {
  it("keeps the signature of its thoughts, whole and as a stream, and gets it back with the next turn", () => {
    expect(parseAnswer(answer([thinking]), context)).toMatchObject({ choices: [{ parts: [{ type: "reasoning", text: "Hm.", signature }] }] });
    const decoder = streamDecoder(context);
    const events = decoder.step({ event: "", data: JSON.stringify({ id: "1", choices: [{ index: 0, delta: { content: [thinking] } }] }) });
    expect(events).toContainEqual({ type: "signature", choice: 0, block: 0, signature });
    const asked = openAiChatCaller.parseRequest({ model: "m", messages: [{ role: "user", content: "A" }, { role: "assistant", content: "B", reasoning_details: [{ type: "reasoning.text", text: "Hm.", signature: "c2ln", format: "mistral-chat" }] }, { role: "user", content: "C" }] });
    expect(writeRequest(asked, { model: "m", stream: false }, new TranslationNotes()).body["messages"]).toMatchObject([{}, { content: [thinking, { type: "text", text: "B" }] }, {}]);
  });

  it("tells each document that a text refers to by its id", () => {
    expect(parseAnswer(answer(cited), context)).toMatchObject({ choices: [{ parts: [{ text: "Paris.", citations: [{ title: "3" }, { title: "atlas" }] }] }] });
  });

  it("counts what was heard as input where it stands beside the prompt, and names its seconds to whoever has no place for them", () => {
    const usage = { prompt_tokens: 11, completion_tokens: 15, total_tokens: 401, prompt_audio_seconds: 5, prompt_tokens_details: { audio_tokens: 375, cached_tokens: 9 } };
    const body = { ...answer([{ type: "text", text: "Sunset." }]), usage };
    expect(parseAnswer(body, context)).toMatchObject({ usage: { inputTokens: 386, audioInputTokens: 375, cacheReadTokens: 9, outputTokens: 15, totalTokens: undefined } });
    expect(parseAnswer({ ...body, usage: { ...usage, prompt_tokens: 386 } }, context)).toMatchObject({ usage: { inputTokens: 386, audioInputTokens: 375 } });
    const unread: string[] = [];
    findUnknown(body, knownMistralAnswer, (path) => unread.push(path));
    expect(unread).toEqual(["usage.prompt_audio_seconds"]);
  });

  it("names what stands in a thought and is no text", () => {
    const unknown: string[] = [];
    findUnknown(answer([{ ...thinking, thinking: [...thinking.thinking, { type: "tool_reference", tool: "web_search", title: "A" }] }, ...cited]), knownMistralAnswer, (path) => unknown.push(path));
    expect(unknown).toEqual(["choices[].message.content[].thinking[].tool", "choices[].message.content[].thinking[].title"]);
  });
});
