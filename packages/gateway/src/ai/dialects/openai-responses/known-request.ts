/** What is read of a response's request. Members at the top, of functions and of reasoning are looked after where they are read. */
import { Kinds, knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const text: KnownSpec = { type: true, text: true, annotations: true, logprobs: true };
/** What was thought. */
const said: KnownSpec = { type: true, text: true };
const content = new Kinds("type", {
  input_text: text, output_text: text, text,
  refusal: { type: true, refusal: true },
  input_image: { type: true, image_url: true, file_id: true, detail: true },
  input_file: { type: true, filename: true, file_id: true, file_url: true, file_data: true },
  input_audio: { type: true, input_audio: { data: true, format: true } },
}, true);

const asked: KnownSpec = { type: true, id: true, status: true, role: true, "content[]": content };
const result: KnownSpec = { type: true, id: true, status: true, call_id: true, "output[]": content };
const call: KnownSpec = { type: true, id: true, status: true, call_id: true, name: true };

/** An item without a type is a message. */
const message = new Kinds("role", { assistant: { "*": true, "content[]": content } }, asked);

export const knownResponseRequest = knownMembers({
  "*": true,
  "input[]": new Kinds("type", {
    message, undefined: message,
    function_call: { ...call, arguments: true, namespace: true, extra_content: true }, custom_tool_call: { ...call, input: true },
    function_call_output: result, custom_tool_call_output: result,
    reasoning: { type: true, id: true, status: true, "summary[]": said, "content[]": said, encrypted_content: true },
  }, true),
  tool_choice: new Kinds("type", { function: { type: true, name: true }, custom: { type: true, name: true }, allowed_tools: { type: true, mode: true, tools: true } }, true),
  "tools[]": new Kinds("type", { custom: { type: true, name: true, description: true, format: true } }, true),
  text: { verbosity: true, format: { type: true, name: true, description: true, schema: true, strict: true } },
  stream_options: { include_obfuscation: true },
});
