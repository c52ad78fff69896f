/** What is read of a message and of its events. Blocks that this dialect alone knows are kept as they are. */
import { Kinds, knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const usage: KnownSpec = {
  input_tokens: true, output_tokens: true, cache_read_input_tokens: true, cache_creation_input_tokens: true, cache_creation: { ephemeral_5m_input_tokens: true, ephemeral_1h_input_tokens: true },
  output_tokens_details: { thinking_tokens: true }, server_tool_use: { web_search_requests: true, web_fetch_requests: true }, service_tier: true,
  // Where it was computed, and the steps that it took.
  inference_geo: true, iterations: true,
};
const block = new Kinds("type", {
  text: { type: true, text: true, citations: true }, thinking: { type: true, thinking: true, signature: true }, redacted_thinking: { type: true, data: true },
  tool_use: { type: true, id: true, name: true, input: true, caller: true },
}, true);
const message: KnownSpec = { id: true, type: true, role: true, model: true, "content[]": block, stop_reason: true, stop_sequence: true, usage };

export const knownMessage = knownMembers(message);

export const knownMessageEvent = knownMembers({
  type: true, index: true, message, usage, content_block: block, error: true, request_id: true,
  delta: { type: true, text: true, thinking: true, signature: true, partial_json: true, citation: true, content: true, encrypted_content: true, stop_reason: true, stop_sequence: true },
});
