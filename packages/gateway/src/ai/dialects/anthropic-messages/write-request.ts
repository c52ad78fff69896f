/** Writes a conversation as a messages request. */
import type { Conversation } from "../../conversation/conversation.ts";
import type { ProviderRequest, ProviderTarget } from "../../conversation/dialect.ts";
import { declineExtensions } from "../../conversation/extensions.ts";
import { asText, isList } from "../../conversation/json.ts";
import type { JsonDraft, JsonValue } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { closedSchema } from "./closed-schema.ts";
import { modelRules } from "./model-rules.ts";
import { writeOwnExtension } from "./own-extensions.ts";
import { writeSampling } from "./write-sampling.ts";
import { writeMessages } from "./write-messages.ts";
import { writeSystem } from "./write-system.ts";
import { writeThinking } from "./write-thinking.ts";
import { writeToolChoice, writeTools } from "./write-tools.ts";

/** The version of the API that this codec speaks. */
export const apiVersion = "2023-06-01";
/** Clouds take in the body what Anthropic itself takes in a header field. */
const betaMember = "anthropic_beta";

export function writeMessagesRequest(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): ProviderRequest {
  refuseWhatIsMissing(conversation, notes);
  const rules = modelRules(target.model);
  const { system, rest } = writeSystem(conversation.messages, { rules, notes });
  const body: JsonDraft = {
    model: target.model,
    max_tokens: conversation.maxOutputTokens ?? addedLimit(target.maxOutputTokens ?? rules.maxOutputTokens, notes),
    system,
    messages: writeMessages(rest, notes),
    stream: target.stream || undefined,
    tools: writeTools(conversation, notes),
    tool_choice: writeToolChoice(conversation),
    stop_sequences: writeStop(conversation.stop, notes),
    metadata: writeMetadata(conversation, notes),
    service_tier: writeServiceTier(conversation, notes),
    output_config: writeOutputConfig(conversation, notes),
  };
  writeThinking(conversation, { body, rules, notes });
  writeSampling(conversation.sampling, { body, rules, notes });
  if (conversation.dialect === "anthropic-messages") {
    for (const extension of conversation.extensions) if (extension.name !== betaMember) writeOwnExtension(extension, body);
  } else declineExtensions(conversation, notes);
  return { path: "/v1/messages", headers: writeHeaders(conversation, target), body };
}

/** Asked for, and the answer would be another one without it. */
function refuseWhatIsMissing(conversation: Conversation, notes: TranslationNotes): void {
  if ((conversation.choiceCount ?? 1) > 1) notes.unsupported("n", "Anthropic's models give one answer to a request");
  if (conversation.logprobs) notes.unsupported("logprobs", "Anthropic's API has no log probabilities");
  if (conversation.sampling.logitBias && Object.keys(conversation.sampling.logitBias).length > 0) notes.unsupported("logit_bias", "Anthropic's API cannot favour single tokens");
}

function addedLimit(limit: number, notes: TranslationNotes): number {
  notes.added("max_tokens", `Anthropic requires a limit; ${limit} was sent`);
  return limit;
}

/** The API takes no sequence of white space alone. */
function writeStop(stop: readonly string[] | undefined, notes: TranslationNotes): readonly string[] | undefined {
  if (!stop || stop.length === 0) return undefined;
  if (stop.some((sequence) => sequence.trim() === "")) notes.unsupported("stop", "Anthropic takes no stop sequence of white space alone");
  return stop;
}

function writeMetadata(conversation: Conversation, notes: TranslationNotes): JsonValue | undefined {
  for (const name of Object.keys(conversation.metadata ?? {})) {
    if (name !== "user_id") notes.dropped(`metadata.${name}`, "Anthropic's metadata holds user_id only");
  }
  const userId = conversation.endUser ?? asText(conversation.metadata?.["user_id"]);
  return userId === undefined ? undefined : { user_id: userId };
}

function writeServiceTier(conversation: Conversation, notes: TranslationNotes): string | undefined {
  const tier = conversation.serviceTier;
  if (tier === undefined || tier === "auto" || tier === "standard_only") return tier;
  if (tier === "default") return "standard_only";
  notes.dropped("service_tier", `Anthropic has auto and standard_only, and no ${tier}`);
  return undefined;
}

function writeOutputConfig(conversation: Conversation, notes: TranslationNotes): JsonValue | undefined {
  const format = conversation.responseFormat;
  if (!format || format.type === "text") return undefined;
  if (format.type === "json") return notes.unsupported("response_format", "Anthropic gives JSON by a schema only; send a response_format of type json_schema");
  return { format: { type: "json_schema", schema: conversation.dialect === "anthropic-messages" ? format.schema : closedSchema(format.schema, notes) } };
}

function writeHeaders(conversation: Conversation, { betas: named = [] }: ProviderTarget): string[] {
  const headers = ["anthropic-version", apiVersion];
  const betas = new Set([...(usesFiles(conversation) ? ["files-api-2025-04-14"] : []), ...betasInBody(conversation), ...named]);
  if (betas.size > 0) headers.push("anthropic-beta", [...betas].join(","));
  return headers;
}

/** Clouds' callers name them there. */
export function betasInBody({ dialect, extensions }: Conversation): string[] {
  const asked = dialect === "anthropic-messages" ? extensions.find(({ name }) => name === betaMember)?.value : undefined;
  return isList(asked) ? asked.filter((beta) => typeof beta === "string") : [];
}

/** What was uploaded to Anthropic before. */
export function usesFiles(conversation: Conversation): boolean {
  return conversation.messages.some(
    (message) => message.role === "user" && message.parts.some((part) => (part.type === "image" || part.type === "document") && part.source.type === "file"),
  );
}
