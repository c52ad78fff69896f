/** Small messages, written by hand after Anthropic's reference. */
export const message = {
  id: "msg_1", type: "message", role: "assistant", model: "claude-sonnet-4-5-20250929",
  content: [
    { type: "thinking", thinking: "Let me see.", signature: "c2lnbmVk" },
    { type: "text", text: "I look it up." },
    { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Köln" } },
    { type: "tool_use", id: "toolu_2", name: "weather", input: { city: "Köln" } },
  ],
  stop_reason: "tool_use", stop_sequence: null,
  usage: { input_tokens: 10, cache_creation_input_tokens: 20, cache_read_input_tokens: 30, output_tokens: 7 },
};

export const streamStart = { type: "message_start", message: { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } } };

export const messageEvents = [
  streamStart,
  { type: "ping" },
  { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Let me" } },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: " see." } },
  { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "c2lnbmVk" } },
  { type: "content_block_stop", index: 0 },
  { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "I look" } },
  { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: " it up." } },
  { type: "content_block_stop", index: 1 },
  { type: "content_block_start", index: 2, content_block: { type: "tool_use", id: "toolu_1", name: "weather", input: {} } },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: "" } },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"city":' } },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '"Köln"}' } },
  { type: "content_block_stop", index: 2 },
  { type: "content_block_start", index: 3, content_block: { type: "tool_use", id: "toolu_2", name: "weather", input: {} } },
  { type: "content_block_delta", index: 3, delta: { type: "input_json_delta", partial_json: '{"city":"Köln"}' } },
  { type: "content_block_stop", index: 3 },
  { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 7 } },
  { type: "message_stop" },
];
