/** The requests and answers that all programs are measured with. Sizes are of the body. */

const filler = "The quick brown fox jumps over the lazy dog while a conflict is being resolved. ";

/** Ends every completion, so that an answer that was translated can be recognised. */
export const completionMarker = "and that was the whole answer.";

export function text(bytes: number): string {
  return filler.repeat(Math.ceil(bytes / filler.length)).slice(0, bytes);
}

export const plain1k = JSON.stringify({ id: 7, text: text(1000) });
export const plain100k = JSON.stringify({ id: 7, text: text(100_000) });
export const upload100k = JSON.stringify({ note: text(100_000) });

const completionText = `${text(600)} ${completionMarker}`;

/** About 1 KB, with the members that OpenAI sends. */
export const openaiCompletion = JSON.stringify({
  id: "chatcmpl-CGx1QmZk4rT9wYb2nP7sD0eVhJ6aL",
  object: "chat.completion",
  created: 1_760_000_000,
  model: "gpt-5-mini",
  choices: [{ index: 0, message: { role: "assistant", content: completionText, refusal: null, annotations: [] }, logprobs: null, finish_reason: "stop" }],
  usage: {
    prompt_tokens: 182,
    completion_tokens: 141,
    total_tokens: 323,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
  },
  service_tier: "default",
  system_fingerprint: null,
});

/** About 1 KB, with the members that Anthropic sends. */
export const anthropicMessage = JSON.stringify({
  model: "claude-sonnet-4-5",
  id: "msg_01XFDUDYJgAACzvnptvVoYEL",
  type: "message",
  role: "assistant",
  content: [{ type: "text", text: completionText }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: {
    input_tokens: 182,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: 141,
    service_tier: "standard",
  },
});

/** A chat request of about 1 KB: a system prompt and one question. */
export function chatRequest(model: string, stream: boolean): string {
  return JSON.stringify({
    model,
    messages: [
      { role: "system", content: `You are a careful assistant. ${text(400)}` },
      { role: "user", content: `Tell me what happened. ${text(400)}` },
    ],
    max_tokens: 1024,
    ...(stream ? { stream: true } : {}),
  });
}

/** The same request as Anthropic's own wire format has it. */
export function messagesRequest(model: string, stream: boolean): string {
  return JSON.stringify({
    model,
    system: `You are a careful assistant. ${text(400)}`,
    messages: [{ role: "user", content: `Tell me what happened. ${text(400)}` }],
    max_tokens: 1024,
    ...(stream ? { stream: true } : {}),
  });
}
