// Hot path: every call whose caller and provider both speak responses passes here.
/** Responses from end to end: the model's name is replaced in the bytes, all else stays. */
import { asObject, asText, isObject, tryParseJson } from "../../conversation/json.ts";
import { foreignMark, foreignWord } from "../../conversation/marked-signature.ts";
import type { PassedAnswer, PassThrough } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { replaceModel } from "../../raw-json/replace-model.ts";
import { memberValue, splice, topLevelMembers } from "../../raw-json/top-level-members.ts";
import { parseEmbeddedError } from "../openai-chat/errors.ts";
import { isUnfinished, parseFinish } from "./finish-reason.ts";
import { ResponsesPassThroughStream } from "./pass-through-stream.ts";
import { parseUsage } from "./usage.ts";

/** What this gateway puts into answers of other providers, and OpenAI refuses to be sent. */
const foreign = [foreignMark, Buffer.from('"extra_content"')];

export const openAiResponsesPassThrough: PassThrough = {
  path: () => "/responses",
  requestFields: new Set(["openai-beta", "idempotency-key", "x-client-request-id", "session_id", "conversation_id", "originator"]),
  requiredFields: [],
  headMembers: ["model"],
  foreignWords: [foreignWord, "extra_content"],
  mayPass: (body) => !foreign.some((mark) => body.includes(mark)),
  rewriteRequest: replaceModel,
  readAnswer,
  stream: (options) => new ResponsesPassThroughStream(options),
};

const answerMembers = ["id", "object", "model", "status", "output", "usage", "incomplete_details", "error", "service_tier"];

function readAnswer(body: Buffer, rename: string | null): PassedAnswer | ProviderError {
  const found = topLevelMembers(body, answerMembers);
  const { id, model, output, status, usage, incomplete_details: details, service_tier: tier } = found?.members ?? {};
  if (!output || !status) return errorIn(body);
  const read = (range: typeof id) => range && memberValue(body, range);
  const finish = parseFinish({ status: read(status), incomplete_details: read(details) }, body.includes('"function_call"'));
  return {
    body: rename === null || !model ? body : splice(body, [{ start: model.valueStart, end: model.valueEnd, text: JSON.stringify(rename) }]),
    usage: parseUsage(read(usage), read(tier)),
    finish,
    answerId: asText(read(id)),
    goesOn: isUnfinished(finish.raw),
  };
}

function errorIn(body: Buffer): ProviderError {
  const parsed = tryParseJson(body.toString("utf8"));
  if (!isObject(parsed)) return brokenAnswer("the provider's answer is not JSON", body.toString("utf8", 0, 500));
  return asObject(parsed["error"]) ? parseEmbeddedError(parsed) : brokenAnswer("the provider's answer has no output", parsed);
}
