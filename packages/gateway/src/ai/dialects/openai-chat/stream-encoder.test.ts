import { describe, expect, it } from "vitest";
import type { Answer } from "../../conversation/answer.ts";
import { eventsOfAnswer } from "../../conversation/answer-events.ts";
import type { AssistantPart } from "../../conversation/content.ts";
import { ChatStreamEncoder } from "./stream-encoder.ts";
import { writeChatAnswer } from "./write-answer.ts";

const context = { model: "asked", callId: "id", nowSeconds: 7, includeUsage: true };
const parts: AssistantPart[] = [
  { type: "reasoning", text: "hm", signature: { dialect: "anthropic-messages", value: "sig" } },
  { type: "reasoning", text: "", redacted: { dialect: "anthropic-messages", value: "bytes" } },
  { type: "text", text: "Say ", citations: [{ url: "https://a.example", title: "A", dialect: "anthropic-messages", raw: {} }] },
  { type: "text", text: "more" },
  { type: "tool-call", id: "1", name: "f", arguments: "" },
  { type: "tool-call", id: "2", name: "f", arguments: '{"x":1}', signature: { dialect: "gemini", value: "g" } },
  { type: "image", source: { type: "base64", mediaType: "image/png", data: "AA==" } },
];
const answer: Answer = {
  id: "a1", createdAt: 5, serviceTier: "default",
  choices: [{ parts, finish: { unified: "tool-calls", raw: "x" } }, { parts: [{ type: "refusal", text: "no" }], finish: { unified: "refusal", raw: "y" } }],
  usage: { inputTokens: 1, outputTokens: 2, reasoningTokens: 1 },
};

type Json = Record<string, never> & { [member: string]: unknown };

/** What a client that follows the reference puts together of the chunks. */
function assemble(frames: readonly string[]): unknown[] {
  const messages: Json[] = [];
  for (const data of frames) {
    if (data === "[DONE]") continue;
    for (const { index, delta, finish_reason: finish } of (JSON.parse(data) as { choices: { index: number; delta: Json; finish_reason: string | null }[] }).choices) {
      const message = (messages[index] ??= { content: null, refusal: null } as unknown as Json) as Record<string, unknown>;
      if (finish) message["finish_reason"] = finish;
      for (const [name, value] of Object.entries(delta as Record<string, unknown>)) merge(message, name, value);
    }
  }
  return messages;
}

function merge(message: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "role" || (name === "content" && value === "")) return;
  if (typeof value === "string") message[name] = `${(message[name] as string | null) ?? ""}${value}`;
  else if (name === "tool_calls") for (const { index, ...call } of value as { index: number; function: { arguments: string } }[]) mergeCall((message[name] ??= []) as Record<string, unknown>[], index, call);
  else message[name] = [...((message[name] as unknown[]) ?? []), ...(value as unknown[])];
}

function mergeCall(calls: Record<string, unknown>[], index: number, call: { function: { arguments: string } }): void {
  const known = calls[index] as { function: { arguments: string } } | undefined;
  if (known) known.function.arguments += call.function.arguments;
  else calls[index] = call;
}

describe("chat stream encoder", () => {
  it("says in chunks what the whole answer says", () => {
    const encoder = new ChatStreamEncoder(context);
    const frames = eventsOfAnswer(answer, (text) => text.split("")).flatMap((event) => encoder.step(event)).map((frame) => frame.data);
    const whole = writeChatAnswer(answer, context) as unknown as { choices: { message: Record<string, unknown>; finish_reason: string }[] };
    expect(assemble(frames)).toEqual(whole.choices.map(({ message: { role, ...message }, finish_reason }) => (expect(role).toBe("assistant"), { ...message, finish_reason })));
    expect(frames.at(-1)).toBe("[DONE]");
    expect(JSON.parse(frames.at(-2)!)).toMatchObject({ id: "a1", created: 5, model: "asked", service_tier: "default", choices: [], usage: { total_tokens: 3, completion_tokens_details: { reasoning_tokens: 1 } } });
  });

  it("keeps usage from a caller who did not ask, and stands in for an id and a time", () => {
    const encoder = new ChatStreamEncoder({ ...context, includeUsage: false });
    const frames = eventsOfAnswer({ choices: [], usage: { inputTokens: 1, outputTokens: 1 } }).flatMap((event) => encoder.step(event));
    expect(frames).toHaveLength(2);
    expect(JSON.parse(frames[0]!.data)).toMatchObject({ id: "chatcmpl-id", created: 7 });
  });
});
