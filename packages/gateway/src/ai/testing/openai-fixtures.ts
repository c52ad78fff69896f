/** Small chat completions, written by hand after OpenAI's reference. */
export const chatAnswer = {
  id: "chatcmpl-1", object: "chat.completion", created: 1_700_000_000, model: "gpt-5-mini-2025-08-07",
  choices: [{ index: 0, message: { role: "assistant", content: "Hé 漢", refusal: null, annotations: [] }, logprobs: null, finish_reason: "stop" }],
  usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17, prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 2 } },
  service_tier: "default", system_fingerprint: null,
};

export function chunk(delta: object, finish: string | null = null): object {
  return { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_700_000_000, model: "gpt-5-mini-2025-08-07", choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null };
}

export const usageChunk = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_700_000_000, model: "gpt-5-mini-2025-08-07", choices: [], usage: chatAnswer.usage };
export const textChunks = [chunk({ role: "assistant", content: "" }), chunk({ content: "Hé" }), chunk({ content: " 漢" }), chunk({}, "stop")];
