/** What is read of a response and of its events. What echoes the request, or only says how far things are, is no loss. */
import { knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const part: KnownSpec = { type: true, text: true, refusal: true, annotations: true, logprobs: true };
/** Items that are no message, call or reasoning are kept as they are. */
const item: KnownSpec = {
  id: true, object: true, type: true, status: true, role: true, "content[]": part, call_id: true, name: true, namespace: true, arguments: true, input: true, summary: true, encrypted_content: true, extra_content: true,
  result: true, output_format: true, code: true, outputs: true, container_id: true, output: true, error: true, server_label: true, approval_request_id: true, action: true, queries: true, results: true, tools: true, execution: true, caller: true, created_by: true,
};
const usage: KnownSpec = {
  input_tokens: true, output_tokens: true, total_tokens: true, input_tokens_details: { cached_tokens: true, cache_write_tokens: true }, output_tokens_details: { reasoning_tokens: true },
};
const echo: KnownSpec = Object.fromEntries([
  "background", "billing", "completed_at", "conversation", "frequency_penalty", "include", "instructions", "max_output_tokens", "max_tool_calls", "metadata", "object", "output_text", "parallel_tool_calls", "presence_penalty",
  "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier", "store", "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user",
].map((name) => [name, true]));
const response: KnownSpec = { ...echo, id: true, created_at: true, model: true, status: true, service_tier: true, error: true, incomplete_details: true, usage, "output[]": item };

export const knownResponse = knownMembers(response);

export const knownResponseEvent = knownMembers({
  type: true, sequence_number: true, item_id: true, output_index: true, content_index: true, summary_index: true, annotation_index: true, obfuscation: true, delta: true, text: true, refusal: true, arguments: true, input: true, name: true,
  logprobs: true, part: true, annotation: true, code: true, error: true, code_interpreter_call_code: true, partial_image_b64: true, partial_image_index: true, background: true, output_format: true, quality: true, size: true, status: true, usage: true,
  message: true, param: true, summary: true, item, response: { ...response, output: true },
});
