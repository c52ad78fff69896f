/** Writes an answer as a chat completion. */
import type { Answer, Choice } from "../../conversation/answer.ts";
import type { EncodingContext } from "../../conversation/dialect.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import { nativeFinishReason, writeFinishReason } from "./finish-reason.ts";
import { writeUsage } from "./usage.ts";
import { writeAssistantParts } from "./write-assistant.ts";

export function writeChatAnswer(answer: Answer, context: EncodingContext): JsonObject {
  const body: JsonDraft = {
    id: answer.id ?? `chatcmpl-${context.callId}`,
    object: "chat.completion",
    created: answer.createdAt ?? context.nowSeconds,
    model: context.model,
    choices: answer.choices.map(writeChoice),
  };
  if (answer.usage) body["usage"] = writeUsage(answer.usage);
  if (answer.serviceTier !== undefined) body["service_tier"] = answer.serviceTier;
  if (answer.systemFingerprint !== undefined) body["system_fingerprint"] = answer.systemFingerprint;
  return body;
}

function writeChoice(choice: Choice, index: number): JsonObject {
  return {
    index,
    message: { role: "assistant", refusal: null, ...writeAssistantParts(choice.parts) },
    logprobs: choice.logprobs ?? null,
    finish_reason: writeFinishReason(choice.finish),
    ...nativeFinishReason(choice.finish),
  };
}
