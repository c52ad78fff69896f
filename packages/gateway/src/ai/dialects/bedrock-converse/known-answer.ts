/** What is read of an answer of Converse and of its events. Blocks that are no text, call or reasoning are kept as they are. */
import { knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const usage: KnownSpec = {
  inputTokens: true, outputTokens: true, totalTokens: true, cacheReadInputTokens: true, cacheWriteInputTokens: true, cacheDetails: true,
  // What these two were called before.
  cacheReadInputTokenCount: true, cacheWriteInputTokenCount: true,
};
const rest: KnownSpec = { stopReason: true, usage, metrics: true, serviceTier: { type: true }, additionalModelResponseFields: { stop_sequence: true }, p: true };

export const knownConverseAnswer = knownMembers({ output: { message: { role: true, content: true } }, ...rest });
export const knownConverseEvent = knownMembers({
  ...rest, role: true, contentBlockIndex: true, start: true, message: true, originalStatusCode: true, originalMessage: true,
  delta: { text: true, reasoningContent: { text: true, signature: true, redactedContent: true }, toolUse: { input: true }, toolResult: true, citation: true, image: true },
});
