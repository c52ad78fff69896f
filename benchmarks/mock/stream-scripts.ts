/** Streams as OpenAI and Anthropic send them: what comes before the text, one event per piece of text, what comes after. */

export interface StreamScript {
  opening: string;
  chunk(text: string): string;
  closing(chunks: number): string;
}

export const openaiScript: StreamScript = {
  opening: openaiChunk({ role: "assistant", content: "", refusal: null }, null),
  chunk: (text) => openaiChunk({ content: text }, null),
  closing: (chunks) => `${openaiChunk({}, "stop")}${openaiUsage(chunks)}data: [DONE]\n\n`,
};

export const anthropicScript: StreamScript = {
  opening:
    anthropicEvent("message_start", {
      message: {
        model: "claude-sonnet-4-5", id: "msg_01XFDUDYJgAACzvnptvVoYEL", type: "message", role: "assistant", content: [], stop_reason: null, stop_sequence: null,
        usage: { input_tokens: 182, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1, service_tier: "standard" },
      },
    }) +
    anthropicEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
    anthropicEvent("ping", {}),
  chunk: (text) => anthropicEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
  closing: (chunks) =>
    anthropicEvent("content_block_stop", { index: 0 }) +
    anthropicEvent("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: chunks } }) +
    anthropicEvent("message_stop", {}),
};

function openaiChunk(delta: object, finishReason: string | null): string {
  return openaiEvent({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], usage: null });
}

function openaiUsage(chunks: number): string {
  return openaiEvent({ choices: [], usage: { prompt_tokens: 182, completion_tokens: chunks, total_tokens: 182 + chunks } });
}

function openaiEvent(members: object): string {
  const common = { id: "chatcmpl-CGx1QmZk4rT9wYb2nP7sD0eVhJ6aL", object: "chat.completion.chunk", created: 1_760_000_000, model: "gpt-5-mini", service_tier: "default", system_fingerprint: null };
  return `data: ${JSON.stringify({ ...common, ...members })}\n\n`;
}

function anthropicEvent(type: string, members: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
}
