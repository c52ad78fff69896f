/** What is read of a chat completion and of its chunks. Ids, times and fingerprints belong to the provider, and are no loss. */
import { Kinds, knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const called: KnownSpec = { name: true, arguments: true };

/** Of others the text is told. */
const content = new Kinds("type", {
  refusal: { type: true, refusal: true }, image_url: { type: true, image_url: true }, thinking: { type: true, thinking: true, closed: true },
  reasoning: { type: true, "summary[]": { type: true, text: true, signature: true } },
}, { type: true, text: true });

const message: KnownSpec = {
  role: true, name: true, "content[]": content, refusal: true, reasoning: true, reasoning_content: true, reasoning_details: true, extra_content: true, function_call: called,
  // Copilot's servers fill events up with it.
  padding: true,
  "tool_calls[]": { id: true, index: true, type: true, function: called, custom: { name: true, input: true }, extra_content: true },
  "annotations[]": { type: true, url_citation: { url: true, title: true, start_index: true, end_index: true, content: true, quote: true }, file_citation: true },
  "images[]": { index: true, type: true, image_url: { url: true } },
  audio: { id: true, data: true, transcript: true, expires_at: true },
};

const usage: KnownSpec = {
  prompt_tokens: true, completion_tokens: true, total_tokens: true, reasoning_tokens: true, cached_tokens: true, prompt_cache_hit_tokens: true, prompt_cache_miss_tokens: true,
  prompt_tokens_details: { cached_tokens: true, cache_write_tokens: true, cache_creation_tokens: true, cache_creation_input_tokens: true, audio_tokens: true, image_tokens: true, text_tokens: true },
  completion_tokens_details: { reasoning_tokens: true, audio_tokens: true, image_tokens: true, text_tokens: true, accepted_prediction_tokens: true, rejected_prediction_tokens: true },
  cache_read_input_tokens: true, cache_creation_input_tokens: true, num_cached_tokens: true,
  // Groq's.
  queue_time: true, prompt_time: true, completion_time: true, total_time: true,
};

export const knownChatAnswer = knownMembers({
  id: true, object: true, created: true, model: true, system_fingerprint: true, service_tier: true, obfuscation: true, p: true, request_id: true, type: true, event: true,
  "choices[]": { index: true, usage, finish_reason: true, native_finish_reason: true, stop_reason: true, logprobs: true, message, delta: message, text: true, matched_stop: true, token_ids: true },
  usage, x_groq: { id: true, seed: true, usage: true }, citations: true, "search_results[]": { url: true, title: true, snippet: true }, base_resp: { status_msg: true },
});
