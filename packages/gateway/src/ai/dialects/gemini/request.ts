import { declineExtensions } from "../../conversation/extensions.ts";
import type { Conversation } from "../../conversation/conversation.ts";
import type { ProviderRequest, ProviderTarget } from "../../conversation/dialect.ts";
import { asObject } from "../../conversation/json.ts";
import type { JsonDraft } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { writeContents, writeSystemInstruction } from "./contents.ts";
import { writeGenerationConfig } from "./generation-config.ts";
import { modelResource } from "./model-resource.ts";
import { writeToolConfig, writeTools } from "./tools.ts";

export function writeRequest(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): ProviderRequest {
  const body: JsonDraft = {};
  if (conversation.dialect === "gemini") for (const extension of conversation.extensions) body[extension.name] = extension.value;
  else declineExtensions(conversation, notes);
  body["systemInstruction"] = writeSystemInstruction(conversation);
  body["contents"] = writeContents(conversation, target, notes);
  body["tools"] = writeTools(conversation, notes);
  body["toolConfig"] = writeToolConfig(conversation, asObject(body["toolConfig"]));
  body["generationConfig"] = writeGenerationConfig(conversation, target, notes);
  dropHints(conversation, notes);
  return { path: requestPath(target), headers: [], body };
}

function requestPath(target: ProviderTarget): string {
  const resource = modelResource(target.model);
  return target.stream ? `/v1beta/${resource}:streamGenerateContent?alt=sse` : `/v1beta/${resource}:generateContent`;
}

function dropHints(conversation: Conversation, notes: TranslationNotes): void {
  if (conversation.endUser !== undefined) notes.dropped("user", "Gemini takes no id of an end user");
  if (conversation.metadata !== undefined) notes.dropped("metadata", "Gemini takes no metadata");
  if (conversation.serviceTier !== undefined) notes.dropped("service_tier", "Gemini's tiers are chosen by the account");
  if (conversation.parallelToolCalls === false) {
    notes.dropped("parallel_tool_calls", "Gemini has no switch for it and may call several tools in one answer");
  }
}
