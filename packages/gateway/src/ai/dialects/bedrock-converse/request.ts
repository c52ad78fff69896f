/** Writes a conversation as a request to Converse. */
import type { Conversation } from "../../conversation/conversation.ts";
import type { ProviderRequest, ProviderTarget } from "../../conversation/dialect.ts";
import { declineExtensions } from "../../conversation/extensions.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { closedSchema } from "../anthropic-messages/closed-schema.ts";
import { writeOwnExtension } from "../anthropic-messages/own-extensions.ts";
import { betasInBody } from "../anthropic-messages/write-request.ts";
import { refuseAnthropicsOwn } from "../bedrock-invoke/anthropics-own.ts";
import { takenBetas } from "../bedrock-invoke/betas.ts";
import { writeMessages, writeSystem } from "./messages.ts";
import { modelFamily } from "./model-family.ts";
import { writeModelFields } from "./model-fields.ts";
import { modelPath } from "./model-path.ts";
import { writeToolConfig } from "./tools.ts";

export function writeConverseRequest(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): ProviderRequest {
  refuseWhatIsMissing(conversation, notes);
  refuseAnthropicsOwn(conversation, notes);
  const { system, rest } = writeSystem(conversation, notes);
  const body: JsonDraft = {
    system,
    messages: writeMessages(rest, notes),
    inferenceConfig: writeInference(conversation, target, notes),
    toolConfig: writeToolConfig(conversation, notes),
    outputConfig: writeOutputConfig(conversation, target, notes),
    additionalModelRequestFields: writeModelFields(conversation, target, notes),
    requestMetadata: writeMetadata(conversation, notes),
    serviceTier: writeTier(conversation, notes),
  };
  addExtensions(body, conversation, { target, notes });
  if (conversation.endUser !== undefined) notes.dropped("user", "Bedrock takes no id of an end user");
  const path = `${modelPath(target.model)}/${target.stream ? "converse-stream" : "converse"}`;
  return { path, headers: ["accept", target.stream ? "application/vnd.amazon.eventstream" : "application/json"], body };
}

function refuseWhatIsMissing({ choiceCount, logprobs, sampling }: Conversation, notes: TranslationNotes): void {
  if ((choiceCount ?? 1) > 1) notes.unsupported("n", "Bedrock gives one answer to a request");
  if (logprobs) notes.unsupported("logprobs", "Bedrock's Converse has no log probabilities");
  if (Object.keys(sampling.logitBias ?? {}).length > 0) notes.unsupported("logit_bias", "Bedrock's Converse cannot favour single tokens");
  if (sampling.seed !== undefined) notes.dropped("seed", "Bedrock's Converse has no seed");
  if (sampling.minP !== undefined) notes.dropped("min_p", "Bedrock's Converse has no min_p");
  if (sampling.presencePenalty) notes.dropped("presence_penalty", "Bedrock's Converse has no penalties");
  if (sampling.frequencyPenalty) notes.dropped("frequency_penalty", "Bedrock's Converse has no penalties");
}

function writeInference(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): JsonObject | undefined {
  const { sampling, maxOutputTokens, stop } = conversation;
  const thinks = conversation.reasoning !== undefined && conversation.reasoning.effort !== "none" && conversation.reasoning.budgetTokens !== 0;
  const isClaude = modelFamily(target.model) === "claude";
  let { temperature } = sampling;
  if (isClaude && thinks && temperature !== undefined && temperature !== 1) {
    notes.dropped("temperature", "with thinking, Anthropic's models take no temperature");
    temperature = undefined;
  } else if (temperature !== undefined && temperature > 1) {
    notes.changed("temperature", `Bedrock's range ends at 1; 1 was sent for ${temperature}`);
    temperature = 1;
  }
  const config: JsonDraft = { maxTokens: maxOutputTokens, temperature, topP: sampling.topP, stopSequences: stop && stop.length > 0 ? stop : undefined };
  return Object.values(config).some((value) => value !== undefined) ? config : undefined;
}

function writeOutputConfig({ responseFormat: format, dialect }: Conversation, { model }: ProviderTarget, notes: TranslationNotes): JsonObject | undefined {
  if (!format || format.type === "text") return undefined;
  if (format.type === "json") return notes.unsupported("response_format", "Bedrock gives JSON by a schema only; send a response_format of type json_schema");
  const isOwn = modelFamily(model) !== "claude" || dialect === "anthropic-messages" || dialect === "bedrock-converse";
  const jsonSchema: JsonDraft = { schema: JSON.stringify(isOwn ? format.schema : closedSchema(format.schema, notes)), name: format.name ?? "answer", description: format.description };
  return { textFormat: { type: "json_schema", structure: { jsonSchema } } };
}

/** Texts only, which Bedrock keeps in its own call log. */
function writeMetadata({ metadata }: Conversation, notes: TranslationNotes): JsonObject | undefined {
  if (!metadata) return undefined;
  const kept = Object.entries(metadata).filter(([name, value]) => {
    if (typeof value === "string") return true;
    notes.dropped(`metadata.${name}`, "Bedrock's metadata holds texts only");
    return false;
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const tiers: Readonly<Record<string, string>> = { default: "default", standard_only: "default", flex: "flex", priority: "priority" };

function writeTier({ serviceTier }: Conversation, notes: TranslationNotes): JsonObject | undefined {
  if (serviceTier === undefined || serviceTier === "auto") return undefined;
  const type = tiers[serviceTier];
  if (type === undefined) notes.dropped("service_tier", `Bedrock has default, flex and priority, and no ${serviceTier}`);
  return type === undefined ? undefined : { type };
}

/** What only Converse has, and callers of any dialect may send as well, since nobody else takes it for something else. */
const ownMembers = new Set(["guardrailConfig", "performanceConfig", "additionalModelRequestFields", "additionalModelResponseFieldPaths", "promptVariables", "requestMetadata"]);

function addExtensions(body: JsonDraft, conversation: Conversation, { target, notes }: { target: ProviderTarget; notes: TranslationNotes }): void {
  const foreign = conversation.extensions.filter(({ name }) => conversation.dialect !== "bedrock-converse" && !ownMembers.has(name));
  for (const extension of conversation.extensions) {
    if (foreign.includes(extension)) continue;
    body[extension.name] = extension.name === "additionalModelRequestFields" || extension.name === "inferenceConfig" ? merged(body[extension.name], extension.value) : extension.value;
  }
  const isClaude = modelFamily(target.model) === "claude";
  if (target.betas?.length && !isClaude) notes.dropped("anthropic-beta", "what is new at Anthropic is known to Anthropic's models only");
  // Bedrock hands these to the model, and Anthropic's own models take what Anthropic's own API does.
  const handed = isClaude && conversation.dialect === "anthropic-messages" ? foreign : [];
  declineExtensions({ ...conversation, extensions: foreign.filter((extension) => !handed.includes(extension)) }, notes);
  const betas = isClaude ? takenBetas([...betasInBody(conversation), ...(target.betas ?? [])].join(","), notes) : [];
  if (handed.length === 0 && betas.length === 0) return;
  const fields: JsonDraft = merged(body["additionalModelRequestFields"], {});
  for (const extension of handed) writeOwnExtension(extension, fields);
  fields["anthropic_beta"] = betas.length > 0 ? betas : undefined;
  body["additionalModelRequestFields"] = fields;
}

function merged(one: JsonValue | undefined, other: JsonValue): JsonDraft {
  return { ...(one as JsonObject | undefined), ...(other as JsonObject) };
}
