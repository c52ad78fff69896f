/** Reads a Converse request as a caller wrote it. The model stands in the path, and is put in front by the endpoint. */
import type { Conversation, Extension, ReasoningSettings, ResponseFormat } from "../../conversation/conversation.ts";
import { asNumber, asObject, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonDraft, JsonObject } from "../../conversation/json.ts";
import { ownMembers } from "../../conversation/own-members.ts";
import { optionalInteger, optionalList, optionalNumber, optionalObject, refuseParameter, requiredText, wrongType } from "../../conversation/parameters.ts";
import { parseMessages, parseSystem } from "./parse-messages.ts";
import { parseToolChoice, parseTools } from "./parse-tools.ts";

/** Members that the conversation model has a place for. */
const modelled = new Set(["system", "messages", "inferenceConfig", "toolConfig", "outputConfig", "requestMetadata", "serviceTier", "additionalModelRequestFields"]);
/** Members without a place there that change what the answer is; all others are hints. */
const changesAnswer = new Set(["guardrailConfig", "promptVariables"]);

const at = "inferenceConfig";
const modelledInference: ReadonlySet<string> = new Set(["maxTokens", "temperature", "topP", "stopSequences"]);

export function parseConverseRequest(body: JsonObject): Conversation {
  const inference = optionalObject(body, at) ?? {};
  const { reasoning, topK, rest } = parseModelFields(body);
  return {
    dialect: "bedrock-converse",
    model: "",
    messages: [...parseSystem(body), ...parseMessages(body)],
    stream: false,
    tools: parseTools(body),
    toolChoice: parseToolChoice(body),
    responseFormat: parseFormat(body),
    maxOutputTokens: optionalInteger(inference, "maxTokens", at),
    stop: optionalList(inference, "stopSequences", at)?.map((item, index) => (typeof item === "string" ? item : wrongType(item, `${at}.stopSequences[${index}]`, "a string"))),
    sampling: { temperature: optionalNumber(inference, "temperature", at), topP: optionalNumber(inference, "topP", at), topK },
    reasoning,
    metadata: optionalObject(body, "requestMetadata"),
    serviceTier: asText(asObject(body["serviceTier"])?.["type"]),
    extensions: parseExtensions(body, rest),
  };
}

/** What Bedrock hands to the model as it is, in the words of the families that it is known for. */
function parseModelFields(body: JsonObject): { reasoning: ReasoningSettings | undefined; topK: number | undefined; rest: JsonDraft } {
  const { thinking, output_config: output, reasoning_effort: effort, reasoningConfig, top_k: topK, ...rest } = optionalObject(body, "additionalModelRequestFields") ?? {};
  const claude = asObject(thinking);
  const said = asText(effort) ?? asText(asObject(reasoningConfig)?.["maxReasoningEffort"]) ?? asText(asObject(output)?.["effort"]) ?? (claude?.["type"] === "disabled" ? "none" : undefined);
  const budgetTokens = asNumber(claude?.["budget_tokens"]);
  return { reasoning: said === undefined && budgetTokens === undefined ? undefined : { effort: said, budgetTokens }, topK: asNumber(topK), rest };
}

function parseFormat(body: JsonObject): ResponseFormat | undefined {
  const place = "outputConfig.textFormat";
  const format = asObject(asObject(body["outputConfig"])?.["textFormat"]);
  if (!format) return undefined;
  const written = asObject(asObject(format["structure"])?.["jsonSchema"]) ?? {};
  const schema = tryParseJson(requiredText(written, "schema", `${place}.structure.jsonSchema`));
  if (!isObject(schema)) return refuseParameter("invalid-request", `${place}.structure.jsonSchema.schema`, "the schema has to be a JSON object, written as text");
  return { type: "json-schema", name: asText(written["name"]), description: asText(written["description"]), schema, strict: true };
}

function parseExtensions(body: JsonObject, modelFields: JsonDraft): Extension[] {
  const extensions: Extension[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (!modelled.has(name) && value !== undefined && value !== null) extensions.push({ name, value, effect: changesAnswer.has(name) ? "answer" : "hint" });
  }
  const rest = ownMembers("bedrock-converse", optionalObject(body, at) ?? {}, modelledInference);
  if (rest) extensions.push({ name: at, value: rest.members, effect: "hint" });
  if (Object.keys(modelFields).length > 0) extensions.push({ name: "additionalModelRequestFields", value: modelFields, effect: "answer" });
  return extensions;
}
