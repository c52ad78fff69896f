/**
 * Anthropic's models at Bedrock in Anthropic's own words, towards the provider: InvokeModel and
 * InvokeModelWithResponseStream. What Converse has no place for goes this way. The model and the stream stand in the path,
 * the version of the API and what is new of it in the body; errors and framing are Bedrock's.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
import type { AssistantPart, NativePart } from "../../conversation/content.ts";
import type { Conversation } from "../../conversation/conversation.ts";
import type { ProviderDialect, ProviderRequest, ProviderTarget } from "../../conversation/dialect.ts";
import { withRunsTold } from "../../conversation/foreign-history.ts";
import { asText, isObject } from "../../conversation/json.ts";
import type { TranslationNotes } from "../../conversation/translation-notes.ts";
import { anthropicMessagesProvider } from "../anthropic-messages/dialect.ts";
import { knownMessage } from "../anthropic-messages/known-answer.ts";
import { usesFiles, writeMessagesRequest } from "../anthropic-messages/write-request.ts";
import { parseConverseAnswer } from "../bedrock-converse/answer.ts";
import { parseConverseError } from "../bedrock-converse/error.ts";
import { knownConverseAnswer } from "../bedrock-converse/known-answer.ts";
import { modelPath } from "../bedrock-converse/model-path.ts";
import { refuseAnthropicsOwn } from "./anthropics-own.ts";
import { takenBetas } from "./betas.ts";
import { eitherDecoder } from "./chunk-decoder.ts";
import { invocationVersion, invokedMessages, verbOf } from "./invoked-messages.ts";

export const bedrockMessagesProvider: ProviderDialect = {
  ...anthropicMessagesProvider,
  framing: "aws-event-stream",
  needsBytes: true,
  carrier: "bedrock-converse",
  writeRequest: writeInvocation,
  // A stand-in for Bedrock may know Converse alone.
  parseAnswer: (body, context) => (isObject(body) && body["output"] !== undefined ? parseConverseAnswer(body, context) : anthropicMessagesProvider.parseAnswer(body, context)),
  streamDecoder: eitherDecoder,
  known: { ...knownMessage, members: new Map([...knownMessage.members, ...knownConverseAnswer.members]) },
  parseError: parseConverseError,
  errorText: "message",
  passThrough: invokedMessages,
  modelList: null,
};

const ranThere = /^(?:mcp_tool_(?:use|result)|(?:web_search|web_fetch|(?:bash_|text_editor_)?code_execution)(?:_tool_result)?)$/;

/** Of an earlier turn. A search among the caller's tools is the model's own, and taken back. */
function ranAtAnthropic(part: AssistantPart): part is NativePart {
  return part.type === "native" && ranThere.test(part.kind === "server_tool_use" ? (asText(part.value["name"]) ?? "") : part.kind);
}

function writeInvocation(conversation: Conversation, target: ProviderTarget, notes: TranslationNotes): ProviderRequest {
  refuseAnthropicsOwn(conversation, notes);
  if (usesFiles(conversation)) notes.unsupported("messages", "Bedrock takes images and documents as base64, and not by a file's id");
  const { headers, body } = writeMessagesRequest(withRunsTold(conversation, ranAtAnthropic, notes), target, notes);
  const { model: _model, stream: _stream, service_tier: tier, ...rest } = body;
  if (tier !== undefined) notes.dropped("service_tier", "Bedrock takes it in a field of its own, and of Converse only");
  const betas = takenBetas(headers[headers.indexOf("anthropic-beta") + 1] ?? "", notes);
  const asked = headers.includes("anthropic-beta") && betas.length > 0 ? { anthropic_beta: betas } : undefined;
  return { path: `${modelPath(target.model)}/${verbOf(target)}`, headers: ["accept", "application/json"], body: { anthropic_version: invocationVersion, ...asked, ...rest } };
}
