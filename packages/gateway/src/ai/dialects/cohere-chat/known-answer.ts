/** What is read of an answer of Cohere's and of its events. */
import { knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const message: KnownSpec = { role: true, content: true, tool_plan: true, "tool_calls[]": { id: true, type: true, function: { name: true, arguments: true } }, "citations[]": { start: true, end: true, text: true, content_index: true, type: true, "sources[]": { type: true, id: true, document: true } } };
const usage: KnownSpec = { billed_units: { input_tokens: true, output_tokens: true }, tokens: { input_tokens: true, output_tokens: true, image_tokens: true, reasoning_tokens: true }, cached_tokens: true };

export const knownCohereAnswer = knownMembers({
  id: true, finish_reason: true, message, usage, type: true, index: true, error: true, delta: { message, finish_reason: true, usage, error: true },
});
