/** What is read of a chat completion's request. Members at the top, and those of functions and of answers, are looked after where they are read. */
import { Kinds, knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const cache_control: KnownSpec = { type: true, ttl: true };

const content = new Kinds("type", {
  text: { type: true, text: true, cache_control },
  refusal: { type: true, refusal: true },
  image_url: { type: true, image_url: { url: true, detail: true }, cache_control },
  input_audio: { type: true, input_audio: { data: true, format: true } },
  video_url: { type: true, video_url: { url: true } },
  file: { type: true, file_id: true, file: { file_id: true, filename: true, file_data: true }, cache_control },
  document_url: { type: true, document_url: true, document_name: true },
  thinking: { type: true, "thinking[]": { type: true, text: true }, signature: true, closed: true },
  reference: { type: true, reference_ids: true },
}, true);

const said: KnownSpec = {
  "*": true, "content[]": content, cache_control,
  "tool_calls[]": { id: true, type: true, index: true, function: { name: true, arguments: true }, custom: { name: true, input: true }, extra_content: { google: { thought_signature: true } }, cache_control },
};

export const knownChatRequest = knownMembers({
  "*": true,
  "messages[]": new Kinds("role", { assistant: said, tool: { role: true, name: true, tool_call_id: true, "content[]": content, cache_control } }, { role: true, name: true, "content[]": content, cache_control }),
  "tools[]": new Kinds("type", {
    function: { type: true, function: true, cache_control },
    custom: { type: true, custom: { name: true, description: true, format: true } },
  }, true),
  tool_choice: { type: true, function: { name: true }, custom: { name: true }, allowed_tools: { mode: true, tools: true } },
  response_format: { type: true, json_schema: { name: true, description: true, schema: true, strict: true } },
  reasoning: { effort: true, max_tokens: true, exclude: true, enabled: true },
  thinking: { type: true, budget_tokens: true },
  stream_options: { include_usage: true, include_obfuscation: true },
});
