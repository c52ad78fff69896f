// Hot path: every call whose caller and provider both speak chat completions passes here (benchmark: ai-pass-through).
/** Chat completions from end to end: the model's name is replaced in the bytes, usage is always asked for, all else stays. */
import { asObject, isObject, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import type { PassedAnswer, PassThrough, RequestChange } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { memberText, memberValue, splice, spliceToSend, topLevelMembers } from "../../raw-json/top-level-members.ts";
import type { Replacement } from "../../raw-json/top-level-members.ts";
import { failureOf, parseEmbeddedError } from "./errors.ts";
import { finishReasonIn } from "./finish-reason-in.ts";
import { ChatPassThroughStream } from "./pass-through-stream.ts";
import { parseUsage } from "./usage.ts";

/** What compatible servers and this gateway add to an answer, and OpenAI itself refuses to be sent back. */
const replayedReasoning = [Buffer.from('"reasoning_content"'), Buffer.from('"reasoning_details"')];
const someReasoning = Buffer.from('"reasoning_');
const requestMembers = ["model", "stream_options"];

export const openAiChatPassThrough: PassThrough = {
  path: () => "/chat/completions",
  requestFields: new Set(["openai-beta", "idempotency-key", "x-client-request-id"]),
  foreignWords: ["reasoning_"],
  mayPass: (body, kind) => kind !== "openai" || !body.includes(someReasoning) || !replayedReasoning.some((key) => body.includes(key)),
  requiredFields: [],
  headMembers: requestMembers,
  rewriteRequest,
  readAnswer,
  stream: (options) => new ChatPassThroughStream(options),
};

const answerMembers = ["model", "usage", "choices", "error", "service_tier"];

function rewriteRequest(body: Buffer, head: JsonObject, change: RequestChange): Buffer | readonly Buffer[] {
  const found = change.found ?? topLevelMembers(body, requestMembers);
  const model = found?.members["model"];
  if (!found || !model) return refuseParameter("invalid-request", "model", "model is missing; it has to be a string");
  if (found.isAmbiguous) return refuseParameter("invalid-request", "model", "model or stream_options is there twice");
  const replacements: Replacement[] = [];
  if (head["model"] !== change.model) replacements.push({ start: model.valueStart, end: model.valueEnd, text: JSON.stringify(change.model) });
  const options = found.members["stream_options"];
  if (change.stream && asObject(head["stream_options"])?.["include_usage"] !== true) {
    const text = JSON.stringify(withUsage(head));
    replacements.push(options ? { start: options.valueStart, end: options.valueEnd, text } : { start: found.end, end: found.end, text: `,"stream_options":${text}` });
  }
  if (replacements.length > 1) replacements.sort((one, other) => one.start - other.start);
  return spliceToSend(body, replacements);
}

function withUsage(head: JsonObject): JsonObject {
  return { ...asObject(head["stream_options"]), include_usage: true };
}

/** A whole answer that is not one object with choices is an error, whatever its status said. */
function readAnswer(body: Buffer, rename: string | null): PassedAnswer | ProviderError {
  const found = topLevelMembers(body, answerMembers);
  const error = found?.members["error"];
  const choices = found?.members["choices"];
  if (!choices || memberText(body, choices) === "null" || (error && memberText(body, error) !== "null")) return errorIn(body);
  const { usage, model, service_tier: tier } = found.members;
  const renamed = rename !== null && model ? splice(body, [{ start: model.valueStart, end: model.valueEnd, text: JSON.stringify(rename) }]) : body;
  return { body: renamed, usage: usage && parseUsage(tryParseJson(memberText(body, usage)), tier && memberValue(body, tier)), finish: finishReasonIn(body) };
}

function errorIn(body: Buffer): ProviderError {
  const text = body.toString("utf8");
  const parsed = tryParseJson(text);
  if (!isObject(parsed)) return brokenAnswer("the provider's answer is not JSON", text.slice(0, 500));
  const failed = failureOf(parsed);
  return failed ? parseEmbeddedError(failed) : brokenAnswer("the provider's answer has no choices", parsed);
}

