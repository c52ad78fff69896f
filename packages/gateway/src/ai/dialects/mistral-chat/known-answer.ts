/** What is read of Mistral's chat completions and of their chunks. */
import { Kinds, knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const text: KnownSpec = { type: true, text: true };
/** Other chunks are kept as they are. */
const content = new Kinds("type", {
  text, thinking: { type: true, "thinking[]": text, signature: true, closed: true }, reference: { type: true, reference_ids: true }, image_url: { type: true, image_url: true },
}, true);

const message: KnownSpec = { role: true, "content[]": content, prefix: true, "tool_calls[]": { id: true, index: true, type: true, function: { name: true, arguments: true } } };

export const knownMistralAnswer = knownMembers({
  id: true, object: true, created: true, model: true, p: true, service_tier: true, "choices[]": { index: true, finish_reason: true, logprobs: true, message, delta: message },
  usage: {
    prompt_tokens: true, completion_tokens: true, total_tokens: true, num_cached_tokens: true, prompt_tokens_details: { cached_tokens: true, audio_tokens: true }, prompt_token_details: { cached_tokens: true, audio_tokens: true },
    completion_tokens_details: { reasoning_tokens: true }, service_tier: true,
  },
});
